"""Second factors: what is removed, what stays, and what ends with it."""

import pytest
from django.utils import timezone

from accounts.models import AuthenticatorApp, RecoveryCodes, SecurityEvent, SignIn
from accounts.operations import factors, sessions
from accounts.origin import SERVICE
from tests.conftest import code_of_app, give_factor

NOW = timezone.now()


def sign_in(user, device="here"):
    return sessions.begin(user=user, device_token=device, origin=SERVICE, now=NOW)[0]


def remove(user, factor, keep, compulsory=True):
    factors.remove(factor=factor, compulsory=compulsory, keep_sign_in=keep.pk, origin=SERVICE, now=NOW)


def test_the_only_factor_of_who_must_have_one_stays(lso):
    here = sign_in(lso)
    factors.make_recovery_codes(user=lso, origin=SERVICE, now=NOW)

    with pytest.raises(factors.LastFactor):
        remove(lso, AuthenticatorApp.objects.get(user=lso), here)
    assert len(factors.factors_of(lso)) == 2


def test_one_of_two_goes_and_ends_the_other_sessions(lso):
    here, there = sign_in(lso), sign_in(lso, "there")
    old = AuthenticatorApp.objects.get(user=lso)
    give_factor(lso)
    remove(lso, old, here)

    assert [factor.pk for factor in factors.factors_of(lso)] != [old.pk]
    assert SignIn.objects.get(pk=here.pk).ended_at is None
    assert SignIn.objects.get(pk=there.pk).ended_at


def test_who_need_not_have_one_may_remove_the_only_one_with_its_recovery_codes(reader):
    here = sign_in(reader)
    factor = give_factor(reader)
    factors.make_recovery_codes(user=reader, origin=SERVICE, now=NOW)
    remove(reader, factor, here, compulsory=False)

    assert factors.factors_of(reader) == []
    assert not RecoveryCodes.objects.filter(user=reader).exists()


def test_after_a_loss_all_go_and_all_sessions_end(lso, support):
    sign_in(lso)
    factors.make_recovery_codes(user=lso, origin=SERVICE, now=NOW)
    factors.take_all_away(user=lso, by_id=support.pk, detail="Request 4711", origin=SERVICE, now=NOW)

    assert factors.factors_of(lso) == []
    assert not SignIn.objects.filter(user=lso, ended_at=None).exists()
    event = SecurityEvent.objects.get(event="account:factor:reset")
    assert (event.person_id, event.by_id, event.detail) == (lso.pk, support.pk, "Request 4711")


def test_a_right_code_is_noted_on_the_device(shipper):
    factor = factors.check_code(user=shipper, code=code_of_app(), origin=SERVICE, now=NOW)

    assert factor == AuthenticatorApp.objects.get(user=shipper)
    assert AuthenticatorApp.objects.get(user=shipper).used_at == NOW


def test_what_is_wrong_is_written_down_and_what_was_typed_is_not(shipper):
    assert factors.check_code(user=shipper, code="000000", origin=SERVICE, now=NOW) is None

    event = SecurityEvent.objects.get(event="account:factor:failure")
    assert (event.person_id, event.detail) == (shipper.pk, "Authenticator app")


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "１２３４５６", "1e5000"])
def test_a_first_code_is_six_digits(code):
    assert factors.is_code_of_seed(factors.new_seed(), code) is None
