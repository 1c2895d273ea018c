"""The forms on which access requests are found, filed and decided."""

import re
from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import EmailField, LineField
from accounts.forms_requests import (
    ASKABLE,
    MARKET_ROLES,
    CompanyNumberField,
    FutureDateField,
    RolesField,
    TextField,
    organisation_field,
)
from accounts.models import AccessRequest, Organisation, RejectionReason, RequestKind
from accounts.operations.requests import organisation_called
from accounts.permissions import MarketRole, PortalRole

SHORT_CODE = re.compile(r"[A-Z0-9]{3,4}")


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
        wanted = [MarketRole(role) for role in market_roles]
        initial = {
            # Where the organisation has one only, there is nothing to choose.
            "market_role": request.market_role or (wanted[0] if len(wanted) == 1 else ""),
            "portal_roles": request.portal_roles,
            "ends_on": request.ends_on,
            "organisation_name": request.organisation_name,
            "company_number": request.company_number,
            "short_code": request.short_code,
        }
        super().__init__(*args, request=request, initial=initial, **kwargs)
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
        help_text="Three or four letters or digits. One that nobody has yet needs an administrator’s approval too.",
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
