"""The one search box."""

import pytest
from django.utils.html import escape

from des.meterpoints.models import MeterPoint
from tests.conftest import audited, owning
from tests.integration.pages import read


@pytest.fixture
def search(client, shipper):
    """Search as the shipper."""

    def ask(text, **more):
        client.force_login(shipper)
        return client.get("/search/", {"q": text, **more})

    return ask


@pytest.mark.parametrize("key", ["mprn", "postcode_house", "address", "uprn", "msn"])
def test_each_kind_of_key_opens_the_one_meter_point(client, shipper, keys, key):
    client.force_login(shipper)

    response = client.get("/search/", {"q": keys[key]})

    assert response.status_code == 302
    assert response.url.startswith(f"/meter-points/{keys['mprn']}/")


def test_a_postcode_lists_its_meter_points_and_leads_to_each(search, keys):
    page = read(search(keys["postcode"]))

    points = MeterPoint.objects.filter(postcode=keys["postcode"]).order_by("address_order", "mprn")
    assert page.heading == f"Results for “{keys['postcode']}”"
    assert [row["MPRN"] for row in page.rows] == [str(point.mprn) for point in points]
    assert page.links[keys["mprn"]] == f"/meter-points/{keys['mprn']}/"
    assert page.hidden["postcode"] == keys["postcode"]


def test_a_list_is_shown_where_one_is_asked_for(search, keys):
    response = search(keys["mprn"], list="1")

    assert response.status_code == 200
    assert "1 meter point" in response.text


def test_what_was_searched_is_written_down_with_what_was_shown(search, keys, shipper):
    search(keys["postcode"])

    (event,) = audited()
    points = MeterPoint.objects.filter(postcode=keys["postcode"]).values_list("mprn", flat=True)
    assert (event.person_id, event.channel, event.enquiry) == (shipper.pk, "screen", "search")
    assert event.criteria == {"q": keys["postcode"], "tried": "Postcode"}
    assert (set(event.shown), event.result_count) == (set(points), len(points))


def test_a_search_that_cannot_be_written_down_is_not_answered(search, keys, monkeypatch, client):
    def fails(**_event):
        raise RuntimeError

    monkeypatch.setattr("des.screens.views.record_enquiry", fails)
    client.raise_request_exception = False

    response = search(keys["postcode"])

    assert response.status_code == 500
    assert keys["mprn"] not in response.text


def test_nothing_typed_offers_the_box_and_writes_nothing(search):
    response = search("")

    assert read(response).heading == "Search"
    assert not audited()


def test_what_cannot_be_understood_is_said_beside_the_box(search):
    response = search("a")

    assert "There is a problem" in response.text
    assert "Enter an MPRN, a postcode (with a house number if you know it)" in response.text
    assert not audited()


def test_wrong_check_digits_are_warned_of_where_nothing_is_found(search):
    response = search("4057369207")

    assert "The check digits of MPRN 4057369207 do not agree" in response.text
    assert "No meter point that you may see matches." in response.text
    assert "Looked for as: MPRN, Meter serial number, UPRN." in response.text


def test_a_number_with_wrong_check_digits_that_is_there_is_found_with_the_warning(search, db):
    with owning():
        MeterPoint.objects.create(mprn=4057369207)

    response = search("4057369207", list="1")

    assert "The check digits of MPRN 4057369207 do not agree" in response.text
    assert read(response).rows[0]["MPRN"] == "4057369207"


def test_a_number_that_is_several_things_is_tried_as_each(search, db):
    with owning():
        for mprn, fields in [
            (98765432, {}),
            (9_000_000_001, {"msn": "98765432"}),
            (9_000_000_002, {"uprn": 98765432}),
        ]:
            MeterPoint.objects.create(mprn=mprn, **fields)

    response = search("9876 5432")

    assert [row["MPRN"] for row in read(response).rows] == ["98765432", "9000000001", "9000000002"]
    for label in ("MPRN", "Meter serial number", "UPRN"):
        assert f'<h2 class="govuk-heading-m">{label}</h2>' in response.text


def test_what_is_exact_is_not_drowned_by_what_is_near(search, db):
    with owning():
        MeterPoint.objects.create(mprn=98765432)
        MeterPoint.objects.create(mprn=9_000_000_001, msn="98765432999")

    assert search("98765432").url.startswith("/meter-points/98765432/")


def test_a_wider_search_says_what_it_shows(search, keys):
    response = search(f"99999 {keys['postcode']}")

    assert escape(f"No “99999” in {keys['postcode']}. Showing all of {keys['postcode']}.") in response.text


def test_a_single_near_match_is_listed_and_not_opened(search, db):
    with owning():
        MeterPoint.objects.create(mprn=9_000_000_001, msn="ZQX98765432999")

    response = search("ZQX98765432")

    assert response.status_code == 200
    assert "Showing serial numbers that start with it." in response.text


def test_more_than_a_page_says_how_many_and_leads_on(search, keys, client, settings):
    settings.ROWS_PER_PAGE = 2
    total = MeterPoint.objects.filter(postcode=keys["postcode"]).count()

    first = read(response := search(keys["postcode"]))
    second = read(client.get(first.links["Next 50"]))

    assert f"2 of {total:,}" in response.text
    shown = [row["MPRN"] for page in (first, second) for row in page.rows]
    expected = MeterPoint.objects.filter(postcode=keys["postcode"]).order_by("address_order", "mprn")
    assert shown == [str(point.mprn) for point in expected[:4]]
    assert second.links["Back to first"].startswith("/enquiries/meter-points/?postcode=")


def test_what_is_not_worth_counting_is_not_counted(search, keys, settings):
    settings.ROWS_PER_PAGE, settings.COUNT_LIMIT = 2, 3

    assert "2 of more than 3" in search(keys["postcode"]).text


def test_words_in_too_many_streets_are_narrowed_by_town(search, keys, monkeypatch):
    monkeypatch.setattr("des.meterpoints.enquiry.PLACES", 1)

    response = search(keys["address"].split()[-1])

    assert "These words are in more streets than a search looks at." in response.text
    assert "Narrow the search to export it whole." in response.text
    assert 'aria-label="Narrow these results"' in response.text


def test_support_is_told_how_to_get_the_right_to_export(client, support, keys):
    client.force_login(support)

    response = client.get("/search/", {"q": keys["postcode"]})

    assert "To export, ask your Local Security Officer for the exporter role." in response.text
    assert "Export as CSV" not in response.text


def test_a_mam_may_not_search_by_uprn(client, person, keys):
    client.force_login(person("mam", MeterPoint.objects.get(mprn=keys["mprn"]).mam, "mam"))

    response = client.get("/search/", {"q": keys["uprn"]})

    assert response.status_code == 200
    assert "Looked for as: Meter serial number." in response.text
    assert keys["mprn"] not in response.text


def test_a_transporter_of_another_network_finds_nothing_by_any_key(client, other_transporter, keys):
    client.force_login(other_transporter)

    for key in ("mprn", "postcode_house", "address", "uprn", "msn"):
        response = client.get("/search/", {"q": keys[key]})
        assert response.status_code == 200, key
        assert f"/meter-points/{keys['mprn']}/" not in response.text


def test_what_was_typed_comes_back_as_text(search):
    response = search('<script>alert("1")</script> LS1 4AP')

    assert "<script>alert" not in response.text


def test_what_was_not_looked_at_is_not_said_to_be_missing(client, shipper, keys, monkeypatch):
    monkeypatch.setattr("des.meterpoints.enquiry.PLACES", 1)
    client.force_login(shipper)

    response = client.get("/search/", {"q": "99998 road"})

    assert "None on the streets looked at" in response.text
    assert "These words are in more streets than a search looks at." in response.text
    assert "Showing the whole street" not in response.text


def test_spaces_alone_are_nothing_typed(client, shipper):
    client.force_login(shipper)

    assert "Results for" not in client.get("/search/", {"q": "   "}).text
