"""The second factor: asked for before there is a session, made before anything else works, and proved afresh."""

import re
from base64 import b32decode
from datetime import timedelta

import pytest
from django.utils import timezone
from django_otp.oath import TOTP

from accounts import mail, sealing
from accounts.minting import MINTS
from accounts.models import (
    AccessRequest,
    AuthenticatorApp,
    LimitCount,
    RecoveryCode,
    SecurityEvent,
    SignIn,
    User,
)
from accounts.operations import factors
from accounts.origin import SERVICE
from tests.conftest import FACTOR_SEED, PASSWORD, accept_terms, code_of_app, give_factor
from tests.integration.pages import read

ASKED, MAKE, PROOF = "/sign-in/second-factor/", "/sign-in/first-factor/", "/sign-in/proof/"


def enter(client, email, password=PASSWORD, **fields):
    return client.post("/sign-in/", {"login": email, "password": password, **fields})


def send_code(client, code, **fields):
    return client.post(ASKED, {"code": code, **fields})


def events_of(person):
    return list(SecurityEvent.objects.filter(person_id=person.pk).order_by("pk").values_list("event", flat=True))


@pytest.fixture
def new_lso(lso):
    """An LSO who has no second factor yet, and whose password is no news."""
    AuthenticatorApp.objects.filter(user=lso).delete()
    User.objects.filter(pk=lso.pk).update(password_set_at=timezone.now() - timedelta(days=3))
    return lso


# -- asked for


def test_the_right_password_alone_opens_nothing(client, shipper):
    response = enter(client, shipper.email)

    assert response.url == ASKED
    assert "_auth_user_id" not in client.session
    assert client.get("/").url == "/sign-in/?next=/"
    assert client.get("/account/").status_code in {302, 200}


def test_the_code_signs_in_changes_the_session_and_leads_on(client, shipper):
    enter(client, shipper.email, next="/help/")
    before = client.session.session_key

    response = send_code(client, code_of_app())

    assert response.url == "/help/"
    assert client.session.session_key != before
    assert client.get("/").status_code == 200
    assert events_of(shipper)[-1] == "account:sign-in:success"


@pytest.mark.parametrize(
    "code", ["000000", "12345", "1234567", "abcdef", "", "１２３４５６", "0x1234", "+12345", "12_345", " "]
)
def test_a_wrong_code_signs_nobody_in(client, shipper, code):
    enter(client, shipper.email)

    response = send_code(client, code)

    assert response.status_code == 200
    assert "There is a problem" in response.text
    assert "_auth_user_id" not in client.session


def test_a_code_counts_once_even_in_the_window_of_the_next(client, shipper):
    enter(client, shipper.email)
    code = code_of_app()
    send_code(client, code)
    client.post("/sign-out/")
    enter(client, shipper.email)

    assert "it was used already" in send_code(client, code).text
    assert send_code(client, code_of_app(steps=1)).status_code == 302


def test_an_older_code_is_refused_after_a_newer_one(client, shipper):
    enter(client, shipper.email)
    send_code(client, code_of_app(steps=1))
    client.post("/sign-out/")
    enter(client, shipper.email)

    assert send_code(client, code_of_app()).status_code == 200


def test_spaces_in_a_code_do_not_matter(client, shipper):
    enter(client, shipper.email)
    code = code_of_app()

    assert send_code(client, f" {code[:3]} {code[3:]} ").status_code == 302


def test_five_wrong_codes_pause_even_the_right_one_and_not_for_ever(client, shipper):
    enter(client, shipper.email)
    for _ in range(5):
        send_code(client, "000000")

    assert "Too many wrong codes" in send_code(client, code_of_app()).text

    LimitCount.objects.update(ends_at=timezone.now())
    assert send_code(client, code_of_app()).status_code == 302


def test_the_pause_of_the_second_step_leaves_the_password_step_alone(client, shipper):
    enter(client, shipper.email)
    for _ in range(6):
        send_code(client, "000000")

    assert enter(client, shipper.email).url == ASKED


def test_a_half_login_ends_after_its_time(client, shipper):
    enter(client, shipper.email)
    session = client.session
    session["account_login"]["initiated_at"] -= 1000
    session.save()

    assert send_code(client, code_of_app()).url == "/sign-in/"


def test_nobody_reaches_the_second_step_without_the_first(client, db):
    for path in (ASKED, "/sign-in/lost-factor/"):
        assert client.get(path).url == "/sign-in/"
    assert client.get(MAKE).url.startswith("/sign-in/?next=")


def test_a_recovery_code_signs_in_once_and_its_owner_hears_of_it(client, shipper, mailoutbox):
    code = factors.make_recovery_codes(user=shipper, origin=SERVICE, now=timezone.now())[0]
    enter(client, shipper.email)

    assert send_code(client, code.upper()).status_code == 302
    mail.send_waiting(mints=MINTS, now=timezone.now())
    assert "Recovery code used" in mailoutbox[-1].subject
    assert "9 left" in mailoutbox[-1].body

    client.post("/sign-out/")
    enter(client, shipper.email)
    assert send_code(client, code).status_code == 200


def test_recovery_codes_are_kept_as_digests_and_seeds_encrypted(shipper):
    codes = factors.make_recovery_codes(user=shipper, origin=SERVICE, now=timezone.now())
    kept = [bytes(digest) for digest in RecoveryCode.objects.values_list("digest", flat=True)]
    app = AuthenticatorApp.objects.get(user=shipper)

    assert len(set(codes)) == len(set(kept)) == 10
    assert not any(code.replace("-", "").encode() in digest for code in codes for digest in kept)
    assert FACTOR_SEED not in bytes(app.sealed_key)
    assert sealing.opened(bytes(app.sealed_key)) == FACTOR_SEED


def test_new_recovery_codes_end_the_old_ones(client, shipper):
    old = factors.make_recovery_codes(user=shipper, origin=SERVICE, now=timezone.now())[0]
    factors.make_recovery_codes(user=shipper, origin=SERVICE, now=timezone.now())
    enter(client, shipper.email)

    assert send_code(client, old).status_code == 200


# -- made


def seed_on(page):
    return b32decode(re.search(r'id="key">([A-Z2-7 ]+)<', page.text)[1].replace(" ", ""))


def code_of(seed, steps=0):
    totp = TOTP(seed)
    totp.time = timezone.now().timestamp() + 30 * steps
    return f"{totp.token():06d}"


def mailed_code(mailoutbox):
    mail.send_waiting(mints=MINTS, now=timezone.now())
    return re.search(r"\n    (\S+)\n", mailoutbox[-1].body)[1]


def test_an_lso_without_a_factor_makes_one_before_anything_works(client, new_lso, mailoutbox):
    assert enter(client, new_lso.email).url == MAKE
    assert "Code by mail" in client.get(MAKE).text
    assert client.get("/").url == "/sign-in/?next=/"

    response = client.post(MAKE, {"code": mailed_code(mailoutbox)})
    page = client.get(response.url)
    assert read(page).heading == "Set up your second factor"
    assert "<svg" in page.text

    done = client.post(MAKE, {"code": code_of(seed_on(page))})
    codes = re.findall(r"<code>([a-z0-9-]+)</code>", done.text)
    assert len(codes) == 10
    assert client.get("/").status_code == 200
    assert {"account:factor:added", "account:recovery-codes:made", "account:sign-in:success"} <= set(events_of(new_lso))

    client.post("/sign-out/")
    enter(client, new_lso.email)
    assert send_code(client, codes[0]).status_code == 302


def test_a_stolen_password_alone_makes_no_factor(client, new_lso, mailoutbox):
    enter(client, new_lso.email)
    page = client.get(MAKE)

    assert "key" not in page.text
    for guess in ("aaaa-bbbb", "000000", ""):
        assert client.post(MAKE, {"code": guess}).status_code == 200
    assert not AuthenticatorApp.objects.filter(user=new_lso).exists()


def test_five_wrong_mailed_codes_end_the_right_one(client, new_lso, mailoutbox):
    enter(client, new_lso.email)
    client.get(MAKE)
    code = mailed_code(mailoutbox)
    for _ in range(5):
        client.post(MAKE, {"code": "aaaa-bbbb"})

    assert client.post(MAKE, {"code": code}).status_code == 200

    client.post(MAKE, {"again": "1"})
    assert client.post(MAKE, {"code": mailed_code(mailoutbox)}).status_code == 302


def test_no_more_codes_are_mailed_than_may_be(client, new_lso, mailoutbox):
    enter(client, new_lso.email)
    for _ in range(8):
        page = client.post(MAKE, {"again": "1"})

    mail.send_waiting(mints=MINTS, now=timezone.now())
    assert len(mailoutbox) == 5
    assert "No more codes are sent to you within this hour" in page.text


def test_who_has_just_chosen_a_password_by_a_link_needs_no_mailed_code(client, new_lso):
    User.objects.filter(pk=new_lso.pk).update(password_set_at=timezone.now())
    enter(client, new_lso.email)

    assert read(client.get(MAKE)).heading == "Set up your second factor"


def test_the_first_code_of_a_new_app_is_used_up(client, new_lso):
    User.objects.filter(pk=new_lso.pk).update(password_set_at=timezone.now())
    enter(client, new_lso.email)
    seed = seed_on(client.get(MAKE))
    code = code_of(seed)
    client.post(MAKE, {"code": code})
    client.post("/sign-out/")
    enter(client, new_lso.email)

    assert send_code(client, code).status_code == 200
    assert send_code(client, code_of(seed, 1)).status_code == 302


def test_a_session_that_went_round_the_sign_in_page_is_led_to_make_one(client, new_lso):
    client.force_login(new_lso)

    assert client.get("/").url == f"{MAKE}?next=/"
    assert client.get("/people/").url == f"{MAKE}?next=/people/"
    assert "_auth_user_id" in client.session
    assert client.get("/help/").status_code == 200


def test_who_has_a_factor_makes_no_other_first_one_by_password_alone(client, shipper):
    enter(client, shipper.email)

    assert client.get(MAKE).url == ASKED


def test_the_offer_to_make_one_stands_for_who_need_not(client, reader):
    client.force_login(reader)

    assert client.get("/").status_code == 200


def test_an_organisation_may_require_one_of_all_its_people_at_once(client, reader):
    client.force_login(reader)
    organisation = reader.memberships.get().organisation
    organisation.requires_second_factor = True
    organisation.save()

    assert client.get("/").url == f"{MAKE}?next=/"


def test_a_role_that_needs_one_asks_for_it_with_the_next_request(client, reader):
    client.force_login(reader)
    assert client.get("/").status_code == 200
    held = reader.memberships.get()
    held.portal_roles = ["exporter", "user"]
    held.save()

    assert client.get("/").url == f"{MAKE}?next=/"
    assert client.post("/exports/", {"enquiry": "meter-points"}).status_code == 302


# -- proved afresh


def stale(person):
    SignIn.objects.filter(user=person).update(proved_at=timezone.now() - timedelta(minutes=6))


def test_a_proof_counts_for_five_minutes(client, shipper, keys, settings):
    settings.EXPORT_PROOF_ROWS = 1
    client.force_login(shipper)
    question = {"enquiry": "meter-points", "postcode": keys["postcode"]}
    assert client.post("/exports/", question).url.startswith("/exports/")

    stale(shipper)
    response = client.post("/exports/", question, headers={"referer": "http://testserver/search/?q=x"})
    assert response.url == f"{PROOF}?next=/search/%3Fq%3Dx"

    assert client.post(PROOF, {"code": code_of_app(), "next": "/search/?q=x"}).url == "/search/?q=x"
    assert client.post("/exports/", question).url.startswith("/exports/")


def test_a_small_export_asks_for_no_fresh_proof(client, shipper, keys):
    client.force_login(shipper)
    stale(shipper)

    assert client.post("/exports/", {"enquiry": "meter-points", "mprn": keys["mprn"]}).url.startswith("/exports/")


def test_a_fresh_proof_changes_the_session_key(client, shipper):
    client.force_login(shipper)
    before = client.session.session_key
    client.post(PROOF, {"code": code_of_app()})

    assert client.session.session_key != before


def test_who_has_no_factor_proves_it_by_password(client, reader):
    client.force_login(reader)
    stale(reader)

    assert "This password is not right" in client.post(PROOF, {"password": "wrong"}).text
    assert client.post(PROOF, {"password": PASSWORD, "next": "/help/"}).url == "/help/"
    assert timezone.now() - SignIn.objects.get(user=reader).proved_at < timedelta(minutes=1)


def test_wrong_passwords_are_counted_like_codes(client, reader):
    client.force_login(reader)
    for _ in range(5):
        client.post(PROOF, {"password": "wrong"})

    assert "Too many wrong passwords" in client.post(PROOF, {"password": PASSWORD}).text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_a_proof_leads_to_no_other_site(client, shipper, elsewhere):
    client.force_login(shipper)

    assert client.post(PROOF, {"code": code_of_app(), "next": elsewhere}).url == "/"


def test_a_factor_that_is_gone_verifies_no_session(client, shipper):
    client.force_login(shipper)
    AuthenticatorApp.objects.filter(user=shipper).delete()

    assert client.get("/").url == f"{MAKE}?next=/"


def test_the_factor_of_another_verifies_nobody(client, shipper, lso):
    client.force_login(shipper)
    session = client.session
    session["otp_device_id"] = AuthenticatorApp.objects.get(user=lso).persistent_id
    session.save()

    assert client.get("/").url == f"{PROOF}?next=/"


# -- lost


def test_who_has_lost_theirs_asks_support_once(client, shipper):
    enter(client, shipper.email)
    page = client.get("/sign-in/lost-factor/")
    assert "Ask for a reset" in page.text

    for _ in range(2):
        assert "Operator support has been asked" in client.post("/sign-in/lost-factor/").text
    asked = AccessRequest.objects.get(person=shipper)
    assert (asked.kind, asked.state, asked.approvals_needed) == ("lost-factor", "open", 2)
    assert "_auth_user_id" not in client.session


# -- told


def test_a_new_browser_is_told_of_by_mail_and_the_first_one_is_not(client, reader, mailoutbox):
    def told():
        mail.send_waiting(mints=MINTS, now=timezone.now())
        return [message.subject for message in mailoutbox]

    client.get("/sign-in/")
    enter(client, reader.email)
    client.post("/sign-out/")
    enter(client, reader.email)
    assert told() == []

    client.post("/sign-out/")
    del client.cookies["device"]
    enter(client, reader.email)
    assert told() == ["Signed in on a new browser (Data Enquiry Service)"]


def test_signing_in_by_notice_accepts_the_terms(client, person, settings):
    settings.TERMS_BY_NOTICE = True
    from accounts.models import TermsAcceptance
    from tests.conftest import owning

    user = person("tester", "BGF", "shipper", "user")
    with owning():
        TermsAcceptance.objects.filter(user=user).delete()

    assert "By logging in you agree to" in client.get("/sign-in/").text
    enter(client, user.email)
    assert client.get("/").status_code == 200
    assert set(TermsAcceptance.objects.filter(user=user).values_list("by", flat=True)) == {"notice"}


def test_without_the_notice_nothing_is_said_of_agreeing(client, db):
    assert "By logging in you agree to" not in client.get("/sign-in/").text


def test_a_second_app_verifies_too(client, reader):
    give_factor(reader)
    accept_terms(reader)
    enter(client, reader.email)

    assert send_code(client, code_of_app()).status_code == 302
