"""Nobody alone comes in as somebody else: what an LSO, or one of support, can do to a colleague's account."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_otp.oath import TOTP

from accounts import limits, mail, sealing
from accounts.minting import MINTS
from accounts.models import AuthenticatorApp, LimitCount, OneTimeSecret, SecretKind, SecurityEvent, SignIn, User
from accounts.operations import factors, identities, passwords, secrets
from accounts.operations.people import unlock
from accounts.origin import SERVICE, Origin
from tests.conftest import PortalClient, give_factor
from tests.integration.pages import read

NEW = "drift lantern cobble wharf"
MAKE = "/sign-in/first-factor/"


@pytest.fixture
def without_factor(second_lso):
    AuthenticatorApp.objects.filter(user=second_lso).delete()
    User.objects.filter(pk=second_lso.pk).update(password_set_at=timezone.now() - timedelta(days=3))
    return second_lso


def taken_over(person, by):
    """A browser in which `by` has used a code for the password of a person, and has signed in by it."""
    code = passwords.start_assisted_reset(user=person, by=by, origin=SERVICE, now=timezone.now())
    secret = secrets.by_code(person, code, kind=SecretKind.ASSISTED_RESET, now=timezone.now())
    passwords.reset(secret=secret, password=NEW, origin=SERVICE, now=timezone.now())
    browser = PortalClient()
    browser.post("/sign-in/", {"login": person.email, "password": NEW})
    return browser


def test_who_gave_the_code_for_the_password_makes_no_factor_in_that_name(lso, without_factor):
    browser = taken_over(without_factor, lso)

    assert read(browser.get(MAKE)).heading == "Code by mail"
    with pytest.raises(passwords.SameHelper):
        passwords.start_assisted_enrolment(user=without_factor, by=lso, origin=SERVICE, now=timezone.now())


def test_another_may_give_the_code_for_the_factor_and_the_person_is_told(lso, without_factor, support, mailoutbox):
    browser = taken_over(without_factor, lso)
    browser.get(MAKE)
    code = passwords.start_assisted_enrolment(user=without_factor, by=support, origin=SERVICE, now=timezone.now())

    assert browser.post(MAKE, {"code": code}).status_code == 302
    assert read(browser.get(MAKE)).heading == "Set up your second factor"
    mail.send_waiting(mints=MINTS, now=timezone.now())
    assert any("Code for the first second factor" in message.subject for message in mailoutbox)


def test_an_lso_shows_a_code_for_the_first_factor_once(client, lso, without_factor):
    client.force_login(lso)
    page = f"/people/{without_factor.memberships.get().pk}/code/"
    assert "Show a code for their first second factor" in client.get(page).text

    shown = client.post(page, {"for": "factor"})
    assert "Read this code to them now" in shown.text
    assert OneTimeSecret.objects.get(user=without_factor).kind == SecretKind.ENROLMENT
    client.post(page, {"for": "password"})
    assert "You gave them the code for the password" in client.post(page, {"for": "factor"}).text


def test_support_shows_one_too_and_not_for_who_has_a_factor(client, idle_support, without_factor, shipper):
    client.force_login(idle_support)
    form = {"reason": "Called back on the number of the organisation."}

    shown = client.post(f"/operator/people/{without_factor.pk}/factor-code/", form)
    assert "Read this code to them now" in shown.text
    refused = client.post(f"/operator/people/{shipper.pk}/factor-code/", form)
    assert "no code is given" in refused.text


def test_lifting_a_pause_gives_no_more_than_the_tries_of_a_day(lso, second_lso, actor, settings):
    """Else an LSO who knows a colleague's password could guess the six digits for as long as they like."""
    looked_at, membership = 0, second_lso.memberships.get()
    for number in range(200):
        origin = Origin(address=f"198.51.100.{number}")
        try:
            factors.check_code(user=second_lso, code="000000", origin=origin, now=timezone.now())
            looked_at += 1
        except factors.TooManyTries:
            LimitCount.objects.filter(name__in=["factor by network", limits.UNLOCK.name]).delete()
            unlock(membership=membership, by=actor(lso), asker=lso, origin=SERVICE, now=timezone.now())

    assert looked_at == settings.LIMITS["factor, day"][0]


def test_a_pause_is_lifted_a_few_times_a_day_and_its_person_told(lso, reader, settings, mailoutbox):
    lifted = []
    for _ in range(7):
        for _ in range(6):
            limits.SIGN_IN_BY_ACCOUNT_AND_NETWORK.take(reader.email, "192.0.2.1", now=timezone.now())
        lifted.append(
            identities.unlock(user=reader, by=lso, because="asked by telephone", origin=SERVICE, now=timezone.now())
        )

    assert lifted == [True] * 5 + [False] * 2
    mail.send_waiting(mints=MINTS, now=timezone.now())
    assert sum("Sign-in pause lifted" in message.subject for message in mailoutbox) == 5


def test_addresses_of_one_network_share_its_tries_of_codes(shipper):
    for _ in range(100):
        limits.FACTOR_BY_NETWORK.take("2001:db8::/64", now=timezone.now())

    with pytest.raises(factors.TooManyTries):
        factors.check_code(user=shipper, code="000000", origin=Origin(address="2001:db8::77"), now=timezone.now())


def test_making_the_first_factor_ends_the_sessions_that_the_password_alone_opened(reader):
    first, second = PortalClient(), PortalClient()
    for browser in (first, second):
        browser.force_login(reader)
    User.objects.filter(pk=reader.pk).update(password_set_at=timezone.now())
    second.get(MAKE)
    totp = TOTP(sealing.opened(second.session["enrolment"]["seed"].encode()))
    totp.time = timezone.now().timestamp()
    second.post(MAKE, {"code": f"{totp.token():06d}"})

    assert second.get("/").status_code == 200
    assert first.get("/").status_code == 302


def test_a_session_that_no_factor_has_proved_changes_no_factor(client, reader):
    client.force_login(reader)
    app = give_factor(reader)

    response = client.post(f"/account/factors/app/{app.pk}/remove/")

    assert response.url.startswith("/sign-in/proof/")
    assert AuthenticatorApp.objects.filter(pk=app.pk).exists()


@pytest.mark.parametrize("action", ["enable", "dates", "end", "disable", "sessions", "unlock"])
def test_what_an_lso_does_to_access_asks_for_a_fresh_proof(client, lso, reader, action):
    client.force_login(lso)
    SignIn.objects.filter(user=lso).update(proved_at=timezone.now() - timedelta(minutes=6))

    response = client.post(f"/people/{reader.memberships.get().pk}/{action}/", {"reason": "left", "ends_on": ""})

    assert response.url.startswith("/sign-in/proof/")


def test_the_number_that_support_calls_back_on_is_not_changed_quietly(client, reader, mailoutbox):
    client.force_login(reader)
    form = {"name": "Reader", "telephone": "0113 496 0000"}
    SignIn.objects.filter(user=reader).update(proved_at=timezone.now() - timedelta(minutes=6))
    assert client.post("/account/profile/", form).url.startswith("/sign-in/proof/")

    SignIn.objects.filter(user=reader).update(proved_at=timezone.now())
    client.post("/account/profile/", form)
    mail.send_waiting(mints=MINTS, now=timezone.now())
    assert "Name or telephone changed" in mailoutbox[-1].subject


def test_an_invitation_tells_no_lso_whose_address_it_is(client, lso, other_lso):
    client.force_login(lso)
    for email in (other_lso.email, "nobody@example.com"):
        client.post(
            "/people/invite/",
            {"email": email, "name": "Somebody", "market_role": "shipper", "portal_roles": ["user"]},
        )

    page = client.get("/people/events/")
    assert other_lso.email in page.text  # as it was typed
    assert other_lso.name not in page.text


def test_a_code_by_mail_goes_to_no_mailbox_of_before(reader, mailoutbox):
    mail.post("enrolment", to=reader.email, person=str(reader.pk))
    User.objects.filter(pk=reader.pk).update(email="reader@elsewhere.example")
    mail.send_waiting(mints=MINTS, now=timezone.now())

    assert mailoutbox == []


def test_signing_out_is_written_down_and_ends_the_sign_in(client, reader):
    client.force_login(reader)
    client.post("/sign-out/")

    assert not SignIn.objects.filter(user=reader, ended_at=None).exists()
    assert SecurityEvent.objects.filter(event="account:sign-in:ended", person_id=reader.pk).count() == 1
