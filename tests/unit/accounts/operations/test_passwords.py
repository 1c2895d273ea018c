"""Passwords: changed by who knows the last one, and set anew by a link or a code."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import limits
from accounts.models import LimitCount, Mail, OneTimeSecret, SecretKind, SecurityEvent, SignIn, User
from accounts.operations import passwords, secrets, sessions
from accounts.origin import Origin
from tests.conftest import PASSWORD

ORIGIN = Origin(address="192.0.2.7", user_agent="Firefox/1", request_id="r")
NEW = "violet kettle orbit sandal"


def now():
    return timezone.now()


def signed_in(user):
    return sessions.begin(user=user, device_token="one", origin=ORIGIN, now=now())[0]


def link_to(user, kind=SecretKind.RESET):
    return secrets.make(user=user, kind=kind, secret="s", lasts=timedelta(minutes=30), now=now())


def events_of(user):
    return list(SecurityEvent.objects.filter(person_id=user.pk).order_by("pk").values_list("event", flat=True))


def is_open(sign_in):
    return SignIn.objects.filter(pk=sign_in.pk, ended_at__isnull=True).exists()


# -- changed


def test_a_change_ends_the_other_sessions_and_keeps_this_one(reader):
    here, there = signed_in(reader), signed_in(reader)

    changed = passwords.change(user=reader, password=NEW, keep_sign_in=here.pk, origin=ORIGIN, now=now())

    assert changed.check_password(NEW)
    assert (is_open(here), is_open(there)) == (True, False)
    assert "account:password:changed" in events_of(reader)
    assert Mail.objects.filter(template="event", to=reader.email, about__what="Password changed").exists()


def test_a_change_is_no_proof_that_the_mailbox_is_theirs(reader):
    before = User.objects.get(pk=reader.pk).password_set_at

    passwords.change(user=reader, password=NEW, keep_sign_in=0, origin=ORIGIN, now=now() + timedelta(days=1))

    assert User.objects.get(pk=reader.pk).password_set_at == before


@pytest.mark.parametrize("kind", [SecretKind.RESET, SecretKind.ASSISTED_RESET])
def test_a_change_makes_links_and_codes_on_their_way_worthless(reader, kind):
    secret = link_to(reader, kind)

    passwords.change(user=reader, password=NEW, keep_sign_in=0, origin=ORIGIN, now=now())

    assert not secrets.redeem(secret, now=now())


# -- by a link


def test_a_reset_ends_every_session_and_signs_nobody_in(reader):
    here, moment = signed_in(reader), now()

    passwords.reset(secret=link_to(reader), password=NEW, origin=ORIGIN, now=moment)

    held = User.objects.get(pk=reader.pk)
    assert held.check_password(NEW)
    assert held.password_set_at == moment
    assert not is_open(here)
    assert events_of(reader)[-2:] == ["account:password:reset", "account:sessions:ended"]


def test_a_link_works_once(reader):
    secret = link_to(reader)
    passwords.reset(secret=secret, password=NEW, origin=ORIGIN, now=now())

    with pytest.raises(passwords.NotGood):
        passwords.reset(secret=secret, password="another password altogether", origin=ORIGIN, now=now())
    assert User.objects.get(pk=reader.pk).check_password(NEW)


def test_a_link_whose_time_is_up_does_not_work(reader):
    with pytest.raises(passwords.NotGood):
        passwords.reset(
            secret=link_to(reader), password=NEW, origin=ORIGIN, now=now() + timedelta(minutes=30, seconds=1)
        )
    assert User.objects.get(pk=reader.pk).check_password(PASSWORD)


def test_who_was_switched_off_meanwhile_sets_no_password(reader):
    secret = link_to(reader)
    User.objects.filter(pk=reader.pk).update(is_active=False)

    with pytest.raises(passwords.NotGood):
        passwords.reset(secret=secret, password=NEW, origin=ORIGIN, now=now())
    assert OneTimeSecret.objects.get(pk=secret.pk).used_at is None


def test_a_reset_lifts_the_pause_of_the_forgotten_password_and_no_other_limit(reader):
    moment = now()
    limits.SIGN_IN_BY_ACCOUNT_AND_NETWORK.take(reader.email, "192.0.2.7", now=moment)
    limits.SIGN_IN_BY_NETWORK.take("192.0.2.7", now=moment)
    limits.RESET_HOUR.take(reader.email, now=moment)
    limits.FACTOR_SHORT.take(reader.pk, now=moment)

    passwords.reset(secret=link_to(reader), password=NEW, origin=ORIGIN, now=moment)

    left = set(LimitCount.objects.values_list("name", flat=True))
    assert left == {"sign-in by network", "reset, hour", "factor, short"}


# -- asked for


def test_a_link_goes_to_the_address_as_accounts_are_found_by_it(db):
    # U+212A, the sign of the kelvin, is taken for a k, and could be in the address of somebody else.
    passwords.ask_for_link(email="\u212ate@example.com", origin=ORIGIN, now=now())

    assert [mail.to for mail in Mail.objects.all()] == ["kte@example.com"]


def test_a_mail_about_a_link_holds_no_link(reader):
    passwords.ask_for_link(email=reader.email, origin=ORIGIN, now=now())

    mail = Mail.objects.get(template="reset")
    assert mail.about == {"address": "192.0.2.7", "request_id": "r"}
    assert not OneTimeSecret.objects.exists()


def test_an_address_gets_two_links_an_hour_and_five_a_day_however_it_is_written(db):
    sent, moment = [], now()
    for hour in range(5):
        for email in ("sam@example.com", "SAM@example.com", "Sam@Example.com"):
            passwords.ask_for_link(email=email, origin=ORIGIN, now=moment + timedelta(hours=hour, minutes=1))
        sent.append(Mail.objects.count())

    assert sent == [2, 4, 5, 5, 5]


def test_a_network_asks_for_fifty_an_hour(db):
    moment = now()
    for number in range(50):
        passwords.ask_for_link(email=f"p{number}@example.com", origin=ORIGIN, now=moment)

    with pytest.raises(passwords.TooManyTries):
        passwords.ask_for_link(email="p51@example.com", origin=ORIGIN, now=moment)
    passwords.ask_for_link(email="p51@example.com", origin=Origin(address="192.0.2.8"), now=moment)
    assert Mail.objects.count() == 51


# -- by a code


def test_an_lso_gets_a_code_to_read_and_the_person_hears_of_it(lso, reader):
    code = passwords.start_assisted_reset(user=reader, by=lso, origin=ORIGIN, now=now())

    secret = passwords.by_telephone_code(email=reader.email, code=code.upper(), origin=ORIGIN, now=now())
    assert secret.user == reader
    assert secret.made_by == lso
    event = SecurityEvent.objects.get(event="account:password:reset-assisted")
    assert (event.person_id, event.by_id) == (reader.pk, lso.pk)
    assert code not in event.detail
    told = Mail.objects.get(template="event", to=reader.email, about__what=event.get_event_display())
    assert code not in str(told.about)


def test_an_lso_reads_no_code_to_themselves(lso):
    with pytest.raises(passwords.NotForOneself):
        passwords.start_assisted_reset(user=lso, by=lso, origin=ORIGIN, now=now())
    assert not OneTimeSecret.objects.exists()


def test_who_is_switched_off_gets_no_code(lso, reader):
    User.objects.filter(pk=reader.pk).update(is_active=False)

    with pytest.raises(passwords.SwitchedOff):
        passwords.start_assisted_reset(user=reader, by=lso, origin=ORIGIN, now=now())


def test_a_code_is_good_for_its_minutes_and_for_its_person(lso, reader, shipper, settings):
    code = passwords.start_assisted_reset(user=reader, by=lso, origin=ORIGIN, now=now())

    def secret(email, later=0):
        moment = now() + timedelta(minutes=later)
        return passwords.by_telephone_code(email=email, code=code, origin=ORIGIN, now=moment)

    assert secret(shipper.email) is None
    assert secret(reader.email, settings.CODE_MINUTES - 1)
    assert secret(reader.email, settings.CODE_MINUTES + 1) is None


def test_another_code_takes_the_place_of_the_last(lso, reader):
    first, second = (passwords.start_assisted_reset(user=reader, by=lso, origin=ORIGIN, now=now()) for _ in "12")

    def by(code):
        return passwords.by_telephone_code(email=reader.email, code=code, origin=ORIGIN, now=now())

    assert by(first) is None
    assert by(second)


def test_after_five_wrong_codes_the_right_one_is_good_no_more(lso, reader):
    code = passwords.start_assisted_reset(user=reader, by=lso, origin=ORIGIN, now=now())
    for _ in range(5):
        assert passwords.by_telephone_code(email=reader.email, code="wrong", origin=ORIGIN, now=now()) is None

    assert passwords.by_telephone_code(email=reader.email, code=code, origin=ORIGIN, now=now()) is None
    assert events_of(reader).count("account:password:reset-failure") == 6


def test_codes_are_tried_ten_times_an_hour_for_an_account_known_or_not(reader):
    for email in (reader.email, "nobody@example.com"):
        for _ in range(10):
            passwords.by_telephone_code(email=email, code="wrong", origin=ORIGIN, now=now())
        with pytest.raises(passwords.TooManyTries):
            passwords.by_telephone_code(email=email, code="wrong", origin=ORIGIN, now=now())
