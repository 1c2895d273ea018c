"""How the trade's identifiers are read, and what is refused."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from des import identifiers
from des.identifiers import (
    is_dummy_postcode,
    is_valid_mprn,
    mprn_check_digits,
    natural_key,
    outcode,
    parse_mprn,
    parse_msn,
    parse_partial_postcode,
    parse_postcode,
    parse_short_code,
    parse_uprn,
    postcode_prefix,
)

PARSERS: list[Callable[[str], object]] = [
    parse_mprn,
    parse_msn,
    parse_partial_postcode,
    parse_postcode,
    parse_short_code,
    parse_uprn,
]
MESSAGES = {
    identifiers.MPRN_MESSAGE,
    identifiers.MSN_MESSAGE,
    identifiers.PARTIAL_POSTCODE_MESSAGE,
    identifiers.POSTCODE_MESSAGE,
    identifiers.SHORT_CODE_MESSAGE,
    identifiers.UPRN_MESSAGE,
}
HOSTILE = [
    "",
    "   ",
    "\0",
    "1234567810\0",
    "\ud800",
    "٣٤٥٦٧٨٩",  # Arabic-Indic digits
    "１２３４５６７８",  # full-width digits
    "²³¹²³¹",
    "\u200b1234567810",
    "\u202e1234567810",
    "LS1 4AP\u200f",
    "%",
    "_' OR 1=1 --",
    "9" * 30,
    "9" * 10_000,
    "A" * 10_000,
    " " * 10_000,
    "-1",
    "ß",  # grows to SS in capitals
]


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_refused_with_a_plain_message(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError, match="^(" + "|".join(map(re.escape, MESSAGES)) + ")$"):
        parse(text)


@given(text=st.text(alphabet=st.characters(), max_size=60))
def test_every_text_is_read_or_refused_in_words(text: str) -> None:
    for parse in PARSERS:
        assert message_of(parse, text) in {"", *MESSAGES}


def message_of(parse: Callable[[str], object], text: str) -> str:
    try:
        parse(text)
    except ValueError as refusal:
        return str(refusal)
    return ""


@pytest.mark.parametrize(
    "mprn",
    [
        "1234567810",
        "7400000108",
        "765432108",
        "123409",
        "9999999905",
        "1000000008",
        "0000000101",
        "0044619607",
    ],
)
def test_published_vectors_have_valid_check_digits(mprn: str) -> None:
    assert is_valid_mprn(mprn)
    assert is_valid_mprn(int(mprn))


@pytest.mark.parametrize("mprn", ["1234567890", "5454555", "012345678", "12345", "12345678901", "0000000000", "12345x"])
def test_numbers_that_are_not_valid_mprns(mprn: str) -> None:
    assert not is_valid_mprn(mprn)


@pytest.mark.parametrize("mprn", [0, -1234567810, 10**10])
def test_integers_that_are_not_valid_mprns(mprn: int) -> None:
    assert not is_valid_mprn(mprn)


@given(body=st.integers(min_value=1, max_value=99_999_999))
def test_check_digits_make_a_valid_mprn(body: int) -> None:
    assert is_valid_mprn(int(f"{body}{mprn_check_digits(str(body))}"))


@given(body=st.integers(min_value=1, max_value=99_999_999))
def test_leading_zeros_do_not_change_check_digits(body: int) -> None:
    assert mprn_check_digits(str(body)) == mprn_check_digits(f"{body:08d}")


@pytest.mark.parametrize(
    ("text", "mprn"),
    [
        ("1234567810", 1234567810),
        (" 1234 5678 10 ", 1234567810),
        ("1234567890", 1234567890),
        ("012345678", 12345678),
        ("5454555", 5454555),
        ("123409", 123409),
        ("1234\u00a0567810", 1234567810),
    ],
)
def test_an_mprn_is_read_with_or_without_its_check_digits(text: str, mprn: int) -> None:
    assert parse_mprn(text) == mprn


@pytest.mark.parametrize("text", ["12345", "12345678901", "000000", "12345678A", "1234-5678"])
def test_what_is_not_an_mprn_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="6 to 10 digits"):
        parse_mprn(text)


@pytest.mark.parametrize(
    ("text", "postcode"),
    [
        ("LS1 4AP", "LS1 4AP"),
        ("ls14ap", "LS1 4AP"),
        (" l s 1 4 a p ", "LS1 4AP"),
        ("m1 1ae", "M1 1AE"),
        ("B33 8TH", "B33 8TH"),
        ("w1a0ax", "W1A 0AX"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("CR2 6XH", "CR2 6XH"),
        ("DN55 1PT", "DN55 1PT"),
        ("gir0aa", "GIR 0AA"),
        ("AB1 4BD", "AB1 4BD"),
        ("BD2 1VV", "BD2 1VV"),
        ("BD2 1OT", "BD2 1OT"),
        ("AA41 1AA", "AA41 1AA"),
    ],
)
def test_postcodes_are_stored_in_one_form(text: str, postcode: str) -> None:
    assert parse_postcode(text) == postcode


@pytest.mark.parametrize("text", ["LS1", "LS1 4A", "LS1 4AC", "1LS 4AP", "LS1 4APP", "LS123 4AP", "QA1 4AP", "LS1-4AP"])
def test_what_is_not_a_full_postcode_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="LS1 4AP"):
        parse_postcode(text)


@pytest.mark.parametrize(
    ("text", "partial"),
    [
        ("ls1", "LS1"),
        ("LS14", "LS14"),
        ("LS1 4", "LS1 4"),
        ("ls1 4a", "LS1 4A"),
        ("LS144", "LS14 4"),
        ("sw1a1", "SW1A 1"),
        ("SW1A 1", "SW1A 1"),
        ("W1A", "W1A"),
    ],
)
def test_the_start_of_a_postcode_is_an_outcode_or_a_sector(text: str, partial: str) -> None:
    assert parse_partial_postcode(text) == partial


@pytest.mark.parametrize("text", ["LS", "LS 1 4", "LS1 44", "LS1 4AP", "L S1", "HIGH STREET", "LS1 4C"])
def test_what_is_not_the_start_of_a_postcode_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="start of a postcode"):
        parse_partial_postcode(text)


def test_an_outcode_does_not_find_the_longer_ones() -> None:
    assert not "LS14 1AA".startswith(postcode_prefix("LS1"))
    assert "LS1 4AP".startswith(postcode_prefix("LS1"))
    assert "LS1 4AP".startswith(postcode_prefix("LS1 4"))


def test_the_outcode_is_the_part_before_the_space() -> None:
    assert outcode("LS1 4AP") == "LS1"


@pytest.mark.parametrize(
    ("postcode", "dummy"),
    [("BD2 1VV", True), ("BD2 1OT", True), ("AA41 1AA", True), ("LS1 4AP", False), ("AB1 4BD", False)],
)
def test_dummy_postcodes_are_known(postcode: str, *, dummy: bool) -> None:
    assert is_dummy_postcode(postcode) is dummy


def test_a_uprn_has_up_to_twelve_digits() -> None:
    assert parse_uprn("9005 0000 0001") == 900500000001
    assert parse_uprn("000000000042") == 42
    for text in ("0", "1234567890123", "12345A"):
        with pytest.raises(ValueError, match="12 digits"):
            parse_uprn(text)


def test_a_meter_serial_number_is_kept_in_capitals() -> None:
    assert parse_msn("g4a 0012-34/a") == "G4A0012-34/A"
    for text in ("G4*", "-1", "A" * 15):
        with pytest.raises(ValueError, match="meter serial number"):
            parse_msn(text)


def test_a_short_code_has_three_characters() -> None:
    assert parse_short_code(" oct ") == "OCT"
    for text in ("OC", "OCTO", "O-T"):
        with pytest.raises(ValueError, match="short code"):
            parse_short_code(text)


@pytest.mark.parametrize(
    "addresses",
    [
        ["FLAT 2", "FLAT 10", "FLAT 10A", "FLAT 100"],
        ["1 HIGH STREET", "2 HIGH STREET", "2A HIGH STREET", "10 HIGH STREET", "THE BARN HIGH STREET"],
        ["FLAT 0/1", "FLAT 0/2", "FLAT 1/1", "FLAT 2/1", "FLAT 2/10", "FLAT 10/1"],
        ["BF1", "GF1", "GF2", "1F1", "1F2", "2F1", "10F1", "TF1"],
        ["BASEMENT FLAT", "GROUND FLOOR FLAT", "FIRST FLOOR FLAT", "SECOND FLOOR FLAT", "TOP FLAT"],
        ["PLOT 9", "PLOT 12", "PLOT 112"],
    ],
)
def test_addresses_sort_as_people_count(addresses: list[str]) -> None:
    shuffled = addresses[::-1]
    shuffled.sort(key=lambda address: natural_key(address).encode())
    assert shuffled == addresses


def test_the_key_ignores_case_commas_and_leading_zeros() -> None:
    assert natural_key("Flat 2,  10 High Street") == natural_key("FLAT 02 10 HIGH STREET")


@given(first=st.integers(min_value=0, max_value=10**30), second=st.integers(min_value=0, max_value=10**30))
def test_numbers_of_any_length_sort_by_value(first: int, second: int) -> None:
    assert (natural_key(f"FLAT {first}") < natural_key(f"FLAT {second}")) == (first < second)
