"""Security events of everybody and the evidence pack, as auditors take them."""

import csv
import io
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.events import record
from accounts.models import Event, SecurityEvent, User
from accounts.operations import event_log
from accounts.origin import Origin
from tests.integration.accounts.console import asks_for_proof, long_ago_proved, organisation, signed_in
from tests.integration.pages import read

TODAY = timezone.localdate()
FROM = Origin(address="192.0.2.7", user_agent="=cmd()", request_id="r1")


def happened(user, event=Event.UNLOCKED, **about):
    record(event, origin=FROM, person=user, **about)


def rows(browser, **query):
    return read(browser.get("/operator/events/", query)).rows


def reads(user):
    return SecurityEvent.objects.filter(event="service:events:read", by_id=user.pk)


def taken(response):
    return list(csv.DictReader(io.StringIO(response.getvalue().decode(), newline="")))


def test_an_event_is_told_in_words(auditor, reader, lso):
    happened(reader, Event.ROLE_GRANTED, by_id=lso.pk, organisation_id=organisation().pk, detail="Exporter")

    [row] = rows(signed_in(auditor), kind=Event.ROLE_GRANTED)

    assert row["What"] == "Role granted Exporter"
    assert (row["To whom"], row["By"], row["Organisation"]) == ("Reader", "Lso", organisation().name)
    assert row["From"] == "Unknown browser, 192.0.2.7"


def test_the_events_of_a_deleted_account_are_still_told(auditor, reader):
    happened(reader)
    User.objects.filter(pk=reader.pk).update(is_active=False, deleted_at=timezone.now())

    [row] = rows(signed_in(auditor), email=reader.email, kind=Event.UNLOCKED)

    assert row["To whom"] == "Reader (deleted)"


def test_pages_follow_one_another(auditor, reader):
    for number in range(60):
        happened(reader, detail=f"{number}")
    browser = signed_in(auditor)

    first = read(browser.get("/operator/events/", {"kind": Event.UNLOCKED}))
    second = read(browser.get(f"/operator/events/{first.links['Next 50']}"))

    details = [row["What"].split()[-1] for row in first.rows + second.rows]
    assert details == [f"{number}" for number in range(59, -1, -1)]
    assert second.links["Back to first"] == f"?kind={Event.UNLOCKED.replace(':', '%3A')}"


def test_the_page_asks_no_more_for_more_rows(auditor, person):
    browser, counts = signed_in(auditor), []
    for size in (2, 30):
        for number in range(size):
            happened(person(f"p{size}-{number}"))
        with CaptureQueriesContext(connection) as queries:
            browser.get("/operator/events/", {"kind": Event.UNLOCKED})
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"kind": "gossip"}, "Choose from the list."),
        ({"email": "nobody"}, "Enter an e-mail address like name@company.co.uk."),
        ({"organisation": "no such company"}, "No organisation has this name or short code."),
        ({"organisation": "gas"}, "Several are called so, such as "),
        ({"since": "soon"}, "Enter a date like 5/4/2026."),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "The last day must not be before the first."),
    ],
)
def test_what_cannot_be_asked_is_said_beside_its_box(auditor, query, problem):
    response = signed_in(auditor).get("/operator/events/", query)

    assert problem in response.text
    assert read(response).rows == []


def test_to_look_one_person_up_is_recorded_once(auditor, reader):
    happened(reader)
    browser = signed_in(auditor)

    rows(browser)
    assert not reads(auditor).exists()
    rows(browser, email=reader.email)
    rows(browser, email=reader.email, before="1")

    assert [event.detail for event in reads(auditor)] == ["Read: reader@example.com"]


# -- as a file


def test_a_file_holds_what_was_asked_and_its_taking_is_recorded(auditor, reader, lso):
    happened(reader, detail="=HYPERLINK(1)", by_id=lso.pk)
    happened(lso, Event.ROLE_GRANTED)
    browser = signed_in(auditor)

    response = browser.get("/operator/events/file/", {"kind": Event.UNLOCKED})

    [row] = taken(response)
    assert (row["event"], row["person_email"], row["by"]) == (Event.UNLOCKED, "reader@example.com", "Lso")
    assert (row["detail"], row["browser"]) == ("'=HYPERLINK(1)", "'=cmd()")
    assert response["Content-Disposition"].startswith('attachment; filename="security-events-')
    assert response["Cache-Control"] == "no-store"
    assert [event.detail for event in reads(auditor)] == [f"Taken away: {Event.UNLOCKED}"]


def test_more_than_a_file_holds_is_refused_with_what_to_do(auditor, reader, monkeypatch):
    monkeypatch.setattr(event_log, "MOST_ROWS", 2)
    for _ in range(3):
        happened(reader)

    response = signed_in(auditor).get("/operator/events/file/", {"kind": Event.UNLOCKED})

    assert "These are more than 2 events, the most that one file holds. Narrow them." in response.text
    assert not reads(auditor).exists()


@pytest.mark.parametrize("path", ["/operator/events/file/", "/operator/evidence/"])
def test_to_take_anything_away_needs_a_fresh_proof(auditor, path):
    assert asks_for_proof(long_ago_proved(auditor).get(path))
    assert not reads(auditor).exists()


# -- the evidence pack


def test_the_pack_is_a_zip_of_the_last_year_by_default(auditor):
    browser = signed_in(auditor)
    form = browser.get("/operator/evidence/").context["form"]
    chosen = {name: f"{form[name].value()}" for name in ("since", "until")}
    assert chosen == {"since": f"{TODAY - timedelta(days=364)}", "until": f"{TODAY}"}

    response = browser.post("/operator/evidence/", chosen)

    assert response["Content-Type"] == "application/zip"
    assert response["X-Content-Type-Options"] == "nosniff"
    names = ZipFile(io.BytesIO(response.getvalue())).namelist()
    assert "README.txt" in names
    assert "people.csv" in names
    assert reads(auditor).count() == 1


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"since": "", "until": "2026-01-01"}, "Enter the day."),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "The last day must not be before the first."),
        ({"since": "x", "until": "\x00"}, "Enter a date like 5/4/2026."),
    ],
)
def test_days_that_will_not_do_are_refused(auditor, form, problem):
    response = signed_in(auditor).post("/operator/evidence/", form)

    assert problem in response.text
    assert not reads(auditor).exists()


@pytest.mark.parametrize("role", ["idle_support", "security", "lso", "shipper"])
def test_who_may_not_take_evidence_gets_none(request, role):
    response = signed_in(request.getfixturevalue(role)).post(
        "/operator/evidence/", {"since": f"{TODAY}", "until": f"{TODAY}"}
    )

    assert response.status_code == 403
