"""Changing one's own password, and setting a new one by a link or a code."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import mail
from accounts.minting import MINTS
from accounts.models import OneTimeSecret, Organisation, SecretKind, SecurityEvent, SignIn, User
from accounts.operations import passwords, secrets
from accounts.origin import SERVICE
from tests.conftest import PASSWORD, PortalClient, code_of_app
from tests.integration.pages import read

NEW = "violet kettle orbit sandal"
OVER = "This link is not good any more"


def enter(client, email, password):
    return client.post("/sign-in/", {"login": email, "password": password})


def signs_in_with(email, password):
    return enter(PortalClient(), email, password).status_code == 302


def stale(user):
    """Signed in so long ago that a fresh proof is needed."""
    SignIn.objects.filter(user=user).update(proved_at=timezone.now() - timedelta(minutes=6))


# -- changed


def test_a_password_is_changed_and_only_this_session_stays(client, reader):
    other = PortalClient()
    other.force_login(reader)
    client.force_login(reader)
    before = client.cookies["session"].value

    response = client.post("/account/password/", {"current": PASSWORD, "password": NEW}, follow=True)

    assert "Your password has been changed, and your other sessions have been ended." in response.text
    assert client.cookies["session"].value != before
    assert client.get("/").status_code == 200
    assert other.get("/").url == "/sign-in/?next=/"
    assert signs_in_with(reader.email, NEW)
    assert not signs_in_with(reader.email, PASSWORD)


def test_a_change_needs_a_fresh_proof_before_the_form_is_shown(client, reader):
    client.force_login(reader)
    stale(reader)

    assert client.get("/account/password/").url == "/sign-in/proof/?next=/account/password/"
    response = client.post("/account/password/", {"current": PASSWORD, "password": NEW})
    assert response.url == "/sign-in/proof/?next=/account/password/"
    assert User.objects.get(pk=reader.pk).check_password(PASSWORD)


@pytest.mark.parametrize(
    ("current", "password", "said"),
    [
        ("", NEW, "Enter your current password."),
        (PASSWORD, "", "Enter a new password."),
        ("not my password", NEW, "This is not your current password."),
        (PASSWORD, "short", "This password is too short."),
        (PASSWORD, "x" * 129, "A password has at most 128 characters."),
        (PASSWORD, PASSWORD, "This is your current password. Choose another one."),
        (PASSWORD, "reader reader reader", "easy to guess"),
        (PASSWORD, "northern-gas-shipping!", "words about you, your organisation"),
        (PASSWORD, "drift\tlantern\tcobble", "cannot be typed"),
        (PASSWORD, "drift lantern\0cobble", "Null characters are not allowed"),
        ("x" * 100_000, NEW, "A password has at most 128 characters."),
    ],
)
def test_a_password_that_will_not_do_gets_a_message_and_is_not_shown_again(client, reader, current, password, said):
    Organisation.objects.filter(memberships__user=reader).update(name="Northern Gas Shipping")
    client.force_login(reader)

    response = client.post("/account/password/", {"current": current, "password": password})

    assert response.status_code == 200
    assert said in response.text
    assert f'value="{password}"' not in response.text or not password
    assert User.objects.get(pk=reader.pk).check_password(PASSWORD)


def test_who_holds_a_session_cannot_guess_the_password_there(client, reader):
    client.force_login(reader)
    for _ in range(5):
        assert "not your current" in client.post("/account/password/", {"current": "guess", "password": NEW}).text

    response = client.post("/account/password/", {"current": PASSWORD, "password": NEW})

    assert "Too many wrong passwords. Wait 5 minutes, then try again." in response.text
    assert User.objects.get(pk=reader.pk).check_password(PASSWORD)


def test_a_changed_password_does_not_open_the_making_of_a_factor(client, reader):
    User.objects.filter(pk=reader.pk).update(password_set_at=timezone.now() - timedelta(days=1))
    client.force_login(reader)
    client.post("/account/password/", {"current": PASSWORD, "password": NEW})

    assert read(client.get("/sign-in/first-factor/")).heading == "Code by mail"


# -- by a link


def link_for(email, mailoutbox):
    """Ask for a link, and follow the mail as far as its address."""
    PortalClient().post("/reset/", {"email": email})
    mail.send_waiting(mints=MINTS, now=timezone.now())
    sent = [message for message in mailoutbox if message.subject == "Set a new password"]
    return re.search(r"http://localhost:8000(/reset/\S+/)", sent[-1].body)[1] if sent else None


def test_a_forgotten_password_is_set_by_a_link(client, reader, mailoutbox):
    signed_in = PortalClient()
    signed_in.force_login(reader)
    link = link_for("READER@example.com", mailoutbox)

    response = client.get(link)
    assert response.url == "/reset/new/"
    assert "reader@example.com" in client.get("/reset/new/").text
    response = client.post("/reset/new/", {"password": NEW}, follow=True)

    assert read(response).heading == "Sign in"
    assert "Your new password is set, and your sessions have been ended." in response.text
    assert "_auth_user_id" not in client.session
    assert signed_in.get("/").url == "/sign-in/?next=/"
    assert signs_in_with(reader.email, NEW)
    assert not signs_in_with(reader.email, PASSWORD)
    mail.send_waiting(mints=MINTS, now=timezone.now())
    assert any(message.subject.startswith("New password set by link or code") for message in mailoutbox)


def test_a_new_password_does_not_skip_the_second_factor(client, shipper, mailoutbox):
    client.get(link_for(shipper.email, mailoutbox))
    client.post("/reset/new/", {"password": NEW})

    assert enter(client, shipper.email, NEW).url == "/sign-in/second-factor/"
    assert client.get("/").url == "/sign-in/?next=/"
    client.post("/sign-in/second-factor/", {"code": code_of_app()})
    assert client.get("/").status_code == 200


def test_who_forgot_the_password_and_tried_too_often_need_not_wait(client, reader, mailoutbox):
    for _ in range(6):
        enter(client, reader.email, "guess")
    client.get(link_for(reader.email, mailoutbox))
    client.post("/reset/new/", {"password": NEW})

    assert enter(client, reader.email, NEW).status_code == 302


def test_the_token_is_neither_in_the_address_nor_readable_in_the_session(client, reader, mailoutbox):
    link = link_for(reader.email, mailoutbox)
    client.get(link)

    assert link.split("/")[2] not in str(dict(client.session.items()))
    page = client.get("/reset/new/")
    assert link.split("/")[2] not in page.text
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "same-origin"


def test_a_link_may_be_looked_at_by_a_mail_scanner_and_still_works(client, reader, mailoutbox):
    link = link_for(reader.email, mailoutbox)
    for _ in range(3):
        PortalClient().get(link)
        PortalClient().head(link)
    client.get(link)

    assert client.post("/reset/new/", {"password": NEW}).url == "/sign-in/"


def test_a_used_link_says_so_and_offers_another(client, reader, mailoutbox):
    link = link_for(reader.email, mailoutbox)
    client.get(link)
    client.post("/reset/new/", {"password": NEW})

    for path in (link, "/reset/new/"):
        response = client.get(path)
        assert response.status_code == 410
        assert read(response).heading == OVER
        assert read(response).links["Get another link"] == "/reset/"


def test_a_link_used_in_another_browser_meanwhile_sets_nothing(client, reader, mailoutbox):
    link, other = link_for(reader.email, mailoutbox), PortalClient()
    client.get(link)
    other.get(link)
    other.post("/reset/new/", {"password": NEW})

    assert client.post("/reset/new/", {"password": "cedar button lagoon prism"}).status_code == 410
    assert User.objects.get(pk=reader.pk).check_password(NEW)


def test_a_link_whose_time_is_up_says_so(client, reader, mailoutbox):
    link = link_for(reader.email, mailoutbox)
    OneTimeSecret.objects.update(expires_at=timezone.now())

    assert read(client.get(link)).heading == OVER


def test_only_the_last_link_works(client, reader, mailoutbox):
    first, second = link_for(reader.email, mailoutbox), link_for(reader.email, mailoutbox)

    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 302


@pytest.mark.parametrize("token", ["x", "%00", "x" * 5000, "%ED%A0%80", "code%2F"])
def test_a_link_that_leads_nowhere_says_so(client, db, token):
    assert client.get(f"/reset/{token}/").status_code in {404, 410}


def test_links_that_lead_nowhere_are_counted_for_the_network(client, db, settings):
    settings.LIMITS = settings.LIMITS | {"private link by network": (3, 3600)}
    statuses = [client.get(f"/reset/{number}/").status_code for number in range(4)]

    assert statuses == [410, 410, 410, 429]


def test_nobody_is_sent_a_link_whose_account_is_off_gone_or_never_was(reader, mailoutbox):
    User.objects.filter(pk=reader.pk).update(is_active=False)

    assert link_for(reader.email, mailoutbox) is None
    assert link_for("nobody@example.com", mailoutbox) is None
    assert not SecurityEvent.objects.filter(event="account:password:reset-requested").exists()


def test_an_address_over_its_limit_is_told_the_same_and_sent_nothing(client, reader, mailoutbox):
    def body(response):
        return re.sub(r'value="\w+"|Request \w+', "", response.text)

    answers = [body(client.post("/reset/", {"email": reader.email})) for _ in range(3)]
    mail.send_waiting(mints=MINTS, now=timezone.now())

    assert answers[0] == answers[1] == answers[2]
    assert "Look at your mail" in answers[0]
    assert len(mailoutbox) == 2


def test_a_network_that_asks_too_often_is_paused_whatever_the_address(client, reader, settings):
    settings.LIMITS = settings.LIMITS | {"reset by network": (2, 3600)}
    for email in ("a@example.com", "b@example.com"):
        assert client.post("/reset/", {"email": email}).status_code == 200

    for email in (reader.email, "nobody@example.com"):
        assert client.post("/reset/", {"email": email}).status_code == 429


@pytest.mark.parametrize(
    "email", ["", "x", "x" * 300 + "@example.com", "a\0@example.com", "a@b@c", "a\n@example.com", "\ud800@example.com"]
)
def test_an_address_that_is_none_gets_a_message(client, db, email):
    response = client.post("/reset/", {"email": email} if "\ud800" not in email else {"email": b"\xed\xa0\x80@x.uk"})

    assert response.status_code == 200
    assert "There is a problem" in response.text


def test_who_is_signed_in_may_ask_too_and_is_signed_out_by_a_new_password(client, reader, mailoutbox):
    client.force_login(reader)
    client.get(link_for(reader.email, mailoutbox))
    response = client.post("/reset/new/", {"password": NEW}, follow=True)

    assert "Your new password is set" in response.text
    assert client.get("/").url == "/sign-in/?next=/"


def test_a_new_password_must_be_a_good_one(client, reader, mailoutbox):
    client.get(link_for(reader.email, mailoutbox))

    for password, said in (("short", "too short"), ("reader@example.com!!", "words about you")):
        response = client.post("/reset/new/", {"password": password})
        assert said in response.text
    assert client.post("/reset/new/", {"password": NEW}).url == "/sign-in/"


# -- by a code


@pytest.fixture
def code(lso, reader):
    return passwords.start_assisted_reset(user=reader, by=lso, origin=SERVICE, now=timezone.now())


def by_code(client, code, email="reader@example.com", password=NEW):
    return client.post("/reset/code/", {"email": email, "code": code, "password": password})


def test_a_code_that_the_lso_reads_out_sets_a_password(client, reader, code):
    response = by_code(client, f" {code.upper().replace('-', ' ')} ", email="Reader@Example.com")

    assert response.url == "/sign-in/"
    assert "_auth_user_id" not in client.session
    assert signs_in_with(reader.email, NEW)
    assert "is not right" in by_code(client, code, password="cedar button lagoon prism").text


def test_a_code_does_not_skip_the_second_factor(client, shipper, lso):
    code = passwords.start_assisted_reset(user=shipper, by=lso, origin=SERVICE, now=timezone.now())
    by_code(client, code, email=shipper.email)

    assert enter(client, shipper.email, NEW).url == "/sign-in/second-factor/"


def test_a_wrong_code_is_told_the_same_whoever_it_is(client, reader, code):
    def body(email):
        text = by_code(PortalClient(), "aaaa-bbbb-cccc", email=email).text
        return re.sub(r'value="\w+"|Request \w+|[\w.-]+@example\.com', "", text)

    assert body(reader.email) == body("nobody@example.com") == body("lso@example.com")
    assert "This code is not right for this address" in body(reader.email)


def test_only_who_has_the_code_is_told_what_is_made_of_their_own_words(client, reader, code):
    own = "reader@example.com!!"

    assert "words about you" not in by_code(client, "aaaa-bbbb-cccc", password=own).text
    assert "words about you" in by_code(client, code, password=own).text
    assert by_code(client, code).url == "/sign-in/"


def test_a_code_is_not_good_for_who_was_switched_off(client, reader, code):
    User.objects.filter(pk=reader.pk).update(is_active=False)

    assert "is not right" in by_code(client, code).text
    assert User.objects.get(pk=reader.pk).check_password(PASSWORD)


def test_a_link_is_no_code(client, reader):
    secrets.make(
        user=reader, kind=SecretKind.RESET, secret="aaaabbbbcccc", lasts=timedelta(minutes=9), now=timezone.now()
    )

    assert "is not right" in by_code(client, "aaaa-bbbb-cccc").text


def test_codes_are_tried_ten_times_an_hour(client, reader, code, settings):
    settings.LIMITS = settings.LIMITS | {"reset code by account": (3, 3600)}
    for _ in range(3):
        by_code(client, "aaaa-bbbb-cccc")

    assert "Too many tries" in by_code(client, code).text
    assert User.objects.get(pk=reader.pk).check_password(PASSWORD)


@pytest.mark.parametrize("code", ["", "x" * 41, "a\0b", "²²²²", "\u202e"])
def test_a_code_that_is_none_gets_a_message(client, reader, code):
    response = by_code(client, code)

    assert response.status_code == 200
    assert "There is a problem" in response.text


def test_reset_pages_are_not_taken_for_links(client, db):
    assert read(client.get("/reset/code/")).heading == "Set a new password by a code"
    assert client.get("/reset/new/").status_code == 410
