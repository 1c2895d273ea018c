"""What every answer carries, and what the log does not."""

import json
import logging

import pytest

from des.logs import JSONLines
from tests.conftest import PortalClient

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
PUBLIC = ["/sign-in/", "/help/", "/nowhere/", "/health/live", "/health/ready", "/"]
SIGNED_IN = ["/", "/search/?q=LS1", "/enquiries/meter-points/", "/meter-points/5454555/", "/exports/", "/nowhere/"]


@pytest.mark.parametrize("path", PUBLIC)
def test_every_answer_is_guarded(client, db, path):
    response = client.get(path)

    assert {name: response.get(name) for name in ALWAYS} == ALWAYS
    assert len(response["X-Request-ID"]) == 16
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("path", SIGNED_IN)
def test_no_signed_in_page_is_kept_by_a_cache(client, shipper, path):
    client.force_login(shipper)

    response = client.get(path)

    assert response["Cache-Control"] == "no-store"
    assert {name: response.get(name) for name in ALWAYS} == ALWAYS


def test_a_static_file_is_guarded_too(client, db):
    response = client.get("/static/js/app.js")

    assert response.status_code == 200
    assert b"".join(response.streaming_content)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["X-Request-ID"]


@pytest.mark.parametrize("path", SIGNED_IN)
def test_no_page_has_a_script_or_style_of_its_own(client, shipper, path):
    client.force_login(shipper)

    text = client.get(path).text

    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    assert text.count("<script") == text.count('<script type="module" src="/static/')


def test_an_id_that_the_sender_chose_is_not_taken_over(client, db):
    response = client.get("/help/", headers={"X-Request-ID": "forged"})

    assert response["X-Request-ID"] != "forged"


def test_no_line_of_the_log_holds_what_was_searched(client, shipper, keys, caplog, monkeypatch):
    caplog.set_level(logging.INFO)
    client.force_login(shipper)
    client.raise_request_exception = False

    for key in keys:
        client.get("/search/", {"q": keys[key]})
    client.get(f"/meter-points/{keys['mprn']}/")
    client.get("/enquiries/meter-points/", {"postcode": keys["postcode"], "house": "12"})
    client.get(f"/{keys['mprn']}/")
    client.post("/exports/", {"enquiry": "no-such", "mprn": keys["mprn"]})
    monkeypatch.setattr("des.screens.views.record_enquiry", lambda: None)
    client.get("/search/", {"q": keys["postcode"]})

    lines = [JSONLines().format(record) for record in caplog.records]
    assert len(lines) >= len(keys) + 5
    for line in lines:
        json.loads(line)
        for secret in (*keys.values(), "q=", "shipper@example.com"):
            assert secret not in line


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "CSRF cookie not set."),
        ({"origin": "https://evil.example"}, "Origin checking failed"),
    ],
)
def test_a_refused_form_is_logged_by_its_route_and_never_its_path(shipper, keys, caplog, headers, reason):
    client = PortalClient(enforce_csrf_checks=True)
    client.force_login(shipper)

    response = client.post(f"/meter-points/{keys['mprn']}/", headers=headers)

    assert response.status_code == 403
    (line,) = [record for record in caplog.records if record.name == "des.refusals"]
    assert (line.route, line.request_id) == ("record", response["X-Request-ID"])
    assert line.getMessage() == f"a form was refused: {reason}"
    for record in caplog.records:
        assert keys["mprn"] not in JSONLines().format(record)
        assert "evil.example" not in JSONLines().format(record)


def test_a_refused_form_names_no_page_that_it_came_from(shipper, keys, caplog):
    client = PortalClient(enforce_csrf_checks=True)
    client.force_login(shipper)

    client.post("/exports/", headers={"referer": f"https://evil.example/{keys['mprn']}/"}, secure=True)

    (line,) = [record for record in caplog.records if record.name == "des.refusals"]
    assert line.getMessage() == "a form was refused: Referer checking failed"
    assert not [record for record in caplog.records if keys["mprn"] in JSONLines().format(record)]
