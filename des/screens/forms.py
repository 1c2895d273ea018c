"""How Django renders a form: by our components."""

from django.forms.renderers import TemplatesSetting


class ComponentRenderer(TemplatesSetting):
    field_template_name = "components/field.html"
