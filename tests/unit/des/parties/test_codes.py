"""Raw industry codes are shown with what they mean."""

import pytest

from des.parties.codes import all_meanings, coded, meanings, named, status
from des.parties.models import LDZ, Code, EndUserCategoryBand, ExitZone, RegisterState
from tests.conftest import owning


def test_a_code_reads_as_its_meaning_with_the_code_after_it(db):
    assert coded("meter_point_status").show("LI") == "Live (LI)"


def test_a_code_that_is_not_known_stays_as_it_was_loaded(db):
    assert coded("meter_point_status").show("??") == "??"
    assert coded("no_such_set").show("LI") == "LI"
    assert status("meter_point_status").show("??") == ("??", "??")


def test_a_code_of_our_own_reads_as_its_meaning_alone(db):
    assert named("market_role").show("shipper") == "Gas shipper"
    assert named("market_role").show("??") == "??"


def test_a_status_is_a_code_that_colours_and_a_meaning_that_reads(db):
    assert status("meter_point_status").show("EX") == ("EX", meanings("meter_point_status")["EX"])


def test_codes_are_read_once(db, django_assert_num_queries):
    all_meanings()

    with django_assert_num_queries(0):
        assert meanings("meter_point_status")
        assert meanings("no_such_set") == {}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Code(code="LI", meaning="Live"), "LI Live"),
        (LDZ(code="NE", name="North East"), "NE North East"),
        (ExitZone(code="NE1"), "NE1"),
        (EndUserCategoryBand(band=3), "Band 3"),
        (RegisterState(points=3000, as_at="2026-11-22"), "3,000 meter points as at 2026-11-22"),
    ],
)
def test_standing_data_reads_in_words(kind, text):
    assert str(kind) == text


def test_every_coded_column_of_the_sample_has_its_code_set(db):
    with owning():
        sets = set(Code.objects.values_list("code_set", flat=True))

    assert {"meter_point_status", "site_kind", "market_sector", "meter_type", "read_type", "market_role"} <= sets
