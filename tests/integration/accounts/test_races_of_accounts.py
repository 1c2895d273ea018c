"""Many at the same moment on the pages of one's own account: exactly one has an effect."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import sealing
from accounts.models import (
    AuthenticatorApp,
    Invitation,
    MarketParticipant,
    Membership,
    OneTimeSecret,
    SecretKind,
    SecurityEvent,
    TermsAcceptance,
    TermsDocument,
    User,
)
from accounts.operations import factors, invitations, passwords, secrets
from accounts.origin import SERVICE
from accounts.permissions import MarketRole, PortalRole
from tests.conftest import PortalClient, at_once, owning

pytestmark = pytest.mark.usefixtures("committed")

# As many as there are tries; all good, and each another.
PASSWORDS = [f"violet kettle orbit sandal {number}" for number in range(20)]


def now():
    return timezone.now()


def events(kind):
    return SecurityEvent.objects.filter(event=kind).count()


def statuses(responses):
    return sorted(response.status_code for response in responses)


@pytest.fixture
def many_tries(settings):
    """The limits are out of the way: what is tested is the lock."""
    settings.LIMITS = {name: (10_000, seconds) for name, (_tries, seconds) in settings.LIMITS.items()}


@pytest.mark.usefixtures("many_tries")
def test_of_twenty_who_use_one_link_one_sets_the_password(reader):
    secrets.make(user=reader, kind=SecretKind.RESET, secret="s", lasts=timedelta(minutes=30), now=now())
    browsers = [PortalClient() for _ in PASSWORDS]
    for browser in browsers:
        browser.get("/reset/s/")
    waiting = list(zip(browsers, PASSWORDS, strict=True))

    def send():
        browser, password = waiting.pop()
        return browser.post("/reset/new/", {"password": password})

    assert statuses(at_once(send, 20)) == [302, *[410] * 19]
    assert events("account:password:reset") == 1
    reader.refresh_from_db()
    assert sum(reader.check_password(password) for password in PASSWORDS) == 1


@pytest.mark.usefixtures("many_tries")
def test_of_twenty_who_use_one_code_one_sets_the_password(reader, lso):
    code = passwords.start_assisted_reset(user=reader, by=lso, origin=SERVICE, now=now())
    waiting = list(PASSWORDS)

    def send():
        form = {"email": reader.email, "code": code, "password": waiting.pop()}
        return PortalClient().post("/reset/code/", form)

    assert statuses(at_once(send, 20)) == [*[200] * 19, 302]
    assert events("account:password:reset") == 1


def test_a_new_link_and_the_use_of_the_last_one_do_not_hinder_each_other(reader):
    """Both lock the person before the secret: neither waits for the other for ever."""
    held = [secrets.make(user=reader, kind=SecretKind.RESET, secret="s", lasts=timedelta(minutes=30), now=now())]
    turns = list(range(20))

    def either():
        if turns.pop() % 2:
            return secrets.make(user=reader, kind=SecretKind.RESET, secret="t", lasts=timedelta(minutes=30), now=now())
        return passwords.reset(secret=held[0], password=PASSWORDS[0], origin=SERVICE, now=now())

    found = at_once(either, 20)

    failed = [one for one in found if isinstance(one, Exception) and not isinstance(one, passwords.NotGood)]
    assert failed == []


def test_of_twenty_codes_read_to_one_person_the_last_one_holds(reader, lso):
    codes = at_once(lambda: passwords.start_assisted_reset(user=reader, by=lso, origin=SERVICE, now=now()), 20)

    digests = [secrets.digest_of(SecretKind.ASSISTED_RESET, secrets.typed(code)) for code in codes]
    held = OneTimeSecret.objects.get(user=reader, used_at__isnull=True)
    assert digests.count(bytes(held.digest)) == 1
    assert len(set(digests)) == 20


def test_of_twenty_acceptances_of_the_terms_one_is_kept_of_each(reader):
    with owning():
        TermsAcceptance.objects.filter(user=reader).delete()
    before = events("terms:document:accepted")
    browsers = [PortalClient() for _ in range(20)]
    for browser in browsers:
        browser.force_login(reader)
    required = TermsDocument.objects.in_force(on=timezone.localdate()).filter(required=True)
    form = {f"accept-{document.slug}": document.sha256 for document in required}

    assert statuses(at_once(lambda: browsers.pop().post("/terms/", form), 20)) == [302] * 20
    assert TermsAcceptance.objects.filter(user=reader).count() == 3
    assert events("terms:document:accepted") == before + 3


def invited(email, market_role, lso):
    """The token of an invitation to BGF."""
    organisation = MarketParticipant.objects.get(short_code="BGF", market_role=market_role).organisation
    invitation = invitations.invite(
        email=email, name="Nora", organisation=organisation, market_role=market_role, portal_roles=[PortalRole.USER],
        by=lso, origin=SERVICE, now=now(),
    )  # fmt: skip
    token = sealing.new_token()
    Invitation.objects.filter(pk=invitation.pk).update(
        held="", digest=sealing.digest(f"invitation:{token}"), expires_at=now() + timedelta(days=7)
    )
    return token


def following(token):
    browser = PortalClient()
    browser.get(f"/invitations/{token}/")
    return browser


@pytest.mark.usefixtures("many_tries")
def test_of_twenty_acceptances_of_one_invitation_one_makes_the_account(lso):
    token = invited("nora@example.com", MarketRole.SHIPPER, lso)
    waiting = list(zip([following(token) for _ in PASSWORDS], PASSWORDS, strict=True))

    def send():
        browser, password = waiting.pop()
        return browser.post("/invitations/", {"name": "Nora", "telephone": "", "password": password})

    assert statuses(at_once(send, 20)) == [302, *[410] * 19]
    assert User.objects.filter(email="nora@example.com").count() == 1
    assert Membership.objects.filter(user__email="nora@example.com").count() == 1
    assert events("organisation:invitation:accepted") == 1


def test_two_invitations_of_one_new_address_make_one_account(lso):
    tokens = [invited("nora@example.com", role, lso) for role in (MarketRole.SHIPPER, MarketRole.SUPPLIER)]
    waiting = [following(token) for token in tokens]

    def send():
        form = {"name": "Nora", "telephone": "", "password": PASSWORDS[0]}
        return waiting.pop().post("/invitations/", form)

    # Who comes a moment later is shown that there is an account by now, or led to that page.
    assert statuses(at_once(send, 2)) in ([200, 302], [302, 302])
    assert User.objects.filter(email="nora@example.com").count() == 1
    # The later one is led back to sign in and accept then.
    assert Membership.objects.filter(user__email="nora@example.com").count() == 1


def test_of_two_who_remove_both_factors_at_once_one_is_told_that_it_is_the_last(shipper):
    AuthenticatorApp.objects.create(
        user=shipper, name="Other", sealed_key=sealing.sealed(factors.new_seed()), created_at=now()
    )
    waiting = list(AuthenticatorApp.objects.filter(user=shipper))

    found = at_once(
        lambda: factors.remove(
            factor=waiting.pop(), compulsory=True, keep_sign_in=0, origin=SERVICE, now=now()
        ),
        2,
    )  # fmt: skip

    assert [type(one) for one in found if one is not None] == [factors.LastFactor]
    assert AuthenticatorApp.objects.filter(user=shipper).count() == 1
