"""Accounts: their address, switched off and on, unlocked, deleted, and invited again."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import limits
from accounts.models import (
    Event,
    Held,
    Invitation,
    Mail,
    Membership,
    OneTimeSecret,
    Organisation,
    SecretKind,
    SecurityEvent,
    SignIn,
    User,
)
from accounts.operations import factors, identities, invitations, secrets, sessions
from accounts.operations.memberships import LastKeeper
from accounts.origin import SERVICE
from accounts.permissions import MarketRole, PortalRole
from tests.conftest import accept_terms, at_once

NOW = timezone.now()


def events(kind, user=None):
    found = SecurityEvent.objects.filter(event=kind)
    return found.filter(person_id=user.pk) if user else found


def sign_in(user):
    return sessions.begin(user=user, device_token="browser", origin=SERVICE, now=NOW)[0]


def change_email(user, email, by):
    identities.change_email(user=user, email=email, by=by, origin=SERVICE, now=NOW)


def delete(user, by):
    identities.delete(user=user, by=by, because="Left.", origin=SERVICE, now=NOW)


def switch_off(user, by, *, even_last=False):
    identities.switch_off(user=user, by=by, because="Phished.", even_last=even_last, origin=SERVICE, now=NOW)


def invite(email, organisation, by):
    return invitations.invite(
        email=email, name="Nia", organisation=organisation, market_role=MarketRole.SHIPPER,
        portal_roles=[PortalRole.USER], by=by, origin=SERVICE, now=NOW,
    )  # fmt: skip


def organisation_of(user):
    return user.memberships.get().organisation


# -- the address


def test_a_changed_address_is_told_to_both_and_ends_what_the_old_mailbox_holds(reader, support, lso):
    held = sign_in(reader)
    secrets.make(user=reader, kind=SecretKind.RESET, secret="link", lasts=timedelta(minutes=30), now=NOW)
    invited = invite("reader@example.com", organisation_of_other(), lso)

    change_email(reader, " New.Reader@Example.COM ", support)

    reader.refresh_from_db()
    assert reader.email == "new.reader@example.com"
    assert SignIn.objects.get(pk=held.pk).ended_at == NOW
    assert not OneTimeSecret.objects.filter(user=reader, used_at=None).exists()
    assert Invitation.objects.get(pk=invited.pk).withdrawn_at == NOW
    told = Mail.objects.filter(template="email_changed")
    assert sorted(mail.to for mail in told) == ["new.reader@example.com", "reader@example.com"]
    [event] = events(Event.EMAIL_CHANGED, reader)
    assert event.detail == "reader@example.com to new.reader@example.com"
    assert event.by_id == support.pk


def organisation_of_other():
    return Organisation.objects.get(participants__short_code="OCT", participants__market_role="shipper")


def test_an_address_that_another_account_has_is_refused_and_nothing_changes(reader, lso, support):
    held = sign_in(reader)

    with pytest.raises(identities.AddressInUse):
        change_email(reader, "LSO@example.com", support)

    assert User.objects.get(pk=reader.pk).email == "reader@example.com"
    assert SignIn.objects.get(pk=held.pk).ended_at is None
    assert not Mail.objects.filter(template="email_changed").exists()


def test_the_address_of_a_deleted_account_is_free(reader, lso, support, administrator):
    delete(reader, administrator)

    change_email(lso, "reader@example.com", support)

    assert User.objects.get(email="reader@example.com") == lso


def test_the_same_address_again_changes_nothing(reader, support):
    change_email(reader, "READER@example.com", support)

    assert not events(Event.EMAIL_CHANGED).exists()


@pytest.mark.usefixtures("committed")
def test_of_two_who_are_given_one_address_at_once_one_gets_it(person, support):
    people = [person(f"twin-{number}", "BGF", "shipper") for number in range(6)]
    waiting = list(people)

    def change():
        change_email(waiting.pop(), "wanted@example.com", support)

    refused = [raised for raised in at_once(change, 6) if isinstance(raised, identities.AddressInUse)]

    assert len(refused) == 5
    assert User.objects.filter(email="wanted@example.com").count() == 1
    assert events(Event.EMAIL_CHANGED).count() == 1


@pytest.mark.parametrize("act", [switch_off, delete, lambda user, by: change_email(user, "x@example.com", by)])
def test_nobody_acts_on_their_own_account(administrator, act):
    with pytest.raises(identities.OwnAccount):
        act(administrator, administrator)

    assert User.objects.get(pk=administrator.pk).email == "administrator@example.com"


# -- locks and sessions


def test_a_lock_is_lifted_under_every_limit_of_the_account(reader, support):
    for _ in range(30):
        limits.SIGN_IN_BY_ACCOUNT.take(reader.email, now=NOW)
        limits.FACTOR_DAY.take(reader.pk, now=NOW)
    assert identities.paused_until(reader, now=NOW)

    lifted = identities.unlock(user=reader, by=support, because="Called.", origin=SERVICE, now=NOW)

    assert lifted
    assert identities.paused_until(reader, now=NOW) is None
    assert [event.by_id for event in events(Event.UNLOCKED, reader)] == [support.pk]


def test_a_lock_that_is_none_is_no_event(reader, support):
    assert not identities.unlock(user=reader, by=support, because="", origin=SERVICE, now=NOW)
    assert not events(Event.UNLOCKED).exists()


def test_sessions_are_ended_and_counted(reader, security):
    sign_in(reader)
    sign_in(reader)

    ended = identities.end_sessions(user=reader, by=security, because="Stolen.", origin=SERVICE, now=NOW)

    assert ended == 2
    assert not SignIn.objects.filter(user=reader, ended_at=None).exists()


# -- off and on


def test_switched_off_a_person_has_no_session_and_no_link_and_keeps_everything_else(shipper, security):
    held = sign_in(shipper)
    secrets.make(user=shipper, kind=SecretKind.RESET, secret="link", lasts=timedelta(minutes=30), now=NOW)

    switch_off(shipper, security)

    shipper.refresh_from_db()
    assert not shipper.is_active
    assert shipper.switched_off_because == "Phished."
    assert SignIn.objects.get(pk=held.pk).ended_at == NOW
    assert not OneTimeSecret.objects.filter(user=shipper, used_at=None).exists()
    assert len(factors.factors_of(shipper)) == 1
    assert Membership.objects.get(user=shipper).ended_on is None

    identities.switch_on(user=shipper, by=security, because="Clean.", origin=SERVICE, now=NOW)

    shipper.refresh_from_db()
    assert shipper.is_active
    assert shipper.switched_off_because == ""
    assert events(Event.ACCOUNT_SWITCHED_ON, shipper).count() == 1


def test_switched_off_twice_is_one_event(shipper, security):
    switch_off(shipper, security)
    switch_off(shipper, security)

    assert events(Event.ACCOUNT_SWITCHED_OFF).count() == 1


def test_the_last_lso_is_switched_off_only_where_the_account_is_in_wrong_hands(lso, security):
    with pytest.raises(LastKeeper):
        switch_off(lso, security)
    assert User.objects.get(pk=lso.pk).is_active

    switch_off(lso, security, even_last=True)

    assert not User.objects.get(pk=lso.pk).is_active


def test_a_group_lso_who_is_the_last_of_another_organisation_stays(group_lso, lso, security):
    """BGF has an LSO of its own; OCT has only that of the group."""
    Membership.objects.create(
        user=User.objects.create_user(email="p@example.com", name="P"), organisation=organisation_of_other(),
        market_role="shipper", portal_roles=["user"], started_on=timezone.localdate(NOW) - timedelta(days=9),
    )  # fmt: skip

    with pytest.raises(LastKeeper):
        switch_off(group_lso, security)


# -- deleted


def test_deleted_an_account_frees_its_address_and_keeps_its_history(shipper, administrator):
    held = sign_in(shipper)

    delete(shipper, administrator)

    gone = User.with_deleted.get(pk=shipper.pk)
    assert gone.deleted_at == NOW
    assert not gone.is_active
    assert not gone.has_usable_password()
    assert factors.factors_of(gone) == []
    assert Membership.objects.get(user=gone).ended_on == timezone.localdate(NOW)
    assert SignIn.objects.get(pk=held.pk).ended_at == NOW
    assert events(Event.ACCOUNT_DELETED, gone).count() == 1
    assert events(Event.SIGN_IN, gone).count() == 1
    assert User.objects.create_user(email=shipper.email, name="Another").pk != gone.pk


def test_the_last_lso_is_not_deleted(lso, administrator):
    with pytest.raises(LastKeeper):
        delete(lso, administrator)

    assert User.objects.filter(pk=lso.pk).exists()
    assert Membership.objects.get(user=lso).ended_on is None


@pytest.mark.usefixtures("committed")
def test_of_two_lsos_who_are_deleted_at_once_one_stays(lso, second_lso, administrator):
    waiting = [lso, second_lso]

    raised = at_once(lambda: delete(waiting.pop(), administrator), 2)

    assert sum(isinstance(one, LastKeeper) for one in raised) == 1
    assert User.objects.filter(pk__in=[lso.pk, second_lso.pk]).count() == 1


def test_deleted_twice_is_refused(reader, administrator):
    delete(reader, administrator)

    with pytest.raises(identities.Deleted):
        delete(reader, administrator)


# -- invited again


@pytest.fixture
def held(reader, lso, administrator):
    """An invitation of the address of a deleted account."""
    accept_terms(reader)
    organisation_of(lso).domains.create(domain="example.com")
    delete(reader, administrator)
    invitation = invite("reader@example.com", organisation_of(lso), lso)
    assert invitation.held == Held.IDENTITY
    return invitation


def allow(invitation, by, restores=None):
    identities.allow(invitation=invitation, restores=restores, by=by, origin=SERVICE, now=NOW)


def test_who_invited_hears_that_it_is_allowed(held, reader, lso, administrator):
    allow(held, administrator, restores=User.with_deleted.get(pk=reader.pk))

    held.refresh_from_db()
    assert (held.held, held.restores_id, held.consented_by) == (Held.NO, reader.pk, administrator)
    [told] = Mail.objects.filter(template="invitation_decided")
    assert told.to == lso.email
    assert told.about["allowed"]
    assert Mail.objects.filter(template="invitation", to="reader@example.com").count() == 1


def test_who_invited_hears_why_it_is_refused(held, lso, administrator):
    identities.refuse(invitation=held, because="Not known.", by=administrator, origin=SERVICE, now=NOW)

    held.refresh_from_db()
    assert held.withdrawn_at == NOW
    [told] = Mail.objects.filter(template="invitation_decided")
    assert (told.to, told.about["because"]) == (lso.email, "Not known.")
    assert events(Event.INVITATION_REFUSED).count() == 1


def test_a_decision_is_made_once(held, administrator):
    allow(held, administrator)

    with pytest.raises(invitations.NotOpen):
        identities.refuse(invitation=held, because="No.", by=administrator, origin=SERVICE, now=NOW)

    assert Invitation.objects.get(pk=held.pk).withdrawn_at is None


def test_the_account_of_somebody_else_does_not_come_back(held, person, administrator):
    other = person("somebody", "BGF", "shipper")
    delete(other, administrator)

    with pytest.raises(ValidationError):
        allow(held, administrator, restores=User.with_deleted.get(pk=other.pk))

    assert Invitation.objects.get(pk=held.pk).held == Held.IDENTITY


def test_nobody_consents_to_their_own_invitation(administrator, lso):
    invitation = invite("x@outside.example", organisation_of(lso), administrator)

    with pytest.raises(identities.OwnInvitation):
        allow(invitation, administrator)
    with pytest.raises(identities.OwnInvitation):
        identities.refuse(invitation=invitation, because="No.", by=administrator, origin=SERVICE, now=NOW)


@pytest.mark.usefixtures("committed")
def test_of_many_decisions_at_once_one_counts(lso, administrator):
    invitation = invite("x@outside.example", organisation_of(lso), lso)

    raised = at_once(lambda: allow(invitation, administrator), 10)

    assert sum(isinstance(one, invitations.NotOpen) for one in raised) == 9
    assert events(Event.INVITATION_CONSENTED).count() == 1
    assert Mail.objects.filter(template="invitation").count() == 1
