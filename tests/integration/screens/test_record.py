"""The record page of one meter point."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import MarketParticipant
from des.addresses.models import RELAddress
from des.enquiries.formats import day
from des.meterpoints.columns import COLUMNS
from des.meterpoints.models import Converter, LatestRead, Meter, MeterPoint, Registration, SupplyPointAddress
from tests.conftest import audited, owning
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
    assert "Released to the role of shipper only for meter points in your portfolio" in page.values["Reading"]
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
    addresses = SupplyPointAddress.objects.filter(meter_point=keys["mprn"]).count()
    assert len(read(own).rows) == held + meters + addresses
    assert "Nothing held, or not yours to see: released only for meter points in your portfolio." in other.text
    assert "Not released to the role of gas transporter." in network.text


def test_a_meter_point_without_a_past_says_so(client, support, specials):
    with owning():
        MeterPoint.objects.create(mprn=9_000_000_001)

    assert record(client, support, 9_000_000_001).text.count("Nothing held.") == 5


def test_a_long_history_says_what_it_leaves_out(client, support, keys, monkeypatch):
    monkeypatch.setattr("des.screens.records.HISTORY_ROWS", 1)

    response = record(client, support, keys["mprn"])

    assert "The latest 1 are shown; export the record for all." in response.text


def test_every_opening_is_written_down(client, shipper, keys):
    record(client, shipper, keys["mprn"])

    (event,) = audited()
    assert (event.enquiry, event.criteria) == ("meter-points", {"mprn": keys["mprn"]})
    assert (event.shown, event.result_count) == ([int(keys["mprn"])], 1)
    assert event.address == "127.0.0.1"


def test_a_record_of_another_network_is_not_there_and_the_asking_is_written_down(client, other_transporter, keys):
    response = record(client, other_transporter, keys["mprn"])

    assert response.status_code == 404
    assert read(response).heading == "Page not found"
    (event,) = audited()
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
    client.force_login(shipper)

    response = client.get("/search/", {"q": keys["postcode_house"]}, follow=True)

    said = f"Opened because it is the only exact match for “{keys['postcode_house']}” (Postcode and house)."
    assert said in response.text
    assert read(response).links[f"show all of {keys['postcode']}"] == (
        f"/enquiries/meter-points/?postcode={keys['postcode'].replace(' ', '+')}"
    )


def test_a_number_opened_at_once_is_still_warned_of(client, shipper):
    client.force_login(shipper)

    response = client.get("/search/", {"q": "5454555"}, follow=True)

    assert response.request["PATH_INFO"] == "/meter-points/5454555/"
    assert "The check digits of MPRN 5454555 do not agree" in response.text
    assert "(MPRN)" in response.text


@pytest.mark.parametrize("searched", ["\x00", "<script>alert(1)</script>", "5454555"])
def test_no_link_puts_words_on_the_page(client, shipper, keys, searched):
    response = record(client, shipper, keys["mprn"], found=searched)

    assert response.status_code == 200
    assert "Opened because" not in response.text
    assert "<script>alert" not in response.text


def test_support_is_offered_no_export_and_told_why(client, support, keys):
    text = record(client, support, keys["mprn"]).text

    assert "Export as CSV" not in text
    assert "To export, ask your Local Security Officer for the exporter role." in text


def test_its_exporter_is_not_told_why_not(client, shipper, keys):
    text = record(client, shipper, keys["mprn"]).text

    assert "Export as CSV" in text
    assert "To export" not in text


def test_a_history_names_the_role_without_the_code_of_this_service(client, support, keys):
    rows = read(record(client, support, keys["mprn"])).rows

    roles = {row["Role"] for row in rows if "Role" in row}
    assert {"Gas shipper", "Gas supplier", "Meter asset manager"} < roles
    assert not any("(" in role for role in roles)


def test_the_lock_in_a_history_does_not_send_the_reader_to_where_they_are(client, other_shipper, keys):
    text = record(client, other_shipper, keys["mprn"]).text

    assert "Withheld from your role." in text
    assert "Open the record" not in text


def test_its_agents_have_names_and_its_match_score_a_scale(client, support, keys):
    values = read(record(client, support, keys["mprn"])).values

    assert values["Meter asset manager"] != values["MAM name"] != "Not held"
    assert values["Meter asset provider"] != values["MAP name"] != "Not held"
    assert values["Match score"] == "100 out of 100"
    assert "Minimum AQ this year" in values


def test_its_converter_is_described(client, support, keys):
    with owning():
        Converter.objects.filter(meter_point=keys["mprn"]).delete()
        Converter.objects.create(
            meter_point_id=keys["mprn"],
            started_on="2019-03-04",
            serial_number="CV123",
            manufacturer="ELS",
            model="EK210",
            year_of_manufacture=2018,
        )

    values = read(record(client, support, keys["mprn"])).values

    assert values["Converter"] == "Yes"
    assert values["Converter serial number"] == "CV123"
    assert values["Converter model"] == "EK210"
    assert values["Converter manufacturer"] == "ELS"
    assert values["Converter year of manufacture"] == "2018"
    assert values["Converter installed"] == "4 March 2019"


NEXT = {
    "msn": ("ZZ9000000001", "Next meter", "Next meter from"),
    "status": ("DE", "Next status", "Next status from"),
    "shipper": ("OCT", "Incoming shipper", "Incoming shipper from"),
    "map": ("ZZZ", "Incoming MAP", "Incoming MAP from"),
}


@pytest.mark.parametrize("name", NEXT)
def test_what_is_to_come_has_its_rows_until_it_has_come(client, support, keys, name):
    value, label, dated = NEXT[name]
    today, tomorrow = timezone.localdate(), timezone.localdate() + timedelta(days=1)

    def following(since):
        with owning():
            MeterPoint.objects.filter(mprn=keys["mprn"]).update(**{f"next_{name}": value, f"next_{name}_from": since})
        values = read(record(client, support, keys["mprn"])).values
        return values[label], values[dated]

    assert following(tomorrow) == ("Dead" if name == "status" else value, day(tomorrow))
    assert following(today) == ("Not held", "Not held")


def test_a_meter_that_is_to_be_fitted_does_not_look_live(client, support, keys):
    tomorrow = timezone.localdate() + timedelta(days=1)
    with owning():
        Meter.objects.filter(meter_point=keys["mprn"], ended_on=None).update(ended_on=tomorrow)
        Meter.objects.create(meter_point_id=keys["mprn"], started_on=tomorrow, msn="ZZ9000000001", status="LI")

    rows = read(record(client, support, keys["mprn"])).rows

    status = {row["Meter serial number"]: row["Status"] for row in rows if "Meter serial number" in row}
    assert status["ZZ9000000001"] == "Planned"
    assert status[keys["msn"]] != "Planned"


def test_networks_and_addresses_have_a_history(client, support, keys):
    with owning():
        SupplyPointAddress.objects.create(
            meter_point_id=keys["mprn"],
            started_on="1990-02-01",
            ended_on="1990-03-01",
            plot_no="PLOT 7",
            house_no="",
            dependent_street="REAR OF",
            street="OLD ROAD",
            town="LEEDS",
            postcode="LS1 4AP",
        )

    rows = read(record(client, support, keys["mprn"])).rows

    assert {
        "Address": "PLOT 7, REAR OF, OLD ROAD, LEEDS",
        "Postcode": "LS1 4AP",
        "From": "1 February 1990",
        "Until": "1 March 1990",
    } in rows
    assert MeterPoint.objects.get(mprn=keys["mprn"]).address in [row.get("Address") for row in rows]
    assert any(row.get("Role") in {"Gas transporter", "Independent gas transporter"} for row in rows)


def test_a_record_asks_no_more_for_a_longer_past(client, support, keys):
    client.force_login(support)
    path = f"/meter-points/{keys['mprn']}/"
    counts = []
    for year in (1990, 1991):
        with owning():
            for month in range(1, 12):
                period = {"started_on": f"{year}-{month:02}-01", "ended_on": f"{year}-{month:02}-02"}
                Meter.objects.create(meter_point_id=keys["mprn"], msn=f"Z{year}{month}", **period)
                SupplyPointAddress.objects.create(meter_point_id=keys["mprn"], **period)
                for role in ("shipper", "mam", "gt"):
                    Registration.objects.create(
                        meter_point_id=keys["mprn"], market_role=role, short_code="BGF", **period
                    )
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 30


# -- notices

DUMMY = "This postcode is a dummy: no letter could reach it. The address may be wrong."
PLOT = "This is the address of a plot. The premises may have another by now."


def test_an_ordinary_meter_point_has_nothing_to_mind(client, shipper, keys):
    assert "app-notice" not in record(client, shipper, keys["mprn"]).text


def test_a_dummy_postcode_is_warned_of(client, shipper, specials):
    assert DUMMY in record(client, shipper, specials["dummy_postcode_mprn"]).text


def test_a_plot_is_said_to_be_one(client, shipper, specials):
    assert PLOT in record(client, shipper, specials["plot_mprn"]).text


def test_an_rel_address_elsewhere_or_hardly_matched_is_warned_of(client, shipper, keys):
    with owning():
        MeterPoint.objects.filter(mprn=keys["mprn"]).update(rel_match_score=9)
        RELAddress.objects.filter(uprn=keys["uprn"]).update(postcode="ZE9 9ZZ")

    text = record(client, shipper, keys["mprn"]).text

    assert (
        f"The REL address is in ZE9 9ZZ, the UK Link address in {keys['postcode']}. One of them may be wrong." in text
    )
    assert "The REL address is hardly matched: its score is 9 out of 100." in text


def test_a_score_of_ten_is_no_matter(client, shipper, keys):
    with owning():
        MeterPoint.objects.filter(mprn=keys["mprn"]).update(rel_match_score=10)

    assert "app-notice" not in record(client, shipper, keys["mprn"]).text


def test_a_role_without_the_rel_address_is_told_nothing_of_it(client, person, keys):
    with owning():
        MeterPoint.objects.filter(mprn=keys["mprn"]).update(rel_match_score=9)
        RELAddress.objects.filter(uprn=keys["uprn"]).update(postcode="ZE9 9ZZ")
    holder = MarketParticipant.objects.filter(market_role="mam").first()

    text = record(client, person("mam", holder.short_code, "mam"), keys["mprn"]).text

    assert "ZE9 9ZZ" not in text
    assert "hardly matched" not in text


def test_each_special_meter_point_opens(client, shipper, specials):
    for name, mprn in specials.items():
        response = record(client, shipper, mprn)
        assert response.status_code == 200, name
        assert read(response).heading == f"MPRN {mprn}"
