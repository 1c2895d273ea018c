"""One enquiry by its fields, and its further pages."""

from datetime import date
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing

from des.meterpoints.models import Meter, MeterPoint
from tests.conftest import audited, owning
from tests.integration.pages import read

FORM = "/enquiries/meter-points/"
NO_LONGER = "This link to a further page is no longer good."


@pytest.fixture
def signed_in(client, shipper):
    client.force_login(shipper)
    return client


def next_link(client, settings, keys):
    settings.ROWS_PER_PAGE = 2
    return read(client.get(FORM, {"postcode": keys["postcode"]})).links["Next 50"]


def test_the_form_has_a_box_for_each_field(signed_in):
    response = signed_in.get(FORM)

    assert read(response).heading == "Meter points"
    for name in ("mprn", "postcode", "house", "msn", "uprn", "address"):
        assert f'name="{name}"' in response.text
    assert not audited()


def test_a_mam_has_no_box_for_what_they_may_not_search(client, person, keys):
    client.force_login(person("mam", MeterPoint.objects.get(mprn=keys["mprn"]).mam, "mam"))

    assert 'name="uprn"' not in client.get(FORM).text

    for query in ({"uprn": keys["uprn"]}, {"uprn": keys["uprn"], "mprn": keys["mprn"]}):
        response = client.get(FORM, query)
        assert "Your role may not search by UPRN." in response.text
        assert not read(response).rows


def test_there_is_no_enquiry_of_another_name(signed_in):
    assert signed_in.get("/enquiries/no-such-enquiry/").status_code == 404


@pytest.mark.parametrize("key", ["mprn", "postcode", "uprn", "msn"])
def test_each_field_finds_the_meter_point(signed_in, keys, key):
    page = read(signed_in.get(FORM, {key: keys[key]}))

    assert keys["mprn"] in [row["MPRN"] for row in page.rows]


def test_what_was_asked_is_written_down(signed_in, keys, shipper):
    signed_in.get(FORM, {"postcode": keys["postcode"].lower(), "house": "99999"})

    (event,) = audited()
    assert (event.person_id, event.enquiry) == (shipper.pk, "meter-points")
    assert event.criteria == {"postcode": keys["postcode"], "house": "99999"}
    assert event.result_count == len(event.shown) > 0


def test_nothing_found_says_so_and_is_written_down(signed_in):
    response = signed_in.get(FORM, {"mprn": "9999999999"})

    assert "Nothing that you may see matches." in response.text
    assert [event.result_count for event in audited()] == [0]


def test_a_fault_is_said_and_not_written_down(signed_in):
    response = signed_in.get(FORM, {"mprn": "12"})

    assert "A meter point reference number (MPRN) has 6 to 10 digits." in response.text
    assert not audited()


def test_pages_follow_each_other_to_the_last(signed_in, settings, keys):
    link, seen = next_link(signed_in, settings, keys), 2
    while link:
        page = read(signed_in.get(link))
        seen += len(page.rows)
        link = page.links.get("Next 50")

    assert seen == MeterPoint.objects.filter(postcode=keys["postcode"]).count()


def test_an_unknown_parameter_changes_nothing(signed_in, keys):
    plain = read(signed_in.get(FORM, {"postcode": keys["postcode"]}))

    for page in ("-1", str(10**30), "abc"):
        assert read(signed_in.get(FORM, {"postcode": keys["postcode"], "page": page})).rows == plain.rows


@pytest.mark.parametrize("after", ["x", "x:y:z", "\x00", "é", "-1", str(10**30), "A" * 10_000])
def test_a_forged_position_is_refused_in_words(signed_in, keys, after):
    response = signed_in.get(FORM, {"postcode": keys["postcode"], "after": after})

    assert response.status_code == 200
    assert NO_LONGER in response.text
    assert keys["mprn"] not in response.text
    assert not audited()


def test_a_position_signed_for_something_else_is_refused(signed_in, keys):
    other = signing.dumps([0, "LS1 4AP", "", 0], salt="another.purpose")

    assert NO_LONGER in signed_in.get(FORM, {"postcode": keys["postcode"], "after": other}).text


def test_a_position_lasts_a_day(signed_in, settings, keys, monkeypatch):
    link = next_link(signed_in, settings, keys)
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 24 * 3600 + 1)

    assert NO_LONGER in signed_in.get(link).text


def token_in(link):
    return parse_qs(urlsplit(link).query)["after"][0]


def test_a_position_in_another_search_is_refused(signed_in, settings, keys):
    token = token_in(next_link(signed_in, settings, keys))

    response = signed_in.get(FORM, {"postcode": keys["postcode"].split()[0], "after": token})

    assert response.status_code == 200
    assert NO_LONGER in response.text
    assert not read(response).rows


@pytest.mark.parametrize("slug", ["supply-history", "meter-history", "meter-agent-history"])
def test_a_position_in_another_enquiry_is_refused(signed_in, settings, keys, slug):
    token = token_in(next_link(signed_in, settings, keys))

    response = signed_in.get(f"/enquiries/{slug}/", {"mprn": keys["mprn"], "after": token})

    assert response.status_code == 200
    assert NO_LONGER in response.text


def test_a_position_in_a_search_that_there_is_no_more_finds_nothing(signed_in, keys, monkeypatch):
    loads = SimpleNamespace(loads=lambda *_text, **_options: [99, "LS1 4AP", "", 0])
    monkeypatch.setattr("des.screens.findings.signing", loads)

    response = signed_in.get(FORM, {"postcode": keys["postcode"], "after": "x"})

    assert "Nothing that you may see matches." in response.text


@pytest.mark.parametrize("slug", ["supply-history", "meter-history", "meter-agent-history"])
def test_a_history_can_be_asked_for_by_itself(client, support, keys, slug):
    client.force_login(support)

    response = client.get(f"/enquiries/{slug}/", {"mprn": keys["mprn"]})

    assert response.status_code == 200
    page = read(response)
    assert page.rows
    assert not [link for link in page.links.values() if link.startswith("/meter-points/") and keys["mprn"] not in link]
    assert [event.enquiry for event in audited()] == [slug]


def test_a_history_longer_than_a_page_is_shown(client, support, keys, settings):
    settings.ROWS_PER_PAGE = 1
    with owning():
        for year in (2001, 2002):
            Meter.objects.create(
                meter_point_id=keys["mprn"],
                started_on=date(year, 1, 1),
                ended_on=date(year, 2, 1),
                msn=f"ZQ{year}",
            )
    client.force_login(support)

    response = client.get("/enquiries/meter-history/", {"mprn": keys["mprn"]})

    assert response.status_code == 200


def test_a_question_by_a_withheld_field_is_refused_and_written_down(client, person):
    client.force_login(person("map", "ECA", "map"))

    response = client.get("/enquiries/meter-points/", {"uprn": "9000\x00", "postcode": "LS1"})

    assert "Your role may not search by UPRN." in response.text
    (event,) = audited()
    assert event.decision == "refused"
    assert event.criteria == {"uprn": "'9000\\x00'", "postcode": "'LS1'"}
    assert event.shown == []
