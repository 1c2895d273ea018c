"""Forms on which the operator writes messages to users, and terms of use."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.forms import LineField
from accounts.models import NoticeKind, TermsDocument
from accounts.operator_forms.fields import DayField, MomentField, TextField

LONGEST_TERMS, MOST_LINES = 100_000, 2_000


class NoticeForm(forms.Form):
    kind = forms.ChoiceField(
        label="Kind",
        choices=NoticeKind.choices,
        widget=forms.RadioSelect,
        help_text="News stands on the home page; a planned outage on every page.",
        error_messages={"required": "Choose the kind.", "invalid_choice": "Choose news or a planned outage."},
    )
    title = LineField(
        max_length=120,
        error_messages={"required": "Enter the title.", "max_length": "A title has at most 120 characters."},
    )
    text = TextField(
        rows=5,
        max_length=2000,
        error_messages={"required": "Enter the text.", "max_length": "The text has at most 2,000 characters."},
    )
    shown_from = MomentField(label="Shown from", help_text="Leave empty to show it now.")
    shown_until = MomentField(label="Shown until", help_text="Empty until it is withdrawn. An outage needs an end.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        begins, ends = cleaned.get("shown_from") or timezone.now(), cleaned.get("shown_until")
        if ends and ends <= begins:
            self.add_error("shown_until", "A message must end after it begins.")
        if cleaned.get("kind") == NoticeKind.OUTAGE and not ends and "shown_until" not in self.errors:
            self.add_error("shown_until", "Say until when the outage is shown.")
        return cleaned


class TermsForm(forms.Form):
    """The next version of a document."""

    title = LineField(
        max_length=100,
        error_messages={"required": "Enter the title.", "max_length": "A title has at most 100 characters."},
    )
    effective_from = DayField(label="In force from", required="Enter the day.")
    text = TextField(
        rows=25,
        max_length=LONGEST_TERMS,
        help_text="Paragraphs with an empty line between; a line that begins with # is a heading.",
        error_messages={
            "required": "Enter the text.",
            "max_length": f"The text has at most {LONGEST_TERMS:,} characters.",
        },
    )
    opens = LineField(
        label="What accepting it opens",
        required=False,
        max_length=200,
        error_messages={"max_length": "Say it in at most 200 characters."},
    )

    def __init__(self, *args: Any, today: date, last: TermsDocument | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.last = today, last
        self.fields["effective_from"].initial = today + timedelta(days=1)
        if last is None or last.required:
            del self.fields["opens"]

    def clean_effective_from(self) -> date:
        day: date = self.cleaned_data["effective_from"]
        if day < self.today:
            raise ValidationError("Choose today or a later day: nobody can have agreed before they were asked.")
        return day

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").strip() + "\n"
        if text.count("\n") > MOST_LINES:
            raise ValidationError(f"The text has at most {MOST_LINES:,} lines.")
        if self.last and text == self.last.text:
            raise ValidationError("This is the text of the last version, word for word.")
        return text


class NewTermsForm(TermsForm):
    """An additional document, which opens data."""

    slug = forms.SlugField(
        max_length=40,
        help_text="Small letters, digits and hyphens. The access matrix names the document by it.",
        error_messages={
            "required": "Enter the short name.",
            "invalid": "Use small letters, digits and hyphens only.",
            "max_length": "It has at most 40 characters.",
        },
    )
    field_order = ("title", "slug", "opens", "effective_from", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, last=None, **kwargs)
        self.fields["opens"] = LineField(
            label="What accepting it opens",
            max_length=200,
            help_text="In words, such as: the supplier of meter points outside your portfolio.",
            error_messages={"required": "Say what it opens.", "max_length": "Say it in at most 200 characters."},
        )
        self.order_fields(self.field_order)

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if TermsDocument.objects.filter(slug=slug).exists():
            raise ValidationError("There is a document of this name. Publish a new version of it instead.")
        return slug
