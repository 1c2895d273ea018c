"""The forms on which access is asked for and followed."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.forms import EmailField, LineField, ProfileForm
from accounts.models import RequestKind
from accounts.permissions import MarketRole, PortalRole

TEXT = 4_000
COMPANY_NUMBER = re.compile(r"[A-Z0-9]{2}[0-9]{5}[A-Z0-9]")

# What an organisation's own people hold, in the words of somebody who has never been here.
ASKABLE = (
    (PortalRole.USER.value, "Look up meter points"),
    (PortalRole.EXPORTER.value, "Export what was found as a file"),
    (PortalRole.LSO.value, "Look after colleagues’ access, as Local Security Officer (two people must approve)"),
)
MARKET_ROLES = tuple((role.value, role.label) for role in MarketRole if role != MarketRole.OPERATOR)
OTHER = "other"


class TextField(forms.CharField):
    """Some paragraphs for people: no control characters but the ends of lines."""

    def __init__(self, *, rows: int = 4, longest: int = TEXT, **options: Any) -> None:
        options.setdefault("error_messages", {"required": "Write something here."})
        options["error_messages"]["max_length"] = f"Use at most {longest:,} characters."
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), max_length=longest, **options)
        self.widget.attrs.pop("maxlength", None)  # the browser would cut what is pasted, and say nothing

    def clean(self, value: Any) -> Any:
        text = super().clean(value).replace("\r\n", "\n")
        if any(not character.isprintable() and character not in "\n\t" for character in text):
            raise ValidationError("Use letters, digits, spaces and punctuation only.")
        return text


class FutureDateField(forms.DateField):
    """A day that is still to come."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "govuk-input--width-10"}),
            error_messages={"invalid": "Enter a date like 31/3/2030."},
            **options,
        )

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and day <= timezone.localdate():
            raise ValidationError("Enter a date that is still to come.")
        return day


class CompanyNumberField(LineField):
    """A number at Companies House: eight characters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label="Company number",
            required=False,
            max_length=20,
            widget=forms.TextInput(attrs={"spellcheck": "false", "class": "govuk-input--width-10"}),
            error_messages={"max_length": "A company number has 8 characters."},
            **options,
        )

    def clean(self, value: Any) -> str:
        typed = "".join(super().clean(value).split()).upper()
        number = typed.zfill(8) if typed.isascii() and typed.isdecimal() else typed
        if number and not COMPANY_NUMBER.fullmatch(number):
            raise ValidationError("Enter 8 characters, such as 01234567 or SC123456.")
        return number


class RolesField(forms.TypedMultipleChoiceField):
    """Some portal roles."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            coerce=PortalRole,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Choose at least one.", "invalid_choice": "Choose from the list."},
            **options,
        )


def organisation_field(**options: Any) -> LineField:
    return LineField(
        max_length=150,
        error_messages={
            "required": "Enter the name of the organisation, or its short code.",
            "max_length": "A name has at most 150 characters.",
        },
        **options,
    )


class AskForm(ProfileForm):
    """What both kinds of request ask: who, and what for."""

    email = EmailField(label="Work e-mail address", help_text="We send a link there to confirm the request.")
    portal_roles = RolesField(label="What will you do here?", choices=ASKABLE)
    purpose = TextField(
        label="Purpose",
        help_text="What you need the data for, in a few sentences.",
        error_messages={"required": "Say what you need the data for."},
    )

    kind: RequestKind
    field_order: Iterable[str] = ("name", "email", "telephone", "organisation_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Your name"
        self.fields["telephone"].label = "Telephone (optional)"

    def about(self) -> dict[str, Any]:
        """What the request holds of the form."""
        about = dict(self.cleaned_data)
        about["portal_roles"] = sorted(role.value for role in about["portal_roles"])
        return about


class PersonForm(AskForm):
    """A new person at an organisation that uses the service."""

    kind = RequestKind.PERSON
    field_order = (*AskForm.field_order, "market_role")

    organisation_name = organisation_field(
        label="Your organisation", help_text="Its full name, or its short code of three or four letters or digits."
    )
    market_role = forms.ChoiceField(
        label="Market role (optional)",
        required=False,
        choices=(("", "I do not know"), *MARKET_ROLES),
        help_text="What the organisation is in the market, if you know it.",
        error_messages={"invalid_choice": "Choose from the list."},
    )
    ends_on = FutureDateField(label="Until (optional)", help_text="If you need access for a while only, until when.")


class OrganisationForm(AskForm):
    """A new organisation, with its first person."""

    kind = RequestKind.ORGANISATION

    organisation_name = organisation_field(label="Name of the organisation")
    company_number = CompanyNumberField(help_text="At Companies House. Leave it empty if there is none.")
    market_role = forms.ChoiceField(
        label="What the organisation is",
        choices=(("", "Choose one"), *MARKET_ROLES, (OTHER, "A consumer, a researcher, or something else")),
        error_messages={"required": "Choose what the organisation is.", "invalid_choice": "Choose from the list."},
    )
    data_wanted = TextField(
        label="Data wanted",
        help_text="For example: supplier and meter of the sites that we look after.",
        error_messages={"required": "Say which data you want."},
    )
    area = LineField(
        label="Area (optional)",
        required=False,
        max_length=200,
        help_text="A part of the country, or the postcodes that it is about.",
        error_messages={"max_length": "Use at most 200 characters."},
    )
    ends_on = FutureDateField(label="Until (optional)", help_text="If the data is needed for a while only, until when.")

    field_order = (
        *("organisation_name", "company_number", "market_role", "purpose", "data_wanted", "area", "ends_on"),
        *("name", "email", "telephone", "portal_roles"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["portal_roles"].help_text = "Somebody must look after your colleagues’ access: usually the first."

    def about(self) -> dict[str, Any]:
        about = super().about()
        about["market_role"] = "" if about["market_role"] == OTHER else about["market_role"]
        return about


class AnswerForm(forms.Form):
    """The answer to a question."""

    text = TextField(label="Your answer", error_messages={"required": "Write your answer."})


class UploadForm(forms.Form):
    """One file. What it is, is found out while it is written."""

    file = forms.FileField(
        label="PDF file",
        help_text="At most 10 MB. Three files at most.",
        max_length=255,
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        error_messages={
            "required": "Choose a file.",
            "invalid": "Choose a file.",
            "missing": "Choose a file.",
            "empty": "This file is empty. Choose another one.",
            "max_length": "The name of this file is too long. Give it a shorter one.",
        },
    )
