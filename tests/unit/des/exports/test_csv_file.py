"""A file that opens in a spreadsheet and runs nothing there."""

import csv
import io

import pytest
from django.db import connection
from django.utils import timezone

from des.exports.csv_file import copy_statement, csv_blocks
from des.meterpoints.enquiry import MeterPointEnquiry
from des.meterpoints.models import Meter, MeterPoint, SupplyPointAddress
from tests.conftest import owning


@pytest.fixture
def exported(actor, keys):
    """The rows of the file that a person gets of the one meter point."""

    def rows(user, *, listed=False, **criteria):
        enquiry = MeterPointEnquiry(criteria or {"mprn": keys["mprn"]}, actor=actor(user), on=timezone.localdate())
        assert enquiry.is_valid()
        statement = next(iter(enquiry.statements(listed=listed)))
        content = b"".join(csv_blocks(statement, connection)).decode()
        return list(csv.DictReader(io.StringIO(content)))

    return rows


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(exported, shipper, keys, start):
    with owning():
        SupplyPointAddress.objects.filter(meter_point=keys["mprn"]).update(house_name=f'{start}HYPERLINK("x")')

    assert exported(shipper)[0]["house_name"] == f'\'{start}HYPERLINK("x")'


@pytest.mark.parametrize("text", ["A=B", 'THE "OLD" MILL, NORTH', "LINE\nBREAK", "100%", "O'HARE", "Ŵ \\ {0} %s $1"])
def test_any_other_text_stays_as_it_is(exported, shipper, keys, text):
    with owning():
        SupplyPointAddress.objects.filter(meter_point=keys["mprn"]).update(house_name=text)

    assert exported(shipper)[0]["house_name"] == text


def test_values_are_written_raw(exported, shipper, keys):
    with owning():
        MeterPoint.objects.filter(mprn=keys["mprn"]).update(twin_stream=True, uprn=None)
        Meter.objects.filter(meter_point=keys["mprn"]).update(year_of_manufacture=1999, imperial=False)

    row = exported(shipper)[0]

    assert row["mprn"] == keys["mprn"]
    assert row["twin_stream_site_indicator"] == "Yes"
    assert row["meter_imperial_indicator"] == "No"
    assert row["uprn"] == ""
    assert row["meter_point_status"] == "LI"
    since = MeterPoint.objects.get(mprn=keys["mprn"]).status_from
    assert row["meter_point_status_from"] == since.isoformat()


def test_what_is_withheld_says_so_and_what_is_not_held_is_empty(exported, shipper, other_shipper, keys):
    with owning():
        Meter.objects.filter(meter_point=keys["mprn"]).update(model="")

    assert exported(shipper)[0]["meter_model"] == ""
    assert exported(other_shipper)[0]["meter_model"] == "Withheld"


def test_columns_that_a_role_never_sees_are_not_in_its_file(exported, transporter):
    row = exported(transporter)[0]

    assert "latest_meter_read_value" not in row
    assert "annual_quantity" in row


def test_a_question_travels_as_parameters(actor, shipper):
    enquiry = MeterPointEnquiry({"address": "100% OAK %s ROAD"}, actor=actor(shipper), on=timezone.localdate())
    assert enquiry.is_valid()

    sql, parameters = copy_statement(next(iter(enquiry.statements())), connection)

    assert "OAK" not in sql
    assert any("OAK" in str(value) for value in parameters)
    assert exported_nothing(enquiry)


def exported_nothing(enquiry):
    statement = next(iter(enquiry.statements()))
    return b"".join(csv_blocks(statement, connection)).count(b"\n") == 1
