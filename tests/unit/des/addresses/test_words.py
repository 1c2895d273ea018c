"""The words of an address."""

import pytest

from des.addresses.words import alternatives, plain_words, street_names


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", []),
        ("12a Oak Road, Leeds", ["12A", "OAK", "ROAD", "LEEDS"]),
        ("St. Mary's_Close", ["ST", "MARY", "S", "CLOSE"]),
        ("& | ! <-> :* ( ) ' % \\ _", []),
        ("Ffordd y Môr", ["FFORDD", "Y", "MÔR"]),
    ],
)
def test_a_text_is_its_words(typed, words):
    assert plain_words(typed) == words


def test_a_saint_and_a_street_are_both_written_st():
    assert alternatives("ST") == ("ST", "SAINT", "STREET")
    assert alternatives("STREET") == ("STREET", "ST")
    assert alternatives("LEEDS") == ("LEEDS",)


def test_a_street_is_two_to_five_words_in_a_row():
    assert street_names(["OAK", "ROAD", "LEEDS"]) == ["OAK ROAD", "OAK RD", "OAK ROAD LEEDS", "ROAD LEEDS"]
    assert street_names(["ROAD"]) == []
    assert max(len(name.split()) for name in street_names(list("ABCDEFGH"))) == 5
