"""Invitations: made, held for the operator where they must be, and accepted once."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import limits, sealing
from accounts.events import record
from accounts.mail import post
from accounts.models import Event, Held, Invitation, MarketParticipant, Membership, Organisation, User
from accounts.operations import memberships
from accounts.operations.sign_in import account_of, user_with
from accounts.origin import Origin
from accounts.permissions import OPERATOR_ROLES, MarketRole, PortalRole


class AlreadyInvited(Exception):
    """There is an open invitation of this address to this organisation in this market role."""


class AlreadyActs(Exception):
    """The person acts for this organisation in this market role already."""


class NotHeldByOrganisation(Exception):
    """The organisation does not have the market role today."""


class Unfit(Exception):
    """These portal roles are not for people of this market role."""


class NotOpen(Exception):
    """The invitation was accepted, withdrawn or is past its time."""


class TooSoon(Exception):
    """The invitation was sent again within this minute."""


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
    `AlreadyActs`, `NotHeldByOrganisation` and `Unfit`. Who may invite whom is for the caller to know.
    """
    if any((role in OPERATOR_ROLES) != (market_role == MarketRole.OPERATOR) for role in portal_roles):
        raise Unfit
    email = email.strip().lower()
    check_invitable(email=email, organisation=organisation, market_role=market_role, on=timezone.localdate(now))
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


def check_invitable(*, email: str, organisation: Organisation, market_role: MarketRole, on: date) -> None:
    """Raises `NotHeldByOrganisation` and `AlreadyActs` where an invitation would be for nothing."""
    held_role = MarketParticipant.objects.in_force(on=on).filter(organisation=organisation, market_role=market_role)
    if not held_role.exists():
        raise NotHeldByOrganisation
    acting = Membership.objects.not_over(on=on).annotate(of=Lower("user__email"))
    if acting.filter(of=account_of(email), organisation=organisation, market_role=market_role).exists():
        raise AlreadyActs


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
def send_again(*, invitation: Invitation, by_id: UUID, origin: Origin, now: datetime) -> None:
    """Mail a fresh link, for its full time, once a minute at most. Raises `NotOpen` and `TooSoon`."""
    waiting = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if waiting.accepted_at or waiting.withdrawn_at or waiting.held:
        raise NotOpen
    if not limits.INVITATION_AGAIN.take(waiting.pk, now=now):
        raise TooSoon
    note(Event.INVITED, waiting, by_id=by_id, origin=origin)
    send(waiting)


@transaction.atomic
def withdraw(
    *, invitation: Invitation, by_id: UUID | None, origin: Origin, now: datetime, refused: bool = False
) -> bool:
    """Take an invitation back, so that its link is good no more; False where it was accepted or taken back already.

    `refused` is the operator's no to a held one.
    """
    waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True)
    withdrawn = bool(waiting.update(withdrawn_at=now, digest=None))
    if withdrawn:
        event = Event.INVITATION_REFUSED if refused else Event.INVITATION_WITHDRAWN
        note(event, invitation, by_id=by_id, origin=origin)
    return withdrawn


def of_token(token: str) -> Invitation | None:
    """The invitation of the link last sent, open or past its time; one accepted or withdrawn has no link."""
    found = Invitation.objects.select_related("organisation", "invited_by", "restores")
    return found.filter(digest=sealing.digest(f"invitation:{token}")).first()


def by_token(token: str, *, now: datetime) -> Invitation | None:
    """The open invitation of a link."""
    found = of_token(token)
    return found if found and found.is_open(now=now) else None


@transaction.atomic
def accept(
    *,
    invitation: Invitation,
    signed_in: User | None,
    password: str | None,
    origin: Origin,
    now: datetime,
    name: str = "",
    telephone: str = "",
) -> Membership:
    """Accept an invitation, once: for the account that has the address, which must be signed in, or as a new one.

    A new or restored account gets the password, and the name and telephone number where they are given. Raises
    `NotOpen` and `OtherPerson`.
    """
    open_one = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organisation", "restores")
        .get(pk=invitation.pk)
    )
    if not open_one.is_open(now=now):
        raise NotOpen
    open_one.name, open_one.telephone = name or open_one.name, telephone or open_one.telephone
    user = user_with(open_one.email)
    if user:
        if signed_in is None or signed_in.pk != user.pk:
            raise OtherPerson
    elif password:
        user = identity_of(open_one, password=password, origin=origin, now=now)
    else:
        raise OtherPerson  # the account was deleted since its person was asked to accept
    Invitation.objects.filter(pk=open_one.pk).update(accepted_at=now, digest=None)
    note(Event.INVITATION_ACCEPTED, open_one, by_id=user.pk, origin=origin)
    return memberships.add(
        user=user,
        organisation=open_one.organisation,
        market_role=MarketRole(open_one.market_role),
        portal_roles=[PortalRole(name) for name in open_one.portal_roles],
        starts_on=max(open_one.starts_on or timezone.localdate(now), timezone.localdate(now)),
        ends_on=open_one.ends_on,
        by_id=open_one.invited_by_id,
        origin=origin,
    )


def identity_of(invitation: Invitation, *, password: str, origin: Origin, now: datetime) -> User:
    """The account that an invitation makes, or brings back with its history.

    Of two invitations of one address accepted at once, the later finds the account of the other: `OtherPerson`.
    """
    if invitation.restores_id:
        user = User.with_deleted.select_for_update().get(pk=invitation.restores_id)
        if user.deleted_at is None:
            raise OtherPerson
        user.deleted_at, user.is_active, user.switched_off_because = None, True, ""
        user.name, user.telephone = invitation.name, invitation.telephone or user.telephone
        user.set_password(password)
        user.password_set_at = now
        event, by_id = Event.ACCOUNT_RESTORED, invitation.consented_by_id
    else:
        user = User(email=invitation.email, name=invitation.name, telephone=invitation.telephone, password_set_at=now)
        user.set_password(password)
        event, by_id = Event.ACCOUNT_MADE, invitation.invited_by_id
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise OtherPerson from error
    record(event, origin=origin, person=user, by_id=by_id)
    return user
