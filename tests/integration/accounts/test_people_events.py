"""The security events and the support sessions of an organisation, as its LSO reads them."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.events import record
from accounts.models import Event, Membership, SecurityEvent, SignIn, SupportSession
from accounts.operations import people_events
from accounts.origin import SERVICE, Origin
from tests.integration.pages import read
from tests.unit.accounts.operations.people_cast import events, organisation

LISTED, FILE, SUPPORT = "/people/events/", "/people/events/file/", "/people/support/"


@pytest.fixture
def browser(client, lso):
    client.force_login(lso)
    return client


def happened(event, person, *, short_code="", by=None, detail=""):
    organisation_id = organisation(short_code).pk if short_code else None
    record(
        event, origin=Origin(address="10.1.2.3"), person=person, by_id=by.pk if by else None,
        organisation_id=organisation_id, detail=detail,
    )  # fmt: skip


def shown(response):
    return [(row["What"], row["To whom"]) for row in rows_of(response)]


def rows_of(response):
    """The events on the page, but for the terms that all of the cast have accepted."""
    return [row for row in read(response).rows if not row["What"].startswith("Terms accepted")]


def lines(response):
    return list(csv.DictReader(io.StringIO(response.getvalue().decode())))


def test_what_concerns_the_organisation_or_its_people_is_shown_newest_first(browser, lso, reader, other_shipper):
    happened(Event.MEMBERSHIP_DISABLED, reader, short_code="BGF", by=lso, detail="on leave")
    happened(Event.SIGN_IN_FAILED, reader)
    happened(Event.SIGN_IN_FAILED, other_shipper)
    happened(Event.MEMBERSHIP_DISABLED, other_shipper, short_code="OCT")

    rows = rows_of(browser.get(LISTED))

    assert [(row["What"], row["To whom"]) for row in rows] == [
        ("Sign-in refused", "Reader"), ("Membership disabled on leave", "Reader"), ("Signed in", "Lso"),
    ]  # fmt: skip
    assert (rows[1]["By"], rows[0]["By"], rows[0]["From"]) == ("Lso", "Not known", "10.1.2.3")


def test_what_a_person_does_for_another_organisation_is_not_shown(browser, reader):
    happened(Event.ROLE_GRANTED, reader, short_code="OCT")

    assert ("Role granted", "Reader") not in shown(browser.get(LISTED))


def test_what_a_person_did_before_they_joined_or_after_they_left_is_not_shown(browser, reader):
    happened(Event.SIGN_IN, reader)
    Membership.objects.filter(user=reader).update(started_on=timezone.localdate() + timedelta(days=1))
    assert ("Signed in", "Reader") not in shown(browser.get(LISTED))

    Membership.objects.filter(user=reader).update(
        started_on=timezone.localdate() - timedelta(days=9), ended_on=timezone.localdate()
    )
    assert ("Signed in", "Reader") not in shown(browser.get(LISTED))


def test_events_are_narrowed_by_kind_person_and_day(browser, reader, shipper):
    happened(Event.SIGN_IN_FAILED, reader)
    happened(Event.SIGN_IN_FAILED, shipper)
    happened(Event.SIGN_IN, shipper)
    tomorrow = timezone.localdate() + timedelta(days=1)

    failed = browser.get(LISTED, {"kind": Event.SIGN_IN_FAILED.value, "who": "reader@"})
    assert shown(failed) == [("Sign-in refused", "Reader")]
    assert shown(browser.get(LISTED, {"since": f"{tomorrow}"})) == []
    key = Membership.objects.get(user=shipper).pk
    assert shown(browser.get(LISTED, {"person": key})) == [("Signed in", "Shipper"), ("Sign-in refused", "Shipper")]


@pytest.mark.parametrize("key", ["0", "x", "9" * 30, "9" * 5_000])
def test_the_events_of_a_person_of_others_do_not_exist(browser, other_shipper, key):
    assert browser.get(LISTED, {"person": Membership.objects.get(user=other_shipper).pk}).status_code == 404
    assert browser.get(LISTED, {"person": key}).status_code == 404


@pytest.mark.parametrize(
    "asked", [{"kind": "x"}, {"since": "x"}, {"who": "a\0"}, {"since": "2030-01-02", "until": "2030-01-01"}]
)
def test_a_question_that_makes_no_sense_is_told_so(browser, asked):
    response = browser.get(LISTED, asked)

    assert response.status_code == 422
    assert "There is a problem" in response.text


def test_pages_follow_each_other_without_a_gap(browser, reader, shipper):
    for number in range(40):
        happened(Event.SIGN_IN_FAILED, reader, detail=f"a{number}")
        happened(Event.ROLE_GRANTED, shipper, short_code="BGF", detail=f"b{number}")

    first = read(browser.get(LISTED, {"since": f"{timezone.localdate()}"}))
    second = read(browser.get(LISTED + first.links["Next 50"]))

    words = [row["What"].split()[-1] for row in first.rows + second.rows]
    details = [word for word in words if word[1:].isdecimal()]
    expected = [f"{letter}{number}" for number in reversed(range(40)) for letter in "ba"]
    assert details == expected


def test_more_events_ask_no_more_of_the_database(browser, person, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as before:
        browser.get(LISTED)
    for number in range(20):
        happened(Event.SIGN_IN, person(f"p{number}", "BGF", "shipper"))

    with django_assert_max_num_queries(len(before) + 1):  # people are looked up once there is somebody to name
        browser.get(LISTED)


def test_the_file_holds_what_was_asked_and_is_written_down(browser, lso, reader):
    happened(Event.SIGN_IN_FAILED, reader, detail="=1+1")
    happened(Event.SIGN_IN, reader)

    response = browser.post(FILE, {"kind": Event.SIGN_IN_FAILED.value, "who": "reader"})

    (line,) = lines(response)
    assert (line["what"], line["person_email"], line["detail"]) == ("Sign-in refused", reader.email, "'=1+1")
    assert response["Content-Disposition"].startswith("attachment; filename=")
    (taken,) = events(Event.EVENTS_READ)
    assert (taken.by_id, taken.organisation_id) == (lso.pk, organisation().pk)
    assert taken.detail == "Taken away: account:sign-in:failure, reader"


def test_the_file_asks_for_a_fresh_proof(browser, lso):
    SignIn.objects.filter(user=lso).update(proved_at=timezone.now() - timedelta(minutes=6))

    assert browser.post(FILE).url.startswith("/sign-in/proof/?next=")
    assert events(Event.EVENTS_READ) == []


def test_a_file_of_too_many_events_is_refused_with_what_to_do(browser, reader, monkeypatch):
    monkeypatch.setattr(people_events, "MOST_ROWS", 3)
    for _ in range(4):
        happened(Event.SIGN_IN_FAILED, reader)

    response = browser.post(FILE)

    assert response.status_code == 422
    assert "Choose fewer days" in response.text
    assert events(Event.EVENTS_READ) == []


def test_a_file_of_nonsense_is_refused(browser):
    assert browser.post(FILE, {"since": "x"}).status_code == 422


def test_a_form_made_under_another_hat_takes_nothing_away(browser):
    assert browser.post(FILE, {"acting": "0"}).status_code in {403, 409}


def test_a_group_lso_reads_of_all_organisations_of_the_group(client, group_lso, other_shipper):
    happened(Event.ROLE_GRANTED, other_shipper, short_code="OCT")
    client.force_login(group_lso)

    assert ("Role granted", "Other-Shipper") in shown(client.get(LISTED))
    client.post(FILE).getvalue()
    assert len(events(Event.EVENTS_READ)) == 2


def test_support_sessions_are_shown_to_the_organisation_afterwards(browser, support):
    session = SupportSession.objects.get()
    SupportSession.objects.update(ended_at=timezone.now())

    (row,) = read(browser.get(SUPPORT)).rows

    assert (row["Who"], row["Reason"]) == ("Support", session.reason)


def test_an_open_support_session_is_marked(browser, support):
    assert read(browser.get(SUPPORT)).rows[0]["Until"].endswith("(open now)")


def test_support_sessions_for_others_are_not_shown(client, support, other_lso):
    client.force_login(other_lso)

    assert read(client.get(SUPPORT)).rows == []


@pytest.mark.parametrize("who", ["reader", "auditor"])
@pytest.mark.parametrize("page", [LISTED, SUPPORT])
def test_others_are_refused(client, request, who, page):
    client.force_login(request.getfixturevalue(who))

    assert client.get(page).status_code == 403


def test_the_events_of_nobody_are_kept_from_who_looks_after_nobody(client, idle_support):
    SecurityEvent.objects.create(event=Event.SIGN_IN)
    client.force_login(idle_support)

    assert client.get(LISTED).status_code == 404
    record(Event.SIGN_IN, origin=SERVICE)
    assert client.post(FILE).status_code == 404
