"""Invitations: made, held for the operator where they must be, and accepted once."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import sealing
from accounts.events import record
from accounts.mail import post
from accounts.models import Event, Held, Invitation, MarketParticipant, Membership, Organisation, User
from accounts.operations import memberships
from accounts.operations.sign_in import account_of, user_with
from accounts.origin import Origin
from accounts.permissions import MarketRole, PortalRole


class AlreadyInvited(Exception):
    """There is an open invitation of this address to this organisation in this market role."""


class AlreadyActs(Exception):
    """The person acts for this organisation in this market role already."""


class NotHeldByOrganisation(Exception):
    """The organisation does not have the market role today."""


class NotOpen(Exception):
    """The invitation was accepted, withdrawn or is past its time."""


class OtherPerson(Exception):
    """Somebody else is signed in than the person who is invited."""


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    organisation: Organisation,
    market_role: MarketRole,
    portal_roles: Collection[PortalRole],
    by: User | None,
    origin: Origin,
    now: datetime,
    telephone: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Invitation:
    """Invite one person to act for an organisation, and mail them the link; or hold it for the operator.

    It is held where the address is outside the organisation's mail domains, or was that of a deleted account: then an
    administrator decides whether the same identity comes back or a new one is made. Raises `AlreadyInvited`,
    `AlreadyActs` and `NotHeldByOrganisation`. Who may invite whom is for the caller to know.
    """
    email, on = email.strip().lower(), timezone.localdate(now)
    held_role = MarketParticipant.objects.in_force(on=on).filter(organisation=organisation, market_role=market_role)
    if not held_role.exists():
        raise NotHeldByOrganisation
    acting = Membership.objects.not_over(on=on).annotate(of=Lower("user__email"))
    if acting.filter(of=email, organisation=organisation, market_role=market_role).exists():
        raise AlreadyActs
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                email=email,
                name=name,
                telephone=telephone,
                organisation=organisation,
                market_role=market_role,
                portal_roles=sorted(role.value for role in portal_roles),
                starts_on=starts_on,
                ends_on=ends_on,
                invited_by=by,
                invited_at=now,
                held=why_held(email, organisation),
            )
    except IntegrityError as error:
        raise AlreadyInvited from error
    event = Event.INVITATION_HELD if invitation.held else Event.INVITED
    note(event, invitation, by_id=by.pk if by else None, origin=origin)
    if not invitation.held:
        send(invitation)
    return invitation


def why_held(email: str, organisation: Organisation) -> Held:
    """Why an invitation of an address waits for the operator, or `Held.NO`."""
    deleted = User.with_deleted.annotate(of=Lower("email")).filter(of=email, deleted_at__isnull=False)
    if deleted.exists() and user_with(email) is None:
        return Held.IDENTITY
    domain = email.rpartition("@")[2]
    return Held.NO if organisation.domains.filter(domain=domain).exists() else Held.DOMAIN


def note(event: Event, invitation: Invitation, *, by_id: UUID | None, origin: Origin) -> None:
    roles = ", ".join(PortalRole(name).label for name in invitation.portal_roles)
    record(
        event, origin=origin, person=user_with(invitation.email), by_id=by_id,
        organisation_id=invitation.organisation_id,
        detail=f"{invitation.email}: {invitation.get_market_role_display()}, {roles}",
    )  # fmt: skip


def send(invitation: Invitation) -> None:
    """Mail the link, which is made when the message is sent; the one before is good no more."""
    post("invitation", to=invitation.email, invitation=invitation.pk)


@transaction.atomic
def consent(*, invitation: Invitation, restores: User | None, by: User, origin: Origin, now: datetime) -> Invitation:
    """Let a held invitation go out: with the deleted account that comes back, or as a new identity where none is named.

    An invitation that is held for its identity and is outside the domains is released by this one decision.
    """
    waiting = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not waiting.held or waiting.withdrawn_at:
        raise NotOpen
    if restores and (restores.deleted_at is None or account_of(restores.email) != account_of(waiting.email)):
        raise ValidationError("This account cannot come back under this address.")
    waiting.held, waiting.consented_by, waiting.restores = Held.NO, by, restores
    waiting.save(update_fields=["held", "consented_by", "restores"])
    note(Event.INVITATION_CONSENTED, waiting, by_id=by.pk, origin=origin)
    send(waiting)
    return waiting


@transaction.atomic
def withdraw(
    *, invitation: Invitation, by_id: UUID | None, origin: Origin, now: datetime, refused: bool = False
) -> None:
    """Take an invitation back; its link is good no more. `refused` is the operator's no to a held one."""
    if Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True).update(
        withdrawn_at=now, digest=None
    ):
        event = Event.INVITATION_REFUSED if refused else Event.INVITATION_WITHDRAWN
        note(event, invitation, by_id=by_id, origin=origin)


def by_token(token: str, *, now: datetime) -> Invitation | None:
    """The open invitation of a link."""
    found = Invitation.objects.select_related("organisation", "restores").filter(
        digest=sealing.digest(f"invitation:{token}")
    ).first()  # fmt: skip
    return found if found and found.is_open(now=now) else None


@transaction.atomic
def accept(
    *, invitation: Invitation, signed_in: User | None, password: str | None, origin: Origin, now: datetime
) -> Membership:
    """Accept an invitation, once: for the account that has the address, which must be signed in, or as a new one.

    A new or restored account gets the password. Raises `NotOpen` and `OtherPerson`.
    """
    open_one = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organisation", "restores")
        .get(pk=invitation.pk)
    )
    if not open_one.is_open(now=now):
        raise NotOpen
    user = user_with(open_one.email)
    if user:
        if signed_in is None or signed_in.pk != user.pk:
            raise OtherPerson
    else:
        user = identity_of(open_one, password=password or "", origin=origin, now=now)
    Invitation.objects.filter(pk=open_one.pk).update(accepted_at=now, digest=None)
    note(Event.INVITATION_ACCEPTED, open_one, by_id=user.pk, origin=origin)
    return memberships.add(
        user=user,
        organisation=open_one.organisation,
        market_role=MarketRole(open_one.market_role),
        portal_roles=[PortalRole(name) for name in open_one.portal_roles],
        starts_on=open_one.starts_on or timezone.localdate(now),
        ends_on=open_one.ends_on,
        by_id=open_one.invited_by_id,
        origin=origin,
    )


def identity_of(invitation: Invitation, *, password: str, origin: Origin, now: datetime) -> User:
    """The account that an invitation makes, or brings back with its history."""
    if invitation.restores:
        user = invitation.restores
        user.deleted_at, user.is_active, user.switched_off_because = None, True, ""
        user.set_password(password)
        user.password_set_at = now
        user.save()
        record(Event.ACCOUNT_RESTORED, origin=origin, person=user, by_id=invitation.consented_by_id)
        return user
    user = User.objects.create_user(
        email=invitation.email, password=password, name=invitation.name, telephone=invitation.telephone
    )
    record(Event.ACCOUNT_MADE, origin=origin, person=user, by_id=invitation.invited_by_id)
    return user
