"""Accounts as such, whatever they act for: their address, switched off and on, unlocked, deleted, and brought back."""

from contextlib import ExitStack
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import limits
from accounts.events import record
from accounts.mail import post
from accounts.models import Event, Held, Invitation, Membership, OneTimeSecret, Organisation, User
from accounts.operations import factors, invitations, memberships, sessions
from accounts.operations.sign_in import account_of
from accounts.origin import Origin
from accounts.permissions import PortalRole


class AddressInUse(Exception):
    """Another account has this address."""


class OwnAccount(Exception):
    """Nobody does this to their own account."""


class Deleted(Exception):
    """The account was deleted meanwhile."""


def locked(user: User, *, by: User) -> User:
    """The row of an account that is to be changed, locked. Raises `OwnAccount` and `Deleted`."""
    if user.pk == by.pk:
        raise OwnAccount
    held = User.objects.select_for_update().filter(pk=user.pk).first()
    if held is None:
        raise Deleted
    return held


def end_secrets(user: User, *, now: datetime) -> None:
    """Links and codes that are still good are good no more."""
    OneTimeSecret.objects.filter(user=user, used_at__isnull=True).update(used_at=now)


@transaction.atomic
def change_email(*, user: User, email: str, by: User, origin: Origin, now: datetime) -> None:
    """Give an account another address. Raises `AddressInUse`, `OwnAccount` and `Deleted`.

    Whoever reads the old mailbox shall get nothing by it: sessions end, links and codes sent there are good no more,
    and invitations to the old address are taken back. Both addresses are told.
    """
    held = locked(user, by=by)
    old, new = held.email, email.strip().lower()
    if old == new:
        return
    held.email = new
    try:
        with transaction.atomic():
            held.save(update_fields=["email"])
    except IntegrityError as error:
        raise AddressInUse from error
    end_secrets(held, now=now)
    waiting = Invitation.objects.filter(email=account_of(old), accepted_at__isnull=True, withdrawn_at__isnull=True)
    for invitation in waiting.select_related("organisation"):
        invitations.withdraw(invitation=invitation, by_id=by.pk, origin=origin, now=now)
    record(Event.EMAIL_CHANGED, origin=origin, person=held, by_id=by.pk, detail=f"{old} to {new}")
    sessions.end(user=held, by_id=by.pk, because="the e-mail address was changed", origin=origin, now=now)
    for address in (old, new):
        post("email_changed", to=address, name=held.name, old=old, new=new, by=by.name)
    user.email = new


def paused_until(user: User, *, now: datetime) -> datetime | None:
    """Until when an account is locked after too many tries; None where it is not."""
    return max(limits.paused_until(account_of(user.email), user.pk, now=now).values(), default=None)


@transaction.atomic
def unlock(*, user: User, by: User, because: str, origin: Origin, now: datetime) -> bool:
    """Lift the pause after too many tries; False where there is none to lift, or it was lifted too often today.

    The day's tries of the second factor stay counted. Raises `OwnAccount` and `Deleted`.
    """
    held = locked(user, by=by)
    if not paused_until(held, now=now) or not limits.UNLOCK.take(f"unlock {held.pk}", now=now):
        return False
    if not limits.clear(account_of(held.email), held.pk, names=limits.LIFTED):
        return False
    record(Event.UNLOCKED, origin=origin, person=held, by_id=by.pk, detail=because)
    return True


@transaction.atomic
def end_sessions(*, user: User, by: User, because: str, origin: Origin, now: datetime) -> int:
    """End every session of an account, and say how many there were. Raises `OwnAccount` and `Deleted`."""
    return sessions.end(user=locked(user, by=by), by_id=by.pk, because=because, origin=origin, now=now)


def organisations_kept(user: User, *, now: datetime) -> list[Organisation]:
    """The organisations that a person acts for or, as a group LSO, looks after."""
    held = Membership.objects.not_over(on=timezone.localdate(now)).filter(user=user)
    reach = Q(pk__in=held.values("organisation"))
    in_groups = held.filter(portal_roles__contains=[PortalRole.GROUP_LSO.value], organisation__group__isnull=False)
    reach |= Q(group__in=in_groups.values("organisation__group"))
    return list(Organisation.objects.filter(reach))


def switch_off(*, user: User, by: User, because: str, even_last: bool, origin: Origin, now: datetime) -> None:
    """Let a person in no more, until they are switched on again; their memberships and factors stay.

    Raises `LastKeeper` where that leaves an organisation without anybody to look after its people, unless `even_last`:
    an account in wrong hands is switched off whoever's it is. Raises `OwnAccount` and `Deleted`.
    """
    with ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        if not even_last:
            kept = organisations_kept(user, now=now)
            stack.enter_context(memberships.keeper_stays(kept, on=timezone.localdate(now)))
        held = locked(user, by=by)
        if not held.is_active:
            return
        held.is_active, held.switched_off_because = False, because[:200]
        held.save(update_fields=["is_active", "switched_off_because"])
        end_secrets(held, now=now)
        sessions.end(user=held, by_id=by.pk, because="the account was switched off", origin=origin, now=now)
        record(Event.ACCOUNT_SWITCHED_OFF, origin=origin, person=held, by_id=by.pk, detail=because)


@transaction.atomic
def switch_on(*, user: User, by: User, because: str, origin: Origin, now: datetime) -> None:
    """Let a person in again. Raises `OwnAccount` and `Deleted`."""
    held = locked(user, by=by)
    if held.is_active:
        return
    held.is_active, held.switched_off_because = True, ""
    held.save(update_fields=["is_active", "switched_off_because"])
    record(Event.ACCOUNT_SWITCHED_ON, origin=origin, person=held, by_id=by.pk, detail=because)


def delete(*, user: User, by: User, because: str, origin: Origin, now: datetime) -> None:
    """Close an account for good and free its address; history stays with it.

    Memberships end today, sessions end, factors and secrets are gone. Raises `LastKeeper`, `OwnAccount` and `Deleted`.
    """
    on = timezone.localdate(now)
    with memberships.keeper_stays(organisations_kept(user, now=now), on=on):
        held = locked(user, by=by)
        for membership in Membership.objects.not_over(on=on).filter(user=held).select_related("organisation"):
            memberships.end(
                membership=membership, on=on, by_id=by.pk, because="The account was deleted.", origin=origin, now=now
            )
        for factor in factors.factors_of(held):
            factor.delete()
        end_secrets(held, now=now)
        sessions.end(user=held, by_id=by.pk, because="the account was deleted", origin=origin, now=now)
        limits.clear(account_of(held.email), held.pk)
        held.is_active, held.switched_off_because, held.deleted_at = False, because[:200], now
        held.set_unusable_password()
        held.save(update_fields=["is_active", "switched_off_because", "deleted_at", "password"])
        record(Event.ACCOUNT_DELETED, origin=origin, person=held, by_id=by.pk, detail=because)


# -- invitations that wait for the operator


class OwnInvitation(Exception):
    """Nobody consents to an invitation that they made themselves."""


def waiting_invitation(invitation: Invitation, *, by: User) -> Invitation:
    """A held invitation, locked, that somebody may decide about. Raises `invitations.NotOpen` and `OwnInvitation`."""
    held = Invitation.objects.select_for_update(of=("self",)).select_related("organisation", "invited_by")
    waiting = held.get(pk=invitation.pk)
    if waiting.held == Held.NO or waiting.withdrawn_at or waiting.accepted_at:
        raise invitations.NotOpen
    if waiting.invited_by_id == by.pk:
        raise OwnInvitation
    return waiting


@transaction.atomic
def allow(*, invitation: Invitation, restores: User | None, by: User, origin: Origin, now: datetime) -> None:
    """Let a held invitation go out, and tell who made it. Raises `NotOpen`, `OwnInvitation` and `ValidationError`."""
    waiting = waiting_invitation(invitation, by=by)
    invitations.consent(invitation=waiting, restores=restores, by=by, origin=origin, now=now)
    tell_inviter(waiting, allowed=True, because="")


@transaction.atomic
def refuse(*, invitation: Invitation, because: str, by: User, origin: Origin, now: datetime) -> None:
    """Say no to a held invitation, and tell who made it. Raises `NotOpen` and `OwnInvitation`."""
    waiting = waiting_invitation(invitation, by=by)
    invitations.withdraw(invitation=waiting, by_id=by.pk, origin=origin, now=now, refused=True)
    tell_inviter(waiting, allowed=False, because=because)


def tell_inviter(invitation: Invitation, *, allowed: bool, because: str) -> None:
    inviter = invitation.invited_by
    if inviter and not inviter.deleted_at:
        post(
            "invitation_decided", to=inviter.email, name=inviter.name, invited=invitation.name, email=invitation.email,
            organisation=invitation.organisation.name, allowed=allowed, because=because,
        )  # fmt: skip
