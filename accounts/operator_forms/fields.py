"""Fields of the operator's forms."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import LineField


class DateInput(forms.DateInput):
    """A date as browsers ask for it; typed by hand it reads 2026-04-05."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """A date and time as browsers ask for it; typed by hand it reads 2026-04-05T14:05."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class DayField(forms.DateField):
    """A day of this century or so: others are slips of the keyboard."""

    def __init__(self, *, required: str = "", **options: Any) -> None:
        super().__init__(
            widget=DateInput(),
            required=bool(required),
            input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"],
            error_messages={"required": required, "invalid": "Enter a date like 5/4/2026."},
            **options,
        )

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and not 1990 <= day.year <= 2100:
            raise ValidationError("Enter a date between 1990 and 2100.")
        return day


class MomentField(forms.DateTimeField):
    """A date and time, in Great Britain."""

    def __init__(self, *, required: str = "", **options: Any) -> None:
        super().__init__(
            widget=MomentInput(),
            required=bool(required),
            error_messages={"required": required, "invalid": "Enter a date and time like 2026-04-05 14:05."},
            **options,
        )

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        if moment and not 1990 <= moment.year <= 2100:
            raise ValidationError("Enter a date between 1990 and 2100.")
        return moment


class TextField(forms.CharField):
    """Some lines of text for people: no control characters but the ends of lines."""

    def __init__(self, *, rows: int, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": str(rows)}), **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if any(not (character.isprintable() or character in "\r\n\t") for character in text):
            raise ValidationError("Use letters, digits, spaces and punctuation only.")
        return text


def reason_field(*, label: str = "Reason", help_text: str, longest: int = 200, shortest: int = 0) -> LineField:
    return LineField(
        label=label,
        help_text=help_text,
        max_length=longest,
        min_length=shortest or None,
        error_messages={
            "required": "Give the reason.",
            "min_length": f"Give the reason in at least {shortest} characters.",
            "max_length": f"Give the reason in at most {longest} characters.",
        },
    )
