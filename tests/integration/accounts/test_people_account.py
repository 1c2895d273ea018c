"""The portal roles of a person, a code by telephone for them, and their address."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import mail
from accounts.minting import MINTS
from accounts.models import (
    AccessRequest,
    Event,
    Invitation,
    Membership,
    OneTimeSecret,
    SecretKind,
    User,
)
from accounts.operations import secrets
from tests.conftest import PASSWORD, PortalClient
from tests.integration.accounts.people_pages import page_of
from tests.unit.accounts.operations.people_cast import also_acts, domain, events, held, organisation


def test_a_person_of_two_organisations_keeps_their_account_to_themselves(client, lso, reader):
    also_acts(reader, "OCT", "supplier")
    domain()
    client.force_login(lso)
    page = page_of(reader, short_code="BGF")

    assert "only operator support can do this" in client.get(page).text
    for rest, form in {"sessions/": {}, "unlock/": {}, "email/": {"email": "new@example.com"}, "code/": {}}.items():
        response = client.post(page + rest, form, follow=True)
        assert "only operator support can do this" in response.text
    reader.refresh_from_db()
    assert reader.email == "reader@example.com"
    assert not OneTimeSecret.objects.exists()

    client.post(page + "disable/", {"reason": "left"})
    assert Membership.objects.get(user=reader, organisation=organisation()).disabled_at


def test_roles_are_changed_and_hold_at_once(client, lso, reader):
    client.force_login(lso)

    response = client.post(page_of(reader, "roles/"), {"roles": ["user", "exporter"]}, follow=True)

    assert "The roles of Reader are saved." in response.text
    assert held(reader).portal_roles == ["exporter", "user"]


def test_without_a_role_left_nothing_changes(client, lso, reader):
    client.force_login(lso)

    response = client.post(page_of(reader, "roles/"), {})

    assert (response.status_code, "Choose at least one role" in response.text) == (422, True)
    assert held(reader).portal_roles == ["user"]


@pytest.mark.parametrize("role", ["group-lso", "support", "administrator", "emperor"])
def test_no_role_beyond_the_readers_is_given(client, lso, reader, role):
    client.force_login(lso)

    response = client.post(page_of(reader, "roles/"), {"roles": ["user", role]})

    assert response.status_code == 422
    assert held(reader).portal_roles == ["user"]


def test_another_lso_is_asked_for_and_not_made(client, lso, reader):
    client.force_login(lso)

    response = client.post(page_of(reader, "roles/"), {"roles": ["exporter", "lso"]}, follow=True)

    request = AccessRequest.objects.get()
    assert f"The request {request.reference} waits for a second approval" in response.text
    assert (request.person, request.portal_roles) == (reader, ["lso"])
    assert held(reader).portal_roles == ["exporter"]


def test_the_role_of_lso_alone_is_no_role_until_it_is_approved(client, lso, reader):
    client.force_login(lso)

    assert client.post(page_of(reader, "roles/"), {"roles": ["lso"]}).status_code == 422
    assert not AccessRequest.objects.exists()


def test_a_role_beyond_the_readers_stays(client, lso, group_lso):
    Membership.objects.filter(user=group_lso).update(portal_roles=["group-lso", "user"])
    client.force_login(lso)

    client.post(page_of(group_lso, "roles/"), {"roles": ["exporter"]})

    assert set(held(group_lso).portal_roles) == {"group-lso", "exporter"}


def test_the_last_lso_keeps_the_role(client, person):
    lso = person("lso", "BGF", "shipper", "user", "lso")
    client.force_login(lso)

    response = client.post(page_of(lso, "roles/"), {"roles": ["user"]})

    assert "nobody to look after the people of" in response.text
    assert "lso" in held(lso).portal_roles


def test_a_code_by_telephone_is_shown_once_and_sets_no_password(client, lso, reader):
    client.force_login(lso)
    asked = client.get(page_of(reader, "code/"))
    assert "Telephone Reader" in asked.text
    assert not OneTimeSecret.objects.exists()

    response = client.post(page_of(reader, "code/"))

    secret = OneTimeSecret.objects.get(user=reader, kind=SecretKind.ASSISTED_RESET)
    code = response.context["code"]
    assert code in response.text
    assert secrets.by_code(reader, code, kind=SecretKind.ASSISTED_RESET, now=timezone.now()) == secret
    assert response["Cache-Control"] == "no-store"
    assert code not in client.get(page_of(reader, "code/")).text
    reader.refresh_from_db()
    assert reader.check_password(PASSWORD)
    (event,) = events(Event.RESET_ASSISTED)
    assert (event.by_id, event.person_id) == (lso.pk, reader.pk)


@pytest.mark.parametrize("who", ["lso", "group_lso"])
def test_no_code_for_oneself_nor_for_who_may_do_more(client, request, lso, second_lso, who):
    user = request.getfixturevalue(who)
    client.force_login(lso)

    response = client.post(page_of(user, "code/"))

    assert response.context["code"] == ""
    assert not OneTimeSecret.objects.exists()


def test_no_code_for_an_account_that_is_switched_off(client, lso, reader):
    User.objects.filter(pk=reader.pk).update(is_active=False)
    client.force_login(lso)

    assert "switched off" in client.post(page_of(reader, "code/")).text


def test_the_address_is_changed_within_the_domains(client, lso, reader, mailoutbox):
    domain("new.example")
    browser = PortalClient()
    browser.force_login(reader)
    secrets.make(user=reader, kind=SecretKind.RESET, secret="a link", lasts=timedelta(hours=1), now=timezone.now())
    Invitation.objects.create(
        email=reader.email, name="Reader", organisation=organisation("OCT"), market_role="shipper",
        portal_roles=["user"], invited_at=timezone.now(),
    )  # fmt: skip
    client.force_login(lso)

    response = client.post(page_of(reader, "email/"), {"email": "Reader@New.Example"}, follow=True)

    assert "signs in with the new address" in response.text
    reader.refresh_from_db()
    assert reader.email == "reader@new.example"
    assert browser.get("/").status_code == 302
    assert OneTimeSecret.objects.get().used_at
    assert Invitation.objects.get().withdrawn_at
    mail.send_waiting(mints=MINTS, now=timezone.now())
    told = [message.to[0] for message in mailoutbox if "reader@new.example" in message.body]
    assert set(told) == {"reader@example.com", "reader@new.example"}


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("reader@elsewhere.example", "is not among the mail domains"),
        ("second@new.example", "Another account has this address"),
        ("lso@new.example", "This is your own mailbox"),
        ("LSO+reader@new.example", "This is your own mailbox"),
        ("", "Enter an e-mail address"),
        ("a@b\0.example", "There is a problem"),
        ("x" * 250 + "@new.example", "at most 254"),
    ],
)
def test_an_address_that_does_not_do_is_refused(client, lso, second_lso, reader, email, why):
    domain("new.example")
    User.objects.filter(pk=second_lso.pk).update(email="second@new.example")
    User.objects.filter(pk=lso.pk).update(email="lso@new.example")
    client.force_login(lso)

    response = client.post(page_of(reader, "email/"), {"email": email})

    assert response.status_code == 422
    assert why in response.text
    reader.refresh_from_db()
    assert reader.email == "reader@example.com"
