"""One-time secrets: good once, for a while, for one person and one purpose."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import OneTimeSecret, SecretKind
from accounts.operations import secrets

NOW = timezone.now()
LASTS = timedelta(minutes=10)


CODE = "k3mp-7wqa"


def make(user, secret=CODE, kind=SecretKind.ENROLMENT):
    return secrets.make(user=user, kind=kind, secret=secret, lasts=LASTS, now=NOW)


def by_code(user, code, now=NOW, kind=SecretKind.ENROLMENT):
    return secrets.by_code(user, code, kind=kind, now=now)


@pytest.mark.parametrize("typed", ["k3mp-7wqa", "k3mp7wqa", "K3MP 7WQA", "  k3mp-7wqa "])
def test_a_code_is_taken_however_it_is_typed(reader, typed):
    made = make(reader)

    assert by_code(reader, typed) == made


def test_a_code_is_good_once(reader):
    made = make(reader)

    assert secrets.redeem(made, now=NOW)
    assert not secrets.redeem(made, now=NOW)
    assert by_code(reader, "k3mp-7wqa") is None


def test_a_code_is_good_for_its_time(reader):
    made = make(reader)

    assert by_code(reader, "k3mp-7wqa", now=NOW + LASTS) is None
    assert not secrets.redeem(made, now=NOW + LASTS)


def test_a_code_is_for_one_person_and_one_purpose(reader, lso):
    make(reader)

    assert by_code(lso, "k3mp-7wqa") is None
    assert by_code(reader, "k3mp-7wqa", kind=SecretKind.ASSISTED_RESET) is None


def test_a_new_code_ends_the_one_before(reader):
    make(reader)
    make(reader, "aaaa-bbbb")

    assert by_code(reader, "k3mp-7wqa") is None
    assert by_code(reader, "aaaa-bbbb")


def test_after_five_wrong_tries_even_the_right_code_is_not_taken(reader):
    make(reader)
    for _ in range(4):
        by_code(reader, "aaaa-bbbb")
    assert by_code(reader, "k3mp-7wqa")

    by_code(reader, "aaaa-bbbb")
    assert by_code(reader, "k3mp-7wqa") is None


def test_a_link_is_exact_and_not_for_who_is_switched_off(reader):
    make(reader, "Token-With-Case", kind=SecretKind.RESET)

    assert secrets.by_link("Token-With-Case", kind=SecretKind.RESET, now=NOW)
    assert secrets.by_link("token-with-case", kind=SecretKind.RESET, now=NOW) is None
    reader.is_active = False
    reader.save()
    assert secrets.by_link("Token-With-Case", kind=SecretKind.RESET, now=NOW) is None


def test_the_secret_itself_is_not_stored(reader):
    make(reader, "Token-With-Case", kind=SecretKind.RESET)

    assert b"Token" not in bytes(OneTimeSecret.objects.get().digest)
