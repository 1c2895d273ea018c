"""The page of one person, and what an LSO does there: pause, end, sign out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import (
    Event,
)
from accounts.operations import sessions
from accounts.origin import SERVICE
from tests.conftest import PASSWORD, PortalClient
from tests.integration.accounts.people_pages import LISTED, names, page_of
from tests.integration.pages import read
from tests.unit.accounts.operations.people_cast import events, held


def test_the_page_says_how_a_person_stands(client, lso, reader):
    client.force_login(lso)

    page = read(client.get(page_of(reader)))

    assert page.heading == "Reader"
    assert page.values["E-mail address"] == reader.email
    assert page.values["Portal roles"] == "User"
    assert page.values["End date"] == "None"


def test_ones_own_page_offers_nothing(client, lso, second_lso):
    client.force_login(lso)

    response = client.get(page_of(lso))

    assert "This is you" in response.text
    assert "Disable" not in response.text


@pytest.mark.parametrize("rest", ["end/", "disable/", "sessions/", "unlock/", "dates/"])
def test_nobody_does_it_to_themselves(client, lso, second_lso, rest):
    client.force_login(lso)

    response = client.post(page_of(lso, rest), {"reason": "x", "ends_on": "2030-01-01"}, follow=True)

    assert "Nobody does this for themselves" in response.text
    assert client.get(LISTED).status_code == 200
    assert (held(lso).ended_on, held(lso).disabled_at) == (None, None)


def test_disabled_and_enabled_again_with_the_roles_of_before(client, lso, shipper):
    client.force_login(lso)
    assert client.post(page_of(shipper, "disable/"), {"reason": ""}).status_code == 422

    client.post(page_of(shipper, "disable/"), {"reason": "on leave"})
    assert "Disabled: on leave" in client.get(page_of(shipper)).text
    client.post(page_of(shipper, "enable/"))

    assert held(shipper).disabled_at is None
    assert set(held(shipper).portal_roles) == {"user", "exporter"}


@pytest.mark.parametrize("ends_on", ["yesterday", "2020-01-01", "9999-99-99", "0001-01-01"])
def test_an_end_date_must_be_to_come(client, lso, reader, ends_on):
    client.force_login(lso)

    assert client.post(page_of(reader, "dates/"), {"ends_on": ends_on}).status_code == 422
    assert held(reader).ended_on is None


def test_an_end_date_is_set_and_lifted(client, lso, reader):
    client.force_login(lso)
    day = timezone.localdate() + timedelta(days=20)

    client.post(page_of(reader, "dates/"), {"ends_on": f"{day}"})
    assert read(client.get(page_of(reader))).values["End date"] == f"{day:%-d %B %Y}"
    client.post(page_of(reader, "dates/"), {"ends_on": ""})

    assert held(reader).ended_on is None


def test_who_has_left_loses_access_at_once_and_stays_in_the_list_of_those_who_left(client, lso, reader):
    client.force_login(lso)

    response = client.post(page_of(reader, "end/"), follow=True)

    assert "does not act for" in response.text
    assert names(client.get(LISTED)) == ["Lso"]
    assert names(client.get(LISTED, {"state": "over"})) == ["Reader"]
    again = client.post(page_of(reader, "disable/"), {"reason": "x"}, follow=True)
    assert "Invite them anew" in again.text


def test_a_pause_of_sign_in_is_lifted(client, lso, reader):
    browser = PortalClient()
    for _ in range(6):
        paused = browser.post("/sign-in/", {"login": reader.email, "password": "a guess"})
    assert "Too many attempts" in paused.text
    client.force_login(lso)
    assert "Lift the pause" in client.get(page_of(reader)).text

    client.post(page_of(reader, "unlock/"))

    assert "Lift the pause" not in client.get(page_of(reader)).text
    assert browser.post("/sign-in/", {"login": reader.email, "password": PASSWORD}).status_code == 302
    (event,) = events(Event.UNLOCKED)
    assert (event.by_id, event.person_id) == (lso.pk, reader.pk)


def test_sessions_are_ended(client, lso, reader):
    browser = PortalClient()
    browser.force_login(reader)
    assert browser.get("/").status_code == 200
    client.force_login(lso)

    client.post(page_of(reader, "sessions/"))

    assert browser.get("/").status_code == 302


def test_the_page_shows_what_happened_to_the_person(client, lso, reader):
    sessions.begin(user=reader, device_token="a browser", origin=SERVICE, now=timezone.now())
    client.force_login(lso)
    client.post(page_of(reader, "roles/"), {"roles": "exporter"})

    happened = [row["What"] for row in read(client.get(page_of(reader))).rows]

    for what in ("Signed in", "Role granted", "Role removed"):
        assert any(said.startswith(what) for said in happened)
