"""The pages about faults: what happened, what to do, and the request's id, by which the log is found."""

import logging

import pytest
from django.db import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from tests.conftest import PortalClient
from tests.integration.pages import read


@pytest.fixture
def signed_in(client, shipper):
    client.force_login(shipper)
    client.raise_request_exception = False
    return client


def broken(monkeypatch, error):
    def fails(**_event):
        raise error

    monkeypatch.setattr("des.screens.views.record_enquiry", fails)


def check(response, status, heading):
    assert response.status_code == status
    assert read(response).heading == heading
    assert response["X-Request-ID"] in response.text
    assert response["Cache-Control"] == "no-store"
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_a_host_that_is_not_ours_cannot_be_read(client, db):
    check(client.get("/help/", headers={"host": "evil.example"}), 400, "The request could not be read")


def test_too_many_fields_cannot_be_read(signed_in):
    check(signed_in.post("/exports/", {f"f{n}": "" for n in range(201)}), 400, "The request could not be read")


def test_a_page_without_permission_is_refused(client, lso):
    client.force_login(lso)

    check(client.get("/search/"), 403, "You may not do this")


def test_an_outsider_is_told_that_they_act_for_nobody(client, outsider):
    client.force_login(outsider)

    check(client.get("/search/"), 403, "Your account is not in use")


def test_a_form_without_its_token_is_out_of_date(shipper):
    client = PortalClient(enforce_csrf_checks=True)
    client.force_login(shipper)

    check(client.post("/exports/", {"enquiry": "meter-points"}), 403, "This form is out of date")


def test_a_form_from_another_site_is_out_of_date(shipper):
    client = PortalClient(enforce_csrf_checks=True)
    client.force_login(shipper)
    token = read(client.get("/")).hidden["csrfmiddlewaretoken"]

    response = client.post("/sign-out/", {"csrfmiddlewaretoken": token}, headers={"origin": "https://evil.example"})

    check(response, 403, "This form is out of date")


@pytest.mark.parametrize("path", ["/nowhere/", "/meter-points/", "/exports/1/", "/%00", "/enquiries/%F0%9F%94%A5/"])
def test_an_address_that_leads_nowhere_is_not_found(signed_in, path):
    check(signed_in.get(path), 404, "Page not found")


def test_the_signed_out_find_nothing_there_either(client, db):
    check(client.get("/nowhere/"), 404, "Page not found")


def test_a_fault_of_ours_is_logged_under_its_id_and_tells_no_detail(signed_in, keys, monkeypatch, caplog):
    broken(monkeypatch, RuntimeError("the detail"))
    caplog.set_level(logging.ERROR, logger="des.faults")

    response = signed_in.get(f"/meter-points/{keys['mprn']}/")

    check(response, 500, "Sorry, something went wrong")
    assert "the detail" not in response.text
    assert keys["mprn"] not in response.text
    fault = next(record for record in caplog.records if record.name == "des.faults")
    assert fault.request_id == response["X-Request-ID"]


@pytest.mark.parametrize("error", [OperationalError(), InterfaceError(), PoolTimeout()])
def test_without_a_database_the_service_is_not_available(signed_in, keys, monkeypatch, error):
    broken(monkeypatch, error)

    response = signed_in.get(f"/meter-points/{keys['mprn']}/")

    check(response, 503, "The service is not available")
    assert response["Retry-After"] == "30"
