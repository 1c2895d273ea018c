"""Places found by words: what anybody types is words, never syntax."""

import pytest

from des.addresses.models import Place, RELAddress
from tests.conftest import owning

pytestmark = pytest.mark.django_db
QUAY, LANE = "ZEBRAFISH QUAY", "ZEBRAFISH LANE"


@pytest.fixture
def quay(db):
    """Two places with a name that no real street has."""
    with owning():
        lane = Place.objects.create(
            postcode="ZE1 1AA", street=LANE, town="LERWICK", points=7, words=f"{LANE} LERWICK SHETLAND ZE1 1AA"
        )
        quay = Place.objects.create(
            postcode="ZE1 1AB", street=QUAY, town="LERWICK", points=2, words=f"{QUAY} LERWICK SHETLAND ZE1 1AB"
        )
        Place.objects.create(
            postcode="ZE1 2AB", street=QUAY, town="SCALLOWAY", points=9, words=f"{QUAY} SCALLOWAY SHETLAND ZE1 2AB"
        )
    return quay, lane


def test_every_word_must_be_there_in_any_order(quay):
    assert set(Place.objects.having(["LERWICK", "QUAY", "ZEBRAFISH"])) == {quay[0]}
    assert not Place.objects.having(["ZEBRAFISH", "NOWHERE"]).exists()


def test_words_may_be_cut_short(quay):
    assert set(Place.objects.having_words_starting(["ZEBRAF", "LERW"])) == set(quay)


def test_a_slip_of_the_pen_still_finds_the_street(quay):
    assert quay[0] in Place.objects.spelled_like(["ZEBRAFFISH", "QUAY"])


@pytest.mark.parametrize("search", ["having", "having_words_starting", "spelled_like"])
def test_no_words_find_nothing(search):
    assert not getattr(Place.objects, search)([]).exists()


def test_the_start_of_a_postcode_is_a_range(quay):
    assert set(Place.objects.below_postcode("ZE1 1")) == set(quay)


def test_towns_come_with_the_largest_first(quay):
    places = Place.objects.having(["ZEBRAFISH"]).order_by("-postcode")

    assert places.towns(among=1) == ["SCALLOWAY"]
    assert places.towns(among=10) == ["LERWICK", "SCALLOWAY"]


def test_a_word_finds_each_way_in_which_it_is_written(quay):
    assert set(Place.objects.having(["ZEBRAFISH", "LN"])) == {quay[1]}
    assert set(Place.objects.named(["ZEBRAFISH", "LN", "LERWICK"])) == {quay[1]}


def test_a_street_is_named_by_words_in_a_row(quay):
    assert set(Place.objects.named(["LERWICK", "ZEBRAFISH", "QUAY"])) == {quay[0]}
    assert not Place.objects.named(["ZEBRAFISH", "LERWICK"]).exists()


def test_short_words_alone_are_not_looked_for_with_a_slip(quay):
    assert not Place.objects.spelled_like(["QUAI"]).exists()


def test_sectors_come_with_their_meter_points(quay):
    assert Place.objects.having(["ZEBRAFISH"]).by_sector() == [("ZE1 1", 9), ("ZE1 2", 9)]


def test_places_and_addresses_read_in_words(quay):
    assert str(quay[0]) == "ZEBRAFISH QUAY, ZE1 1AB"
    assert str(RELAddress(display="2 ZEBRAFISH QUAY", postcode="ZE1 1AB")) == "2 ZEBRAFISH QUAY, ZE1 1AB"
