"""How Django renders a form: by our components; and the forms of pages that are no enquiry."""

from django import forms
from django.forms.renderers import TemplatesSetting

from accounts.permissions import MarketRole


class ComponentRenderer(TemplatesSetting):
    field_template_name = "components/field.html"


class RolesForm(forms.Form):
    """One market role, or two to compare."""

    role = forms.ChoiceField(
        label="Market role",
        choices=MarketRole,
        error_messages={"required": "Choose a market role.", "invalid_choice": "Choose a market role from the list."},
    )
    compare = forms.ChoiceField(
        label="Compare with",
        choices=[("", "No other role"), *MarketRole.choices],
        required=False,
        error_messages={"invalid_choice": "Choose a market role from the list."},
    )
    only_differences = forms.BooleanField(label="Only what differs", required=False)

    def roles(self) -> list[MarketRole]:
        """The roles that a valid form asks about, each once."""
        asked = [self.cleaned_data["role"], self.cleaned_data["compare"]]
        return [MarketRole(role) for role in dict.fromkeys(asked) if role]
