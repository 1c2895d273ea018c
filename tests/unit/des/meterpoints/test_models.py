"""What the database holds to be true of every meter point and period, whoever writes it."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from des.meterpoints.models import Converter, LatestRead, Meter, MeterPoint, Quantity, Registration, SupplyPointAddress
from des.meterpoints.querysets import CURRENT_AND_NEXT
from tests.conftest import owning

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


def refused(constraint, kind, **fields):
    with owning(), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        kind.objects.create(**fields)


@pytest.mark.parametrize("mprn", [0, -1, 10_000_000_000])
def test_an_mprn_has_at_most_ten_digits(mprn):
    refused("meter_point_mprn_has_at_most_ten_digits", MeterPoint, mprn=mprn)


@pytest.mark.parametrize("postcode", ["LS14AP", "ls1 4ap", "LS1  4AP", "LS1"])
def test_a_postcode_is_kept_with_one_space_in_capitals(postcode):
    refused("meter_point_postcode_has_its_shape", MeterPoint, mprn=9_000_000_001, postcode=postcode)


def test_a_match_score_is_at_most_a_hundred():
    refused("meter_point_rel_match_score_is_at_most_100", MeterPoint, mprn=9_000_000_001, rel_match_score=101)


@pytest.mark.parametrize("name", CURRENT_AND_NEXT)
def test_a_next_value_comes_with_its_date(name):
    refused(f"meter_point_next_{name}_is_dated", MeterPoint, mprn=9_000_000_001, **{f"next_{name}": "X"})
    refused(f"meter_point_next_{name}_is_dated", MeterPoint, mprn=9_000_000_001, **{f"next_{name}_from": DAY})


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (SupplyPointAddress, {}),
        (Registration, {"market_role": "shipper", "short_code": "BGF"}),
        (Meter, {}),
        (Converter, {}),
        (Quantity, {}),
    ],
)
def test_a_period_ends_after_it_starts(kind, fields):
    refused("_ends_after_it_starts", kind, meter_point_id=9_000_000_001, started_on=DAY, ended_on=DAY, **fields)


def test_quantities_converters_and_reads_say_what_they_are():
    assert str(Quantity(annual_quantity=13_000, started_on=DAY)) == "13000 kWh from 2026-11-22"
    assert str(Converter(serial_number="C1")) == "C1"
    assert str(LatestRead(value=1234, read_on=DAY)) == "1234 on 2026-11-22"
