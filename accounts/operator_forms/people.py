"""Forms about people, their invitations, and support sessions."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from accounts.forms import EmailField, LineField
from accounts.models import User
from accounts.operations.directory import SHORTEST
from accounts.operations.support import SHORTEST_REASON
from accounts.operator_forms.fields import reason_field

CAME_BACK = "The same person: bring back {name}’s account, deleted on {deleted:%-d %B %Y}, with its history"


class SearchForm(forms.Form):
    """Words to find people or organisations by."""

    q = LineField(
        label="Search",
        max_length=200,
        min_length=SHORTEST,
        error_messages={
            "required": "Enter what you know.",
            "min_length": f"Enter at least {SHORTEST} characters.",
            "max_length": "Enter at most 200 characters.",
        },
    )


class ReasonForm(forms.Form):
    reason = reason_field(help_text="The person and the auditors read it.")


class EndSessionsForm(forms.Form):
    """The reason is kept with each session, which has less room."""

    reason = reason_field(help_text="The person and the auditors read it.", longest=100)


class SwitchOnForm(ReasonForm):
    turn = forms.CharField(initial="on", widget=forms.HiddenInput)


class SwitchOffForm(ReasonForm):
    turn = forms.CharField(initial="off", widget=forms.HiddenInput)
    even_last = forms.BooleanField(
        required=False,
        label="The account is in the wrong hands: switch it off even if nobody else looks after the organisation",
        help_text="Operator support then acts for the organisation until it has a Local Security Officer again.",
    )


class EmailForm(forms.Form):
    email = EmailField(label="New e-mail address")


class LostFactorForm(forms.Form):
    reason = reason_field(
        label="What the caller said, and how you know them",
        help_text="Those who decide read it. Two support staff must agree.",
        longest=500,
        shortest=SHORTEST_REASON,
    )


class SupportSessionForm(forms.Form):
    """Why data is needed, and for how long."""

    reason = reason_field(
        help_text="The organisation reads it. Give the number of the call or ticket, and what is asked.",
        longest=500,
        shortest=SHORTEST_REASON,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most: int = settings.SUPPORT_MINUTES
        self.fields["minutes"] = forms.IntegerField(
            label="Minutes",
            min_value=1,
            max_value=most,
            initial=min(30, most),
            error_messages={
                "required": "Say for how many minutes.",
                "invalid": "Enter a whole number of minutes.",
                "min_value": "A support session lasts at least 1 minute.",
                "max_value": f"A support session lasts at most {most} minutes.",
            },
        )


class DecisionForm(forms.Form):
    """What becomes of an invitation that waits: who comes back, or a no with its reason."""

    NEW, REFUSE = "new", "refuse"
    decision = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what to do.", "invalid_choice": "Choose what to do."},
    )
    reason = LineField(
        label="Reason, if you refuse",
        required=False,
        max_length=200,
        help_text="Sent to who made the invitation.",
        error_messages={"max_length": "Give the reason in at most 200 characters."},
    )

    def __init__(self, *args: Any, deleted: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deleted = {str(user.pk): user for user in deleted}
        choices = [
            (key, CAME_BACK.format(name=user.name, deleted=timezone.localtime(user.deleted_at)))
            for key, user in self.deleted.items()
        ]  # fmt: skip
        self.fields["decision"].choices = [  # type: ignore[attr-defined]  # it is a choice field
            *choices,
            (self.NEW, "Another person: make a new account" if deleted else "Allow it"),
            (self.REFUSE, "Refuse it"),
        ]
        self.fields["decision"].label = "Is it the same person?" if deleted else "Decision"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("decision") == self.REFUSE and not cleaned.get("reason"):
            self.add_error("reason", "Give the reason, so that the inviter knows what to do.")
        return cleaned

    @property
    def is_refusal(self) -> bool:
        return bool(self.cleaned_data["decision"] == self.REFUSE)

    @property
    def restores(self) -> User | None:
        return self.deleted.get(self.cleaned_data["decision"])
