"""The boxes for the trade's identifiers: what was typed, as the register holds it, or a sentence about it."""

import pytest
from django.core.exceptions import ValidationError

from des.fields import LONGEST, UNSEARCHABLE, MPRNField, MSNField, PostcodeField, UPRNField, WordsField, tidy

FIELDS = [MPRNField, PostcodeField, MSNField, UPRNField, WordsField]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ""),
        ("  LS1   4AP ", "LS1 4AP"),
        ("LS1\t4AP\r\n", "LS1 4AP"),
        ("LS1\u00a04AP", "LS1 4AP"),
        ("\u200b4057369204\u200d", "4057369204"),
        ("\u202e4057369204\u202c", "4057369204"),
        ("\ufeffStation\u00ad Road", "Station Road"),
        ("\u200b \u200e", ""),
        ("Ffordd y Môr", "Ffordd y Môr"),
    ],
)
def test_a_paste_is_read_as_it_was_meant(typed, meant):
    assert tidy(typed) == meant


def test_marks_between_spaces_leave_one_space():
    assert tidy("Station \u200b Road") == "Station Road"


@pytest.mark.parametrize("typed", ["LS1\x004AP", "LS1\x7f", "\ud800", "LS1 \udc80 4AP", "\ue000", "\x1b[2J"])
def test_what_no_search_can_hold_is_refused(typed):
    with pytest.raises(ValueError, match=UNSEARCHABLE):
        tidy(typed)


def test_no_search_is_longer_than_two_hundred_characters():
    assert tidy("A" * LONGEST) == "A" * LONGEST
    with pytest.raises(ValueError, match="This is too long to search for"):
        tidy("A" * (LONGEST + 1))


@pytest.mark.parametrize(
    ("field", "typed", "held"),
    [
        (MPRNField, "40 5736 9204", 4057369204),
        (MPRNField, "0005454555", 5454555),
        (PostcodeField, "ls14ap", "LS1 4AP"),
        (PostcodeField, "ls1", "LS1"),
        (PostcodeField, "ls1 4", "LS1 4"),
        (MSNField, "e6s 0214 5812160", "E6S02145812160"),
        (UPRNField, "100 051 234 567", 100051234567),
        (WordsField, "12 Oak  road", "12 OAK ROAD"),
    ],
)
def test_each_box_cleans_to_what_the_register_holds(field, typed, held):
    assert field().clean(typed) == held


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("typed", [None, "", "   ", "\u200b"])
def test_nothing_is_nothing(field, typed):
    assert field().clean(typed) is None


@pytest.mark.parametrize("typed", [None, "", "\u200b"])
def test_a_box_that_must_be_filled_says_so(typed):
    with pytest.raises(ValidationError, match="This field is required"):
        MPRNField(required=True).clean(typed)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("typed", ["A" * 10_000, "\x00", "12\x0034", "\ud800", "12 \udcff"])
def test_what_cannot_be_searched_for_is_said(field, typed):
    with pytest.raises(ValidationError) as refusal:
        field().clean(typed)

    assert refusal.value.messages[0].endswith(".")


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        (MPRNField, "12345", "A meter point reference number (MPRN) has 6 to 10 digits."),
        (MPRNField, "1" * 30, "A meter point reference number (MPRN) has 6 to 10 digits."),
        (MPRNField, "٤٠٥٧٣٦٩٢٠٦", "A meter point reference number (MPRN) has 6 to 10 digits."),
        (PostcodeField, "LS1 4AP'; --", "A postcode looks like LS1 4AP."),
        (MSNField, "%", "A meter serial number has 1 to 14 letters, digits, hyphens, full stops or slashes."),
        (UPRNField, "0", "A unique property reference number (UPRN) has 1 to 12 digits."),
    ],
)
def test_what_is_not_an_identifier_is_told_what_one_looks_like(field, typed, message):
    with pytest.raises(ValidationError) as refusal:
        field().clean(typed)

    assert refusal.value.messages == [message]
