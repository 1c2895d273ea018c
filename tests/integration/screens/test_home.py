"""The first page after sign-in."""

from des.exports.models import Export
from tests.integration.pages import read


def test_the_shipper_is_offered_the_search_box_and_the_enquiry(client, shipper):
    client.force_login(shipper)

    response = client.get("/")

    assert read(response).heading == "Find a meter point"
    assert read(response).links["Meter points"] == "/enquiries/meter-points/"
    assert 'name="q"' in response.text
    assert "None yet." in response.text


def test_whom_one_acts_for_is_on_every_page(client, shipper, actor):
    client.force_login(shipper)

    text = client.get("/").text

    assert "Shipper" in text
    assert f"{actor(shipper).organisation_name} (Shipper)" in text


def test_recent_exports_lead_to_their_pages(client, shipper, actor):
    export = Export.objects.create(
        user=shipper,
        membership_id=actor(shipper).membership_id,
        title="Meter points: LS1 4AP",
        enquiry="meter-points",
        criteria={"postcode": "LS1 4AP"},
        requested_at="2026-11-22T06:00Z",
        request_id="ab12",
    )
    client.force_login(shipper)

    assert read(client.get("/")).links["Meter points: LS1 4AP"] == f"/exports/{export.pk}/"


def test_an_lso_is_told_that_their_roles_do_not_include_enquiries(client, lso):
    client.force_login(lso)

    response = client.get("/")

    assert response.status_code == 200
    assert "do not include enquiries" in response.text
    assert 'name="q"' not in response.text
    assert "Your recent exports" not in response.text
    for path in ("/search/?q=LS1", "/enquiries/meter-points/", "/meter-points/5454555/", "/exports/"):
        assert client.get(path).status_code == 403


def test_support_may_look_and_not_export(client, support):
    client.force_login(support)

    response = client.get("/")

    assert 'name="q"' in response.text
    assert "Exports" not in read(response).links
    assert client.get("/exports/").status_code == 403
