"""Inviting people, one or many, and the invitations that wait."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts import mail
from accounts.minting import MINTS
from accounts.models import AccessRequest, Event, Invitation, MarketParticipant, SignIn
from accounts.operations import invitations
from accounts.origin import SERVICE
from tests.integration.pages import read
from tests.unit.accounts.operations.people_cast import domain, events, mails, organisation

ONE, MANY, WAITING = "/people/invite/", "/people/invite/many/", "/people/invitations/"
ANN = {"email": "ann@example.com", "name": "Ann Able", "market_role": "shipper", "portal_roles": ["user", "exporter"]}


@pytest.fixture
def browser(client, lso):
    """The browser of the LSO, whose organisation owns example.com."""
    domain()
    client.force_login(lso)
    return client


def csv(text):
    return SimpleUploadedFile("people.csv", text if isinstance(text, bytes) else text.encode(), "text/csv")


def results(response):
    return [(row["Line"], row["Result"]) for row in read(response).rows]


def send_mail():
    mail.send_waiting(mints=MINTS, now=timezone.now())


# -- one


def test_one_person_is_invited_and_gets_the_link(browser, mailoutbox):
    response = browser.post(ONE, ANN, follow=True)

    assert "Ann Able: invited." in response.text
    send_mail()
    assert mailoutbox[-1].to == ["ann@example.com"]
    assert "/invitations/" in mailoutbox[-1].body
    (row,) = read(browser.get(WAITING)).rows
    assert row["Roles"] == "Shipper: User, Exporter"
    assert row["State"].startswith("Open Until ")


def test_an_address_of_another_domain_waits_for_the_operator(browser):
    response = browser.post(ONE, ANN | {"email": "ann@elsewhere.example"}, follow=True)

    assert "waits for the operator" in response.text
    (row,) = read(browser.get(WAITING)).rows
    assert "outside the organisation" in row["State"]
    assert mails("invitation") == []


def test_an_lso_is_asked_for_and_not_invited(browser, lso):
    response = browser.post(ONE, ANN | {"portal_roles": ["lso"]}, follow=True)

    assert "waits for a second approval" in response.text
    assert AccessRequest.objects.get().filed_by == lso
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"email": ""}, "Enter an e-mail address."),
        ({"email": "ann"}, "name@company.co.uk"),
        ({"email": "ann@example.com\0"}, "There is a problem"),
        ({"name": ""}, "Enter the person’s name."),
        ({"name": "A\nB"}, "on one line"),
        ({"name": "x" * 151}, "at most 150"),
        ({"telephone": "call me"}, "in digits"),
        ({"market_role": "gt"}, "Choose from the list."),
        ({"market_role": ""}, "Choose the market role."),
        ({"portal_roles": []}, "Choose at least one portal role."),
        ({"portal_roles": ["group-lso"]}, "Choose from the list."),
        ({"portal_roles": ["support"]}, "Choose from the list."),
        ({"starts_on": "2020-01-01"}, "must not be before today"),
        ({"starts_on": "31/31/2030"}, "Enter a date like"),
        ({"ends_on": "2020-01-01"}, "must be after today"),
        ({"starts_on": "2030-01-02", "ends_on": "2030-01-02"}, "after the start date"),
        ({"starts_on": "2030-01-02", "portal_roles": ["lso"]}, "leave it empty"),
        ({"email": "reader@example.com"}, "Acts already"),
        ({"email": "LSO@example.com", "market_role": "supplier"}, "for themselves"),
        ({"email": "lso+second@example.com"}, "for themselves"),
    ],
)
def test_what_does_not_do_is_said_beside_the_field(browser, reader, change, why):
    response = browser.post(ONE, ANN | change)

    assert response.status_code == 422
    assert why in response.text
    assert not Invitation.objects.exists()


def test_nobody_is_invited_twice(browser):
    browser.post(ONE, ANN)

    assert "Invited already" in browser.post(ONE, ANN | {"email": "ANN@example.com"}).text
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("page", [ONE, MANY])
def test_inviting_asks_for_a_fresh_proof(browser, lso, page):
    SignIn.objects.filter(user=lso).update(proved_at=timezone.now() - timedelta(minutes=6))

    for response in (browser.get(page), browser.post(page, ANN | {"lines": "a@example.com,A"})):
        assert response.url.startswith("/sign-in/proof/?next=")
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("page", [ONE, MANY])
def test_a_group_lso_says_for_which_organisation(client, group_lso, page):
    domain(short_code="OCT")
    client.force_login(group_lso)
    offered = read(client.get(page))
    assert offered.heading == "For which organisation?"

    client.post(page, ANN | {"organisation": organisation("OCT").pk, "lines": "ann@example.com,Ann,shipper"})

    assert Invitation.objects.get().organisation == organisation("OCT")


@pytest.mark.parametrize("page", [ONE, MANY])
@pytest.mark.parametrize("key", ["of others", "none", "9" * 30])
def test_nobody_is_invited_for_an_organisation_of_others(client, group_lso, page, key):
    client.force_login(group_lso)
    if key == "of others":
        key = MarketParticipant.objects.get(short_code="WWU", market_role="gt").organisation_id

    response = client.post(page, ANN | {"organisation": key, "lines": "ann@example.com,Ann,shipper"})

    assert response.status_code == 404
    assert not Invitation.objects.exists()


# -- many


def test_the_lines_of_a_file_are_answered_one_by_one(browser, reader):
    text = "E-mail;Name;Market role\nann@example.com;Ann;Shipper\nreader@example.com;R;Shipper\nnobody;N;Shipper\n"

    response = browser.post(MANY, {"file": csv(text)})

    assert results(response) == [("2", "Invited"), ("3", "Acts already"), ("4", "Not invited")]
    assert "name@company.co.uk" in read(response).rows[2]["Why"]
    assert Invitation.objects.get().email == "ann@example.com"


def test_lines_are_pasted_from_a_sheet(browser):
    response = browser.post(MANY, {"lines": "ann@example.com\tAnn\tshipper\r\nben@example.com\tBen\tsupplier"})

    assert results(response) == [("1", "Invited"), ("2", "Invited")]


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({}, "Choose a file, or paste the lines below."),
        ({"file": csv("a@example.com,A"), "lines": "b@example.com,B"}, "not both"),
        ({"file": csv(b"PK\x03\x04\0\0")}, "not a CSV file"),
        ({"file": csv("")}, "no lines"),
        ({"file": csv("a@example.com,A\n" * 501)}, "501 lines"),
        ({"file": csv(b"a" * 1_000_001)}, "larger than 1 MB"),
        ({"lines": "a@example.com\0,A"}, "Null characters"),
        ({"lines": "a@example.com,A\n" * 501}, "501 lines"),
    ],
)
def test_a_file_that_does_not_do_is_refused_whole(browser, form, why):
    response = browser.post(MANY, dict(form))

    assert response.status_code == 422
    assert why in response.text
    assert not Invitation.objects.exists()


def test_five_hundred_people_are_invited_at_once(browser):
    response = browser.post(MANY, {"file": csv("".join(f"p{n}@example.com,P {n},shipper\n" for n in range(500)))})

    assert len(results(response)) == Invitation.objects.count() == 500


# -- those that wait


@pytest.fixture
def invited(browser):
    browser.post(ONE, ANN)
    send_mail()
    return Invitation.objects.get()


def test_a_link_is_sent_again_once_a_minute_and_the_one_before_is_dead(browser, invited, mailoutbox):
    first = invited.digest

    response = browser.post(f"{WAITING}{invited.pk}/again/", follow=True)
    assert "is sent again" in response.text
    send_mail()
    assert "Wait a minute" in browser.post(f"{WAITING}{invited.pk}/again/", follow=True).text

    send_mail()
    assert len(mailoutbox) == 2
    invited.refresh_from_db()
    assert bytes(invited.digest) != bytes(first)
    assert len(events(Event.INVITED)) == 2


def test_an_invitation_is_withdrawn_once(browser, invited, lso):
    response = browser.post(f"{WAITING}{invited.pk}/withdraw/", follow=True)
    assert "is withdrawn" in response.text
    assert "already" in browser.post(f"{WAITING}{invited.pk}/withdraw/", follow=True).text
    assert "already" in browser.post(f"{WAITING}{invited.pk}/again/", follow=True).text

    invited.refresh_from_db()
    assert not invited.is_open(now=timezone.now())
    assert [event.by_id for event in events(Event.INVITATION_WITHDRAWN)] == [lso.pk]


@pytest.mark.parametrize("deed", ["again", "withdraw"])
def test_invitations_of_others_do_not_exist(client, invited, other_lso, deed):
    client.force_login(other_lso)

    assert client.post(f"{WAITING}{invited.pk}/{deed}/").status_code == 404
    assert client.post(f"{WAITING}{'9' * 30}/{deed}/").status_code == 404
    assert read(client.get(WAITING)).rows == []
    invited.refresh_from_db()
    assert invited.withdrawn_at is None


def test_what_became_of_an_invitation_is_said(browser, invited):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert "Run out" in read(browser.get(WAITING)).rows[0]["State"]

    Invitation.objects.update(ends_on=timezone.localdate())
    assert "withdraw it" in read(browser.get(WAITING)).rows[0]["State"]


def test_an_invitation_to_what_would_be_over_is_accepted_no_more(browser, invited):
    Invitation.objects.update(ends_on=timezone.localdate())

    with pytest.raises(invitations.NotOpen):
        invitations.accept(
            invitation=invited, signed_in=None, password="correct horse battery", origin=SERVICE, now=timezone.now()
        )


def test_a_start_that_has_passed_is_the_day_of_acceptance(browser, invited):
    Invitation.objects.update(
        starts_on=timezone.localdate() - timedelta(days=3), ends_on=timezone.localdate() + timedelta(days=1)
    )

    membership = invitations.accept(
        invitation=invited, signed_in=None, password="correct horse battery", origin=SERVICE, now=timezone.now()
    )

    assert membership.started_on == timezone.localdate()


def test_the_invitations_are_paged(browser):
    browser.post(MANY, {"lines": "\n".join(f"p{number}@example.com,P,shipper" for number in range(60))})

    first = read(browser.get(WAITING))
    second = read(browser.get(WAITING + first.links["Next 50"]))

    assert (len(first.rows), len(second.rows)) == (50, 10)
    assert "Next 50" not in second.links


@pytest.mark.parametrize("who", ["reader", "auditor"])
@pytest.mark.parametrize("page", [ONE, MANY, WAITING])
def test_others_are_refused(client, request, who, page):
    client.force_login(request.getfixturevalue(who))

    assert client.get(page).status_code == 403
