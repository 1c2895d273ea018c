"""Asking for access, as somebody from outside: the form, the confirmation, the private page."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import mail
from accounts.minting import MINTS
from accounts.models import AccessRequest, Mail, RequestNote, RequestState
from accounts.operations.requests import working_days_later
from tests.integration.accounts.request_cast import PERSON, confirmed_by, sent_links
from tests.integration.pages import read

ORGANISATION = {
    "kind": "organisation",
    "name": "Nora New",
    "email": "nora@example.com",
    "organisation_name": "Newcomer Gas Ltd",
    "company_number": "sc 123456",
    "market_role": "other",
    "portal_roles": ["user", "lso"],
    "purpose": "Research on heat.",
    "data_wanted": "Annual quantities.",
    "area": "Leeds",
    "ends_on": "2099-03-31",
}
SENT = "/request-access/sent/"


@pytest.fixture
def confirmed(client, db, mailoutbox):
    """A request of a new person at BGF, whose browser is on its private page."""
    return confirmed_by(client, mailoutbox)


# -- the form


def test_the_page_offers_both_kinds_and_the_form_of_each(client, db):
    assert read(client.get("/request-access/")).heading == "Ask for access"
    assert 'name="company_number"' not in client.get("/request-access/", {"kind": "person"}).text
    assert 'name="company_number"' in client.get("/request-access/", {"kind": "organisation"}).text
    assert client.get("/request-access/", {"kind": "\x00"}).status_code == 422


def test_no_organisation_is_named_on_the_form(client, db):
    text = client.get("/request-access/", {"kind": "person"}).text

    assert "BGF" not in text


def test_a_request_counts_for_nothing_until_its_address_is_confirmed(client, db, mailoutbox):
    response = client.post("/request-access/", PERSON)

    asked = AccessRequest.objects.get()
    assert (response.status_code, response.url) == (302, SENT)
    assert (asked.state, asked.target_at, asked.organisation_name) == (RequestState.UNCONFIRMED, None, "BGF")
    assert asked.organisation.participants.filter(short_code="BGF").exists()
    assert read(client.get(SENT)).heading == "Now confirm your address"


def test_a_person_may_say_which_market_role_they_know_of(client, db):
    client.post("/request-access/", PERSON | {"market_role": "supplier"})
    assert AccessRequest.objects.get().market_role == "supplier"

    refused = client.post("/request-access/", PERSON | {"market_role": "operator"})

    assert (refused.status_code, AccessRequest.objects.count()) == (422, 1)
    assert "Choose from the list." in refused.text


def test_a_new_organisation_is_asked_for_with_what_the_operator_must_know(client, db):
    assert client.post("/request-access/", ORGANISATION).url == SENT

    asked = AccessRequest.objects.get()
    assert (asked.company_number, asked.market_role, asked.organisation) == ("SC123456", "", None)
    assert (asked.area, asked.data_wanted, asked.ends_on.isoformat()) == ("Leeds", "Annual quantities.", "2099-03-31")
    assert asked.portal_roles == ["lso", "user"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"email": "nobody"}, "Enter an e-mail address like name@company.co.uk."),
        ({"email": "a\x00b@example.com"}, "Enter an e-mail address like name@company.co.uk."),
        ({"name": "Nora\nNew\x07"}, "Use letters, digits, spaces and punctuation only, on one line."),
        ({"name": "n" * 151}, "A name has at most 150 characters."),
        ({"telephone": "call me"}, "Enter a telephone number in digits"),
        ({"organisation_name": ""}, "Enter the name of the organisation, or its short code."),
        ({"portal_roles": []}, "Choose at least one."),
        ({"portal_roles": ["administrator"]}, "Choose from the list."),
        ({"purpose": "x" * 4_001}, "Use at most 4,000 characters."),
        ({"purpose": "bell\x07"}, "Use letters, digits, spaces and punctuation only."),
        ({"purpose": "nul\x00"}, "Null characters are not allowed."),
        ({"ends_on": "2020-01-01"}, "Enter a date that is still to come."),
        ({"ends_on": "soon"}, "Enter a date like 31/3/2030."),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(client, db, changed, message):
    response = client.post("/request-access/", PERSON | changed)

    assert response.status_code == 422
    assert message in response.text
    assert not AccessRequest.objects.exists()


@pytest.mark.parametrize("number", ["12", "ABCDEFGH", "1234567890", "SC12345é"])
def test_a_company_number_has_its_shape(client, db, number):
    response = client.post("/request-access/", ORGANISATION | {"company_number": number})

    taken = AccessRequest.objects.values_list("company_number", flat=True)
    assert list(taken) == ["00000012"] if number == "12" else "Enter 8 characters" in response.text


def test_known_and_unknown_are_answered_alike(client, shipper, outsider, mailoutbox):
    """An account, an open request, a known organisation: the form's answer and its work tell none of them apart."""
    client.post("/request-access/", PERSON | {"email": "twice@example.com"})
    answers = []
    for email, organisation in [
        ("shipper@example.com", "BGF"),
        ("outsider@example.com", "BGF"),
        ("twice@example.com", "BGF"),
        ("stranger@example.com", "BGF"),
        ("stranger2@example.com", "No such company"),
    ]:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            response = client.post("/request-access/", PERSON | {"email": email, "organisation_name": organisation})
        shapes = [re.sub(r"'[^']*'|\d+", "?", query["sql"].split("VALUES")[0]) for query in asked]
        answers.append((response.status_code, response.url, client.get(response.url).content[:2000], shapes))

    assert all(answer[0:2] == answers[0][0:2] for answer in answers)
    assert len({len(answer[3]) for answer in answers}) == 1
    assert all(answer[3] == answers[0][3] for answer in answers)
    waiting = Mail.objects.filter(template="request_confirm").values_list("to", flat=True)
    assert {"shipper@example.com", "stranger@example.com", "stranger2@example.com"} <= set(waiting)
    bodies = set()
    mail.send_waiting(mints=MINTS, now=timezone.now())
    for message in mailoutbox:
        bodies.add((message.subject, re.sub(r"confirm/\S+/", "confirm/?/", message.body)))
    assert len(bodies) == 1


def test_the_first_message_repeats_nothing_that_was_typed(client, db, mailoutbox):
    client.post("/request-access/", PERSON | {"name": "Buy pills at evil.example", "purpose": "Cheap pills"})
    mail.send_waiting(mints=MINTS, now=timezone.now())

    assert "pills" not in mailoutbox[0].subject + mailoutbox[0].body


def test_an_address_asks_five_times_a_day_and_is_told_nothing_else_then(client, db):
    answers = [client.post("/request-access/", PERSON) for _ in range(7)]

    assert {(answer.status_code, answer.url) for answer in answers} == {(302, SENT)}
    assert AccessRequest.objects.count() == 5


def test_a_network_asks_twenty_times_an_hour(client, db):
    for number in range(20):
        assert client.post("/request-access/", PERSON | {"email": f"n{number}@example.com"}).status_code == 302

    forged = {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    response = client.post("/request-access/", PERSON | {"email": "last@example.com"}, **forged)

    assert response.status_code == 429
    assert read(response).heading == "Too many requests"
    assert AccessRequest.objects.count() == 20


# -- the confirmation


def test_the_link_confirms_by_a_button_only_and_once(client, db, mailoutbox):
    client.post("/request-access/", PERSON)
    (link,) = sent_links(mailoutbox)

    opened = client.get(link)
    asked = AccessRequest.objects.get()
    assert (opened.url, asked.state) == ("/request-access/confirm/", RequestState.UNCONFIRMED)
    assert read(client.get(opened.url)).heading == "Confirm your request"

    confirmed = client.post("/request-access/confirm/")
    asked.refresh_from_db()
    assert (confirmed.url, asked.state) == ("/request-access/follow/", RequestState.OPEN)
    assert asked.target_at == working_days_later(asked.confirmed_at, 3)
    assert client.get(link).status_code == 404
    assert client.post("/request-access/confirm/").status_code == 404


def test_the_link_is_good_for_48_hours(client, db, mailoutbox):
    client.post("/request-access/", PERSON)
    (link,) = sent_links(mailoutbox)
    client.get(link)
    AccessRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert client.get(link).status_code == 404
    assert client.post("/request-access/confirm/").status_code == 404
    assert AccessRequest.objects.get().state == RequestState.UNCONFIRMED


@pytest.mark.parametrize(
    "path", ["confirm/guess/", "follow/guess/", "confirm/%00/", "follow/%ED%A0%80/", "follow/", "confirm/"]
)
def test_a_guessed_link_leads_to_what_to_do_next(client, db, path):
    response = client.get(f"/request-access/{path}")

    assert response.status_code == 404
    assert read(response).heading == "This link is not good, or not any more"


def test_guesses_are_counted_by_network(client, db, settings):
    settings.LIMITS = settings.LIMITS | {"private link by network": (3, 3600)}
    for _ in range(3):
        assert client.get("/request-access/follow/guess/").status_code == 404

    assert client.get("/request-access/follow/guess/").status_code == 429


def test_no_secret_of_a_link_is_in_the_database(client, confirmed, mailoutbox):
    (link,) = sent_links(mailoutbox)
    token = link.split("/")[-2]

    row = AccessRequest.objects.filter(pk=confirmed.pk).values().get()
    assert token not in str(row)
    assert bytes(row["follow_digest"]).hex() != token


# -- the private page


def test_the_private_link_leads_to_the_page_without_the_secret(client, confirmed, mailoutbox):
    (link,) = sent_links(mailoutbox)
    client.cookies.clear()

    response = client.get(link, follow=True)

    assert response.redirect_chain == [("/request-access/follow/", 302)]
    assert read(response).heading == f"Your request {confirmed.reference}"
    assert read(response).values["State"] == "Waiting for a decision"
    assert response["Cache-Control"] == "no-store"


def test_the_private_page_shows_questions_and_no_remarks(client, confirmed, support):
    now = timezone.now()
    RequestNote.objects.create(request=confirmed, at=now, by=support, text="Which team?", for_applicant=True)
    RequestNote.objects.create(request=confirmed, at=now, by=support, text="Looks odd", for_applicant=False)

    page = client.get("/request-access/follow/").text

    assert "Which team?" in page
    assert "Looks odd" not in page
    assert support.name not in page


def test_an_answer_opens_the_request_again_and_the_clock_stood_still(client, confirmed, support):
    now, target = timezone.now(), confirmed.target_at
    AccessRequest.objects.update(state=RequestState.QUESTION, expires_at=now + timedelta(days=1), assigned_to=support)
    RequestNote.objects.create(
        request=confirmed, at=now - timedelta(days=2), by=support, text="Which team?", for_applicant=True
    )

    client.post("/request-access/follow/", {"action": "answer", "text": "The call centre."})

    confirmed.refresh_from_db()
    assert confirmed.state == RequestState.OPEN
    assert timedelta(days=2) <= confirmed.target_at - target < timedelta(days=2, minutes=1)
    assert confirmed.expires_at > now + timedelta(days=29)
    assert confirmed.notes.last().text == "The call centre."
    assert Mail.objects.filter(template="request_answered", to=support.email).exists()


def test_an_answer_that_nobody_asked_for_changes_nothing(client, confirmed):
    response = client.post("/request-access/follow/", {"action": "answer", "text": "Hello?"})

    assert response.status_code == 302
    assert not confirmed.notes.exists()


def test_an_empty_answer_is_told_what_is_missing(client, confirmed):
    AccessRequest.objects.update(state=RequestState.QUESTION)

    response = client.post("/request-access/follow/", {"action": "answer", "text": ""})

    assert response.status_code == 422
    assert "Write your answer." in response.text


def test_an_applicant_takes_the_request_back_once(client, confirmed):
    client.post("/request-access/follow/", {"action": "withdraw"})
    client.post("/request-access/follow/", {"action": "withdraw"})

    confirmed.refresh_from_db()
    assert confirmed.state == RequestState.WITHDRAWN
    assert "ask again" in client.get("/request-access/follow/").text


def test_the_private_page_closes_some_time_after_the_end(client, confirmed):
    long_ago = timezone.now() - timedelta(days=31)
    AccessRequest.objects.update(state=RequestState.WITHDRAWN, decided_at=long_ago)

    assert client.get("/request-access/follow/").status_code == 404
