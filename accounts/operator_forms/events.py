"""Forms that say which events, and the evidence of which days, are wanted."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import EmailField, LineField
from accounts.models import Event, Organisation
from accounts.operations.directory import organisations_called
from accounts.operator_forms.fields import DayField


class PeriodForm(forms.Form):
    since = DayField(label="From")
    until = DayField(label="To")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("since") and cleaned.get("until") and cleaned["until"] < cleaned["since"]:
            self.add_error("until", "The last day must not be before the first.")
        return cleaned


class EventsForm(PeriodForm):
    """Which security events are wanted."""

    kind = forms.ChoiceField(
        label="What happened",
        required=False,
        choices=[("", "Anything"), *Event.choices],
        error_messages={"invalid_choice": "Choose from the list."},
    )
    email = EmailField(label="E-mail address of a person", required=False)
    organisation = LineField(
        required=False,
        max_length=150,
        help_text="Name or short code.",
        error_messages={"max_length": "A name has at most 150 characters."},
    )
    field_order = ("kind", "email", "organisation", "since", "until")

    def clean_organisation(self) -> Organisation | None:
        text: str = self.cleaned_data["organisation"]
        if not text:
            return None
        called = list(organisations_called(text).order_by("name")[:5])
        exact = [one for one in called if one.name.casefold() == text.casefold()]
        if len(called) == 1 or exact:
            return (exact or called)[0]
        if called:
            raise ValidationError(f"Several are called so, such as {' and '.join(str(one) for one in called[:2])}.")
        raise ValidationError("No organisation has this name or short code.")


class EvidenceForm(PeriodForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "until"):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = "Enter the day."
