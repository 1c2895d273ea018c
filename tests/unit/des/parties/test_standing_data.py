"""Industry standing data: brought in line with its files, and the same after a second load."""

from datetime import date
from itertools import pairwise

import pytest

from accounts.models import MarketParticipant, Organisation
from des.parties.models import LDZ, Code, EndUserCategoryBand, ExitZone
from des.parties.standing_data import DATA, load_standing_data, rows_of
from tests.conftest import owning

pytestmark = pytest.mark.django_db
KINDS = (Code, LDZ, ExitZone, EndUserCategoryBand, MarketParticipant, Organisation)


def counts() -> list[int]:
    return [kind.objects.count() for kind in KINDS]


def load() -> None:
    with owning():
        load_standing_data()


def test_a_second_load_changes_nothing():
    before = counts()

    load()

    assert counts() == before
    assert 0 not in before


def test_a_changed_meaning_is_put_right_and_a_missing_code_added():
    with owning():
        Code.objects.filter(code_set="meter_point_status", code="LI").update(meaning="Wrong")
        Code.objects.filter(code_set="meter_point_status", code="EX").delete()

    load()

    assert Code.objects.get(code_set="meter_point_status", code="LI").meaning == "Live"
    assert Code.objects.filter(code_set="meter_point_status", code="EX").exists()


def test_a_participant_kept_in_the_portal_stays_as_it_is():
    MarketParticipant.objects.filter(short_code="BGF", market_role="shipper").update(started_on=date(2001, 2, 3))

    load()

    held = MarketParticipant.objects.get(short_code="BGF", market_role="shipper")
    assert held.started_on == date(2001, 2, 3)


def test_the_operator_is_there_to_be_supported():
    assert MarketParticipant.objects.get(market_role="operator").short_code == "DES"


def test_there_are_thirteen_zones_each_with_its_transporter():
    assert LDZ.objects.count() == 13
    holders = set(MarketParticipant.objects.filter(market_role="gt").values_list("short_code", flat=True))
    assert set(LDZ.objects.values_list("network", flat=True)) <= holders


def test_bands_cover_every_quantity_once():
    bands = list(EndUserCategoryBand.objects.order_by("band"))

    assert bands[0].aq_from_kwh == 0
    assert bands[-1].aq_to_kwh is None
    assert all(lower.aq_to_kwh == upper.aq_from_kwh for lower, upper in pairwise(bands))


@pytest.mark.parametrize("file", ["codes.csv", "exit_zones.csv", "euc_bands.csv", "participants.csv"])
def test_every_row_says_where_it_comes_from(file):
    assert (DATA / file).exists()
    assert all(row["basis"] for row in rows_of(file))
