"""Many tries at the same moment: exactly one has an effect."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import limits
from accounts.models import OneTimeSecret, RecoveryCode, SecretKind, SecurityEvent, SignIn, TermsAcceptance
from accounts.operations import factors, secrets
from accounts.origin import SERVICE
from tests.conftest import PASSWORD, PortalClient, accept_terms, at_once, code_of_app, owning

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def many_tries(settings):
    """The limits are out of the way: what is tested is the lock."""
    settings.LIMITS = {name: (10_000, seconds) for name, (_tries, seconds) in settings.LIMITS.items()}


def half_signed_in(email: str) -> PortalClient:
    browser = PortalClient()
    response = browser.post("/sign-in/", {"login": email, "password": PASSWORD})
    assert response.url == "/sign-in/second-factor/"
    return browser


def passed(browsers: list[PortalClient], code: str) -> int:
    """How many of some browsers are signed in after all have sent one code at the same moment."""
    waiting = list(browsers)
    at_once(lambda: waiting.pop().post("/sign-in/second-factor/", {"code": code}), len(browsers))
    return sum(browser.get("/").status_code == 200 for browser in browsers)


@pytest.mark.usefixtures("many_tries")
def test_of_fifty_half_logins_with_one_code_one_passes(shipper):
    browsers = [half_signed_in(shipper.email) for _ in range(50)]

    assert passed(browsers, code_of_app()) == 1
    assert SignIn.objects.filter(user=shipper).count() == 1


@pytest.mark.usefixtures("many_tries")
def test_of_twenty_half_logins_with_one_recovery_code_one_passes(shipper):
    code = factors.make_recovery_codes(user=shipper, origin=SERVICE, now=timezone.now())[3]
    browsers = [half_signed_in(shipper.email) for _ in range(20)]

    assert passed(browsers, code) == 1
    assert RecoveryCode.objects.filter(device__user=shipper).count() == 9


def test_of_twenty_half_logins_within_the_limits_no_more_are_looked_at_than_may_be(shipper):
    browsers = [half_signed_in(shipper.email) for _ in range(20)]

    assert passed(browsers, "000000") == 0
    assert SecurityEvent.objects.filter(event="account:factor:failure").count() == 5


def test_of_twenty_acceptances_of_one_document_one_is_kept(reader):
    with owning():
        TermsAcceptance.objects.filter(user=reader).delete()
    at_once(lambda: accept_terms(reader), 20)

    events = SecurityEvent.objects.filter(event="terms:document:accepted", person_id=reader.pk)
    assert TermsAcceptance.objects.filter(user=reader).count() == 4
    assert events.count() == 8  # four when the person was made, and four now


def test_of_twenty_who_redeem_one_secret_one_does(reader):
    now = timezone.now()
    secret = secrets.make(user=reader, kind=SecretKind.RESET, secret="s", lasts=timedelta(minutes=30), now=now)

    assert at_once(lambda: secrets.redeem(secret, now=now), 20).count(True) == 1


def test_of_twenty_who_make_a_secret_for_one_person_the_last_one_holds(reader):
    now = timezone.now()
    at_once(
        lambda: secrets.make(user=reader, kind=SecretKind.RESET, secret="s", lasts=timedelta(minutes=30), now=now),
        20,
    )

    assert OneTimeSecret.objects.filter(user=reader, used_at__isnull=True).count() == 1


def test_a_limit_is_exact_however_many_try_at_once(settings):
    limit, now = limits.SIGN_IN_BY_ACCOUNT, timezone.now()

    assert at_once(lambda: limit.take("somebody", now=now), 50).count(True) == settings.LIMITS[limit.name][0]
