"""What holds on a day: the row has the current value and the next with its date."""

from datetime import date, timedelta

import pytest
from django.db.models import F

from des.meterpoints.models import Meter, MeterPoint, Registration, SupplyPointAddress
from tests.conftest import owning

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
MPRN = 9_000_000_001


@pytest.fixture
def point():
    with owning():
        return MeterPoint.objects.create(
            mprn=MPRN,
            postcode="ZE1 1AA",
            address="FLAT 2, 12 ZEBRAFISH QUAY, LERWICK",
            supplier="AAA",
            supplier_from=date(2020, 1, 1),
            next_supplier="BBB",
            next_supplier_from=DAY,
        )


def on(day, *fields):
    return MeterPoint.objects.as_at(day).filter(pk=MPRN).values_list(*map(F, fields)).get()


@pytest.mark.parametrize(("day", "held"), [(BEFORE, "AAA"), (DAY, "BBB"), (AFTER, "BBB")])
def test_the_next_value_holds_from_its_date(point, day, held):
    assert on(day, "supplier_now") == (held,)


def test_since_when_it_holds_goes_with_it(point):
    assert on(BEFORE, "supplier_now_from") == (date(2020, 1, 1),)
    assert on(DAY, "supplier_now_from") == (DAY,)


def test_what_is_to_come_is_incoming_until_it_has_come(point):
    assert on(BEFORE, "incoming_supplier", "incoming_supplier_from") == ("BBB", DAY)
    assert on(DAY, "incoming_supplier", "incoming_supplier_from") == (None, None)


def test_the_period_that_holds_is_joined_and_no_other(point):
    with owning():
        Meter.objects.create(meter_point=point, started_on=date(2010, 1, 1), ended_on=DAY, msn="OLD1")
        Meter.objects.create(meter_point=point, started_on=DAY, msn="NEW1")

    assert on(BEFORE, "meter__msn") == ("OLD1",)
    assert on(DAY, "meter__msn") == ("NEW1",)
    assert on(date(2009, 12, 31), "meter__msn") == (None,)


def test_the_previous_supplier_is_the_last_whose_time_is_over(point):
    with owning():
        for short_code, start, end in [
            ("ZZ1", date(2010, 1, 1), date(2015, 1, 1)),
            ("ZZ2", date(2015, 1, 1), date(2020, 1, 1)),
            ("AAA", date(2020, 1, 1), DAY),
        ]:
            Registration.objects.create(
                meter_point=point, market_role="supplier", short_code=short_code, started_on=start, ended_on=end
            )

    assert on(BEFORE, "previous_supplier") == ("ZZ2",)
    assert on(DAY, "previous_supplier") == ("AAA",)


def test_what_a_question_does_not_use_is_not_joined():
    sql = str(MeterPoint.objects.as_at(DAY).values_list("mprn").query)

    assert "JOIN" not in sql
    assert "supplier" not in sql


@pytest.mark.parametrize(
    ("words", "found"),
    [(["FLAT", "2"], True), (["1"], False), (["ZEBRA"], False), (["QUAY", "ZE1"], True), ([".*"], False), ([], True)],
)
def test_words_are_whole_and_mean_nothing_but_themselves(point, words, found):
    assert MeterPoint.objects.filter(pk=MPRN).mentioning(words).exists() is found


@pytest.mark.parametrize(("prefix", "found"), [("ZE1 ", True), ("ZE1 1A", True), ("ZE1 1B", False), ("ZE", True)])
def test_the_start_of_a_postcode_is_a_range(point, prefix, found):
    assert MeterPoint.objects.below_postcode(prefix).filter(pk=MPRN).exists() is found


def test_the_register_reads_in_words(point):
    assert str(point) == "9000000001"
    assert str(Meter(msn="M1")) == "M1"
    assert str(Registration(short_code="BGF", market_role="shipper", started_on=DAY)) == "BGF shipper from 2026-11-22"
    assert str(SupplyPointAddress(house_name="LODGE", street="QUAY", postcode="ZE1 1AA")) == "LODGE QUAY, ZE1 1AA"
