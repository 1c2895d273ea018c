"""The forms on which access is asked for, filed and decided."""

import re
from collections.abc import Iterable
from datetime import date
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.forms import EmailField, LineField, ProfileForm
from accounts.models import AccessRequest, Organisation, RejectionReason, RequestKind
from accounts.operations.requests import organisation_called
from accounts.permissions import MarketRole, PortalRole

TEXT = 4_000
COMPANY_NUMBER = re.compile(r"[A-Z0-9]{2}[0-9]{5}[A-Z0-9]")
SHORT_CODE = re.compile(r"[A-Z0-9]{3,4}")

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

    organisation_name = organisation_field(
        label="Your organisation", help_text="Its full name, or its short code of three or four letters."
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


# -- handlers


class NoteForm(forms.Form):
    """A question to the applicant, an answer, or a remark."""

    LABELS = MappingProxyType({"question": "Your question", "answer": "Your answer", "remark": "Your remark"})

    text = TextField(label="Text", rows=3)

    def __init__(self, data: Any = None, *, action: str) -> None:
        super().__init__(data, auto_id=f"{action}_%s")
        self.fields["text"].label = self.LABELS[action]


class RejectForm(forms.Form):
    """Why a request is rejected."""

    reason = forms.TypedChoiceField(
        label="Reason",
        coerce=RejectionReason,
        choices=[("", "Choose one"), *((code.value, f"{code.value} {code.label}") for code in RejectionReason)],
        error_messages={"required": "Choose the reason.", "invalid_choice": "Choose from the list."},
    )
    words = TextField(
        label="In words", rows=3, longest=500, required=False, help_text="The applicant reads this. Required for R99."
    )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("reason") == RejectionReason.OTHER and not self.cleaned_data.get("words"):
            self.add_error("words", "Give the reason in words.")
        return self.cleaned_data


class DoneForm(forms.Form):
    """What was done, or why, where there is nothing to choose."""

    words = TextField(
        label="What the applicant is told (optional)", rows=3, longest=500, required=False,
        help_text="Sent with the message that says it is approved.",
    )  # fmt: skip

    def __init__(self, *args: Any, request: AccessRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        if request.kind == RequestKind.MAILED:
            self.fields["words"].label = "What was done"
            self.fields["words"].required = True
            self.fields["words"].error_messages["required"] = "Say what was done."


class ApproveForm(DoneForm):
    """What a new person gets: at most what was asked for, in a market role that the organisation has."""

    market_role = forms.TypedChoiceField(
        label="Market role",
        coerce=MarketRole,
        error_messages={"required": "Choose the market role.", "invalid_choice": "Choose from the list."},
    )
    portal_roles = RolesField(label="May")
    ends_on = FutureDateField(label="Until (optional)")

    field_order = ("organisation_name", "company_number", "market_role", "short_code", "portal_roles", "ends_on")

    def __init__(self, *args: Any, request: AccessRequest, market_roles: Iterable[str], **kwargs: Any) -> None:
        initial = {
            "market_role": request.market_role,
            "portal_roles": request.portal_roles,
            "ends_on": request.ends_on,
            "organisation_name": request.organisation_name,
            "company_number": request.company_number,
            "short_code": request.short_code,
        }
        super().__init__(*args, request=request, initial=initial, **kwargs)
        wanted = [MarketRole(role) for role in market_roles]
        self._choices("market_role", [("", "Choose one"), *((role.value, role.label) for role in wanted)])
        asked = [PortalRole(name) for name in request.portal_roles]
        self._choices("portal_roles", [(role.value, role.label) for role in asked])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # both are choice fields


class ApproveOrganisationForm(ApproveForm):
    """What a new organisation gets: its name and number, market role and short code, and its first person."""

    organisation_name = organisation_field(label="Name of the organisation")
    company_number = CompanyNumberField()
    short_code = LineField(
        label="Short code",
        max_length=10,
        help_text="Three or four capitals or digits. One that nobody has yet needs an administrator’s approval too.",
        widget=forms.TextInput(attrs={"spellcheck": "false", "class": "govuk-input--width-5"}),
        error_messages={"required": "Enter the short code.", "max_length": "A short code has 3 or 4 characters."},
    )

    def clean_short_code(self) -> str:
        code: str = self.cleaned_data["short_code"].upper()
        if not SHORT_CODE.fullmatch(code):
            raise ValidationError("Enter three or four capital letters or digits, such as ABC.")
        return code


class PlaceForm(forms.Form):
    """At which organisation somebody is wanted."""

    organisation = organisation_field(label="Organisation", help_text="Its name exactly, or its short code.")
    market_role = forms.TypedChoiceField(
        label="Market role",
        coerce=MarketRole,
        choices=(("", "Choose one"), *MARKET_ROLES),
        error_messages={"required": "Choose the market role.", "invalid_choice": "Choose from the list."},
    )
    portal_roles = RolesField(label="May", choices=ASKABLE)

    def clean_organisation(self) -> Organisation:
        found = organisation_called(self.cleaned_data["organisation"])
        if found is None:
            raise ValidationError("No organisation has this name or short code, or several have. Check the spelling.")
        return found


class FileForm(forms.Form):
    """A request that came by mail."""

    kind = forms.TypedChoiceField(
        label="What is asked for",
        coerce=RequestKind,
        choices=(
            (RequestKind.PERSON.value, "Access for a new person"),
            (RequestKind.ORGANISATION.value, "Access for a new organisation"),
            (RequestKind.LOST_FACTOR.value, "Reset of a lost second factor"),
            (RequestKind.MAILED.value, "Something else: a lost password, a question"),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is asked for.", "invalid_choice": "Choose from the list."},
    )
    email = EmailField(label="E-mail address of the sender")
    name = LineField(
        label="Name of the sender",
        max_length=150,
        error_messages={"required": "Enter the name.", "max_length": "A name has at most 150 characters."},
    )
    organisation_name = LineField(
        label="Organisation",
        max_length=150,
        required=False,
        help_text="Its name or short code. For a new person or organisation.",
        error_messages={"max_length": "A name has at most 150 characters."},
    )
    portal_roles = RolesField(
        label="May", choices=ASKABLE, required=False, help_text="For a new person or organisation."
    )
    text = TextField(label="Text of the message", rows=8, error_messages={"required": "Paste the text of the message."})

    def clean(self) -> dict[str, Any]:
        about = self.cleaned_data
        if about.get("kind") in {RequestKind.PERSON, RequestKind.ORGANISATION}:
            if not about.get("organisation_name") and "organisation_name" not in self.errors:
                self.add_error("organisation_name", "Enter the name of the organisation, or its short code.")
            if not about.get("portal_roles") and "portal_roles" not in self.errors:
                self.add_error("portal_roles", "Choose at least one.")
        return about


class FilterForm(forms.Form):
    """Which requests a list shows."""

    kind = forms.ChoiceField(label="Kind", required=False, choices=(("", "All"), *RequestKind.choices))
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=(
            ("", "Waiting"),
            ("open", "Waiting for a decision"),
            ("question", "Waiting for an answer"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("withdrawn", "Withdrawn"),
            ("expired", "Expired"),
        ),
    )
    whose = forms.ChoiceField(
        label="Whose", required=False, choices=(("", "Everybody’s"), ("mine", "Mine"), ("nobody", "Nobody’s yet"))
    )
