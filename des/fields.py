"""Form fields for the trade's identifiers. What they clean to is what the register holds."""

import unicodedata
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from des import identifiers

LONGEST = 200
UNSEARCHABLE = "This has characters that cannot be searched for. Type it instead of pasting it."


def tidy(text: str) -> str:
    """The text as it was meant: one space between words, and no invisible marks that came with a paste.

    Raises ValueError for what no search can hold: control characters, lone surrogates, more than 200 characters.
    """
    if len(text) > LONGEST:
        raise ValueError(f"This is too long to search for. Use at most {LONGEST} characters.")
    text = "".join(character for character in text if unicodedata.category(character) != "Cf")
    text = " ".join(text.split())
    if any(unicodedata.category(character) in {"Cc", "Cs", "Co"} for character in text):
        raise ValueError(UNSEARCHABLE)
    return text


class IdentifierField(forms.CharField):
    """A text box whose content one function of `identifiers` parses."""

    parse: Callable[[str], Any]

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "strip": True} | options)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            tidied = tidy(text)
            return type(self).parse(tidied) if tidied else None
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def run_validators(self, value: Any) -> None:
        """Nothing more: what parses is valid."""


class MPRNField(IdentifierField):
    parse = staticmethod(identifiers.parse_mprn)


class PostcodeField(IdentifierField):
    """A whole postcode, or the start of one down to its outcode."""

    @staticmethod
    def parse(text: str) -> str:
        try:
            return identifiers.parse_postcode(text)
        except ValueError as whole:
            try:
                return identifiers.parse_partial_postcode(text)
            except ValueError:
                raise whole from None


class MSNField(IdentifierField):
    parse = staticmethod(identifiers.parse_msn)


class UPRNField(IdentifierField):
    parse = staticmethod(identifiers.parse_uprn)


class WordsField(IdentifierField):
    """Words of an address, in capitals as the register holds them."""

    @staticmethod
    def parse(text: str) -> str:
        return tidy(text.upper())  # again: some letters grow in capitals
