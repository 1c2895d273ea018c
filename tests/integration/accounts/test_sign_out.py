"""Signing out."""

from tests.conftest import PortalClient
from tests.integration.pages import read


def test_looking_at_the_address_signs_nobody_out(client, shipper):
    client.force_login(shipper)

    response = client.get("/sign-out/")

    assert read(response).heading == "Sign out?"
    assert client.get("/").status_code == 200


def test_the_button_signs_out_and_leads_to_sign_in(client, shipper):
    client.force_login(shipper)

    response = client.post("/sign-out/")

    assert (response.status_code, response.url) == (302, "/sign-in/")
    assert client.get("/").status_code == 302


def test_a_forged_button_signs_nobody_out(shipper):
    client = PortalClient(enforce_csrf_checks=True)
    client.force_login(shipper)

    response = client.post("/sign-out/")

    assert response.status_code == 403
    assert client.get("/").status_code == 200


def test_an_outsider_can_leave(client, outsider):
    client.force_login(outsider)

    assert "Sign out" in client.get("/").text
    assert client.post("/sign-out/").url == "/sign-in/"
