"""What a text typed into the one search box can mean."""

import pytest

from des.meterpoints.readings import readings

WRONG = "The check digits of MPRN 4057369207 do not agree with the rest of it."


def kinds(text):
    return [(reading.kind, reading.criteria) for reading in readings(text)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("123", [("UPRN", {"uprn": "123"})]),
        ("1234", [("Meter serial number", {"msn": "1234"}), ("UPRN", {"uprn": "1234"})]),
        (
            "12 345 678",
            [
                ("MPRN", {"mprn": "12345678"}),
                ("Meter serial number", {"msn": "12345678"}),
                ("UPRN", {"uprn": "12345678"}),
            ],
        ),
        (
            "100051234567",
            [("Meter serial number", {"msn": "100051234567"}), ("UPRN", {"uprn": "100051234567"})],
        ),
        ("02145812160123", [("Meter serial number", {"msn": "02145812160123"})]),
        ("000000", [("Meter serial number", {"msn": "000000"})]),
        ("0", []),
        ("1" * 30, []),
    ],
)
def test_a_number_is_read_as_each_thing_that_it_could_be(text, meant):
    assert kinds(text) == meant


def test_wrong_check_digits_are_warned_of_and_searched_for():
    right, wrong = readings("4057369204")[0], readings("4057369207")[0]

    assert right.warning == ""
    assert wrong.criteria == {"mprn": "4057369207"}
    assert wrong.warning.startswith(WRONG)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ls1 4ap", ("Postcode", {"postcode": "LS1 4AP"})),
        ("LS14AP", ("Postcode", {"postcode": "LS1 4AP"})),
        ("12 LS1 4AP", ("Postcode and house", {"postcode": "LS1 4AP", "house": "12"})),
        ("LS1 4AP, 12", ("Postcode and house", {"postcode": "LS1 4AP", "house": "12"})),
        ("flat 2, 12 oak road, ls14ap", ("Postcode and house", {"postcode": "LS1 4AP", "house": "FLAT 2 12 OAK ROAD"})),
        ("LS1", ("Start of a postcode", {"postcode": "LS1"})),
        ("ls1 4", ("Start of a postcode", {"postcode": "LS1 4"})),
        ("BD2 1VV", ("Postcode", {"postcode": "BD2 1VV"})),
        ("AB1 4BD", ("Postcode", {"postcode": "AB1 4BD"})),
    ],
)
def test_a_postcode_is_read_with_its_house(text, meant):
    assert kinds(text) == [meant]


def test_what_only_looks_like_a_postcode_is_read_as_words():
    assert [kind for kind, _ in kinds("QQ1 1QQ house")] == ["Address"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("e6s02145812160", [("Meter serial number", {"msn": "E6S02145812160"})]),
        ("M0161043910113", [("Meter serial number", {"msn": "M0161043910113"})]),
        ("12 Oak Road Leeds", [("Address", {"address": "12 OAK ROAD LEEDS"})]),
        ("ab", []),
        ("%", []),
        ("_", []),
        ("& | ! <-> :*", []),
        ("٤٠٥٧٣٦٩٢٠٦", []),
        ("水道橋通り", [("Address", {"address": "水道橋通り"})]),
    ],
)
def test_anything_else_is_a_meter_or_words(text, meant):
    assert kinds(text) == meant


def test_a_text_in_lower_case_reads_the_same():
    assert readings("12 oak road") == readings("12 OAK ROAD")
