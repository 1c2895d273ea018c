"""The forms of the LSO console."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accounts.forms import EmailField, LineField, ProfileForm
from accounts.models import Event, Membership, Organisation
from accounts.operations.bulk_invitations import MOST_BYTES
from accounts.operations.people_lists import State
from accounts.operator_forms.events import PeriodForm
from accounts.operator_forms.fields import DayField, reason_field
from accounts.permissions import LSO_ROLES, MarketRole, PortalRole

CHOOSE = {"invalid_choice": "Choose from the list."}
SECOND = " (a second person must approve)"


def role_choices(roles: Collection[PortalRole]) -> list[tuple[str, str]]:
    return [(role.value, role.label + (SECOND if role in LSO_ROLES else "")) for role in PortalRole if role in roles]


class RolesField(forms.MultipleChoiceField):
    """Portal roles as boxes to tick."""

    def __init__(self, roles: Collection[PortalRole] = (), **options: Any) -> None:
        super().__init__(
            label="Portal roles",
            choices=role_choices(roles),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Choose at least one portal role.", "invalid_choice": "Choose from the list."},
            **options,
        )

    def clean(self, value: Any) -> Any:
        return [PortalRole(name) for name in super().clean(value)]


class OfOrganisation(forms.Form):
    """A form about one of the organisations that the reader looks after; asked for only where there are several."""

    def __init__(self, *args: Any, organisations: Sequence[Organisation], every: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = {str(one.pk): one for one in organisations}
        if len(self.organisations) > 1:
            choices = [(key, one.name) for key, one in self.organisations.items()]
            self.fields["organisation"] = forms.ChoiceField(
                choices=[("", every or "Choose"), *choices],
                required=not every,
                error_messages=CHOOSE | {"required": "Choose the organisation."},
            )

    @property
    def chosen(self) -> list[Organisation]:
        """The organisation that was chosen, or all of them."""
        key = self.cleaned_data.get("organisation", "") if self.is_valid() else ""
        return [self.organisations[key]] if key else list(self.organisations.values())


class PeopleForm(OfOrganisation):
    """Which people are wanted."""

    q = LineField(
        label="Name or e-mail address",
        required=False,
        max_length=200,
        error_messages={"max_length": "Enter at most 200 characters."},
    )
    state = forms.ChoiceField(choices=State.choices, required=False, error_messages=CHOOSE)
    role = forms.ChoiceField(label="Portal role", required=False, error_messages=CHOOSE)

    def __init__(self, *args: Any, roles: Collection[PortalRole], **kwargs: Any) -> None:
        super().__init__(*args, every="All of them", **kwargs)
        labels = [(role.value, role.label) for role in PortalRole if role in roles]
        self.fields["role"].choices = [("", "Any"), *labels]  # type: ignore[attr-defined]  # it is a ChoiceField


class EventsForm(PeriodForm):
    """Which security events are wanted."""

    kind = forms.ChoiceField(
        label="What happened", required=False, choices=[("", "Anything"), *Event.choices], error_messages=CHOOSE
    )
    who = LineField(
        label="Name or e-mail address",
        required=False,
        max_length=200,
        error_messages={"max_length": "Enter at most 200 characters."},
    )
    field_order = ("kind", "who", "since", "until")


class RolesForm(forms.Form):
    """The portal roles of one membership, as far as the reader may give and take them."""

    def __init__(self, *args: Any, roles: Collection[PortalRole], held: Collection[PortalRole], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"] = RolesField(roles, required=False, initial=[role.value for role in held])


class EndForm(forms.Form):
    ends_on = DayField(
        label="End date", help_text="The first day without access. Leave it empty where there is no end."
    )

    def __init__(self, data: Any = None, *, membership: Membership, on: date) -> None:
        super().__init__(data, initial={"ends_on": membership.ended_on})
        self.membership, self.on = membership, on

    def clean_ends_on(self) -> date | None:
        day: date | None = self.cleaned_data["ends_on"]
        if day and day <= self.on:
            raise ValidationError("Enter a day after today. To end it at once, use “End now”.")
        if day and day <= self.membership.started_on:
            raise ValidationError("Enter a day after the start.")
        return day


class DisableForm(forms.Form):
    reason = reason_field(label="Reason for disabling", help_text="The person reads it. Roles are kept.")


class NewEmailForm(forms.Form):
    email = EmailField(label="New e-mail address", help_text="Within the mail domains of the organisation.")


class InviteForm(ProfileForm):
    """One person to invite for one organisation."""

    email = EmailField()
    market_role = forms.ChoiceField(
        label="Market role",
        error_messages=CHOOSE | {"required": "Choose the market role."},
    )
    starts_on = DayField(label="Start date", help_text="Leave it empty for the day on which they accept.")
    ends_on = DayField(label="End date", help_text="The first day without access. Leave it empty where there is none.")
    field_order = ("email", "name", "telephone", "market_role", "portal_roles", "starts_on", "ends_on")

    def __init__(
        self, *args: Any, market_roles: Sequence[MarketRole], roles: Collection[PortalRole], on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["name"].error_messages["required"] = "Enter the person’s name."
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.fields["telephone"].widget.attrs["autocomplete"] = "off"
        self.fields["email"].widget.attrs["autocomplete"] = "off"
        choices = [(role.value, role.label) for role in market_roles]
        self.fields["market_role"].choices = choices  # type: ignore[attr-defined]  # it is a ChoiceField
        self.fields["portal_roles"] = RolesField(roles, initial=[PortalRole.USER.value])
        self.order_fields(self.field_order)

    def clean_market_role(self) -> MarketRole:
        return MarketRole(self.cleaned_data["market_role"])

    def clean_starts_on(self) -> date | None:
        day: date | None = self.cleaned_data["starts_on"]
        if day and day < self.on:
            raise ValidationError("The start date must not be before today.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts_on, ends_on = cleaned.get("starts_on") or self.on, cleaned.get("ends_on")
        if ends_on and ends_on <= starts_on:
            self.add_error("ends_on", "The end date must be after today and after the start date.")
        if cleaned.get("starts_on") and LSO_ROLES.intersection(cleaned.get("portal_roles", ())):
            self.add_error(
                "starts_on", "A Local Security Officer begins when two people have approved: leave it empty."
            )
        return cleaned


class FileField(forms.FileField):
    """A small file of text, whatever its name says."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        file: UploadedFile[bytes] | None = super().clean(data, initial)
        if file and file.size is not None and file.size > MOST_BYTES:
            raise ValidationError("The file is larger than 1 MB. Send at most 500 lines at a time.")
        return file


class InviteManyForm(forms.Form):
    """Many people to invite for one organisation: a file, or lines that were copied from a sheet."""

    file = FileField(
        label="CSV file",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
        help_text="At most 500 lines and 1 MB.",
    )
    lines = forms.CharField(
        label="Or paste the lines",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": "8", "spellcheck": "false"}),
        help_text="As copied from a spreadsheet, or with commas or semicolons between.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        file, lines = cleaned.get("file"), cleaned.get("lines", "")
        if self.errors:
            return cleaned
        if file and lines.strip():
            self.add_error("lines", "Choose a file or paste lines, not both.")
        elif file is None and not lines.strip():
            self.add_error("file", "Choose a file, or paste the lines below.")
        else:
            cleaned["data"] = file.read() if file else lines.encode("utf-8", "replace")
        return cleaned
