"""The record page of one meter point."""

import re

import pytest

from des.audit.models import EnquiryEvent
from des.meterpoints.columns import COLUMNS
from des.meterpoints.models import LatestRead, Meter, MeterPoint, Registration
from tests.conftest import owning
from tests.integration.pages import read


def record(client, user, mprn, **query):
    client.force_login(user)
    return client.get(f"/meter-points/{mprn}/", query)


def test_its_own_shipper_sees_every_column_by_section(client, shipper, keys):
    response = record(client, shipper, keys["mprn"])

    page = read(response)
    assert page.heading == f"MPRN {keys['mprn']}"
    assert {column.label for column in COLUMNS} <= set(page.values)
    for section in dict.fromkeys(column.section for column in COLUMNS):
        assert f"<h2>{section}</h2>" in response.text
    assert page.values["Meter serial number"] == keys["msn"]
    assert "Withheld" not in response.text


def test_quantities_have_units_and_dates_are_said_as_people_do(client, shipper, keys):
    with owning():
        LatestRead.objects.update_or_create(
            meter_point_id=keys["mprn"], defaults={"read_on": "2026-04-05", "read_type": "", "value": 1234567}
        )

    values = read(record(client, shipper, keys["mprn"])).values

    assert values["Annual quantity (AQ)"].endswith(" kWh")
    assert values["Read on"] == "5 April 2026"
    assert values["Reading"] == "1,234,567"
    assert values["Kind of read"] == "Not held"


def test_another_shipper_is_told_what_is_withheld_and_why(client, other_shipper, keys):
    page = read(record(client, other_shipper, keys["mprn"]))

    for label in ("Confirmation reference", "Model", "Reading", "Meter asset manager", "Formula year AQ"):
        assert page.values[label].startswith(f"Withheld: {label}. Show why")
    assert "Released to the role of shipper only for meter points in their own portfolio" in page.values["Reading"]
    assert "(data item: read)" in page.values["Reading"]
    assert "Operator support can tell you who may change it." in page.values["Reading"]
    assert "Withheld" not in page.values["Annual quantity (AQ)"]


def test_a_transporter_is_told_what_their_role_never_sees(client, transporter, keys):
    page = read(record(client, transporter, keys["mprn"]))

    assert "Not released to the role of gas transporter (data item: read)." in page.values["Reading"]


def test_histories_are_shown_or_explained(client, shipper, other_shipper, transporter, keys):
    own = record(client, shipper, keys["mprn"])
    other = record(client, other_shipper, keys["mprn"])
    network = record(client, transporter, keys["mprn"])

    held = Registration.objects.filter(meter_point=keys["mprn"]).count()
    meters = Meter.objects.filter(meter_point=keys["mprn"]).count()
    assert (
        len(read(own).rows)
        == held + meters - Registration.objects.filter(meter_point=keys["mprn"], market_role__in=["gt", "igt"]).count()
    )
    assert "Nothing held, or not yours to see: released only for meter points in their own portfolio." in other.text
    assert "Not released to the role of gas transporter." in network.text


def test_a_meter_point_without_a_past_says_so(client, support, specials):
    with owning():
        MeterPoint.objects.create(mprn=9_000_000_001)

    assert record(client, support, 9_000_000_001).text.count("Nothing held.") == 3


def test_a_long_history_says_what_it_leaves_out(client, support, keys, monkeypatch):
    monkeypatch.setattr("des.screens.records.HISTORY_ROWS", 1)

    response = record(client, support, keys["mprn"])

    assert "The latest 1 are shown; export the record for all." in response.text


def test_every_opening_is_written_down(client, shipper, keys):
    record(client, shipper, keys["mprn"])

    event = EnquiryEvent.objects.get()
    assert (event.enquiry, event.criteria) == ("meter-points", {"mprn": keys["mprn"]})
    assert (event.shown, event.result_count) == ([int(keys["mprn"])], 1)
    assert event.address == "127.0.0.1"


def test_a_record_of_another_network_is_not_there_and_the_asking_is_written_down(client, other_transporter, keys):
    response = record(client, other_transporter, keys["mprn"])

    assert response.status_code == 404
    assert read(response).heading == "Page not found"
    event = EnquiryEvent.objects.get()
    assert (event.person_id, event.result_count, event.shown) == (other_transporter.pk, 0, [])
    assert event.criteria == {"mprn": keys["mprn"]}


def test_what_is_not_there_looks_the_same_as_what_one_may_not_see(client, other_transporter, keys):
    hidden = record(client, other_transporter, keys["mprn"])
    absent = record(client, other_transporter, "9999999999")

    def without_tokens(response):
        return re.sub(r'value="\w{64}"', "", response.text.replace(response["X-Request-ID"], ""))

    assert hidden.status_code == absent.status_code == 404
    assert without_tokens(hidden) == without_tokens(absent)


def test_a_record_opened_from_a_search_says_so(client, shipper, keys):
    response = record(client, shipper, keys["mprn"], q=keys["postcode_house"])

    assert f"Opened because it is the only exact match for “{keys['postcode_house']}”." in response.text
    assert read(response).links[f"show all of {keys['postcode']}"] == (
        f"/enquiries/meter-points/?postcode={keys['postcode'].replace(' ', '+')}"
    )


@pytest.mark.parametrize("searched", ["\x00", "<script>alert(1)</script>", "5454555"])
def test_whatever_was_searched_is_only_text(client, shipper, keys, searched):
    response = record(client, shipper, keys["mprn"], q=searched)

    assert response.status_code == 200
    assert "<script>alert" not in response.text


def test_support_is_offered_no_export(client, support, keys):
    assert "Export as CSV" not in record(client, support, keys["mprn"]).text


def test_each_special_meter_point_opens(client, shipper, specials):
    for name, mprn in specials.items():
        response = record(client, shipper, mprn)
        assert response.status_code == 200, name
        assert read(response).heading == f"MPRN {mprn}"
