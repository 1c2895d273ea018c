"""Who acts for an organisation: whose people an actor looks after, and every change of a membership.

Each change takes effect with the next request of its person, since the actor is built anew each time. An organisation
that has somebody to look after its people never loses the last one: no removal, pause, end date or change of role may
take them away.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.access import Actor
from accounts.events import record
from accounts.models import Event, Membership, Organisation, SupportSession, User
from accounts.origin import Origin
from accounts.permissions import LSO_ROLES, OPERATOR_ROLES, MarketRole, Permission, PortalRole


class LastKeeper(Exception):
    """The change would leave an organisation without anybody to look after its people; the message is for people."""


class NotGrantable(Exception):
    """The actor may not give or take one of these roles; the message is for people."""


class NotOnOneself(Exception):
    """Nobody gives, pauses, ends or resets what is their own; the message is for people."""


class Overlaps(Exception):
    """The person acts for the organisation in this role again, from another membership; the message is for people."""


LAST = (
    "This would leave nobody to look after the people of {organisation}. Make somebody else a Local Security Officer"
    " first, or ask operator support."
)
LAST_ADMINISTRATOR = (
    "This would leave nobody to look after the people of {organisation}. Make somebody else an administrator first."
)
BEYOND = "{name} holds a role that is beyond yours: {roles}. Ask a Group Local Security Officer, or operator support."
ONESELF = "Nobody does this for themselves. Ask another Local Security Officer, or operator support."


def organisations_managed(actor: Actor, *, now: datetime) -> QuerySet[Organisation]:
    """Whose people an actor looks after.

    An LSO: their own organisation. A group LSO: every organisation of the group. An administrator of the operator: the
    operator's own. Support, within a support session: the organisation that it is for, if that has no LSO of its own.
    """
    if PortalRole.ADMINISTRATOR in actor.portal_roles:
        return Organisation.objects.filter(pk=actor.organisation_id)
    if PortalRole.GROUP_LSO in actor.portal_roles and actor.group_id is not None:
        return Organisation.objects.filter(group=actor.group_id)
    if actor.portal_roles & LSO_ROLES:
        return Organisation.objects.filter(pk=actor.organisation_id)
    if actor.support_session_id is not None:
        helped = SupportSession.objects.filter(pk=actor.support_session_id).values("organisation")
        organisation = Organisation.objects.filter(pk__in=helped).first()
        if organisation and not keepers_of(organisation, on=timezone.localdate(now)).exists():
            return Organisation.objects.filter(pk=organisation.pk)
    return Organisation.objects.none()


def keepers_of(organisation: Organisation, *, on: date) -> QuerySet[Membership]:
    """The memberships whose people look after an organisation now: its own, and group LSOs of its group."""
    reach = Q(organisation=organisation)
    if organisation.group_id is not None:
        group_lso = Q(portal_roles__contains=[PortalRole.GROUP_LSO.value])
        reach |= Q(organisation__group=organisation.group_id) & group_lso
    return Membership.objects.of_keepers(on=on).filter(reach)


def grantable(actor: Actor) -> list[PortalRole]:
    """The portal roles that an actor may give and take: up to their own. LSO roles need a second approval.

    Support, which acts only where nobody else does, reaches them all: the last to hold one may be gone.
    """
    if PortalRole.ADMINISTRATOR in actor.portal_roles:
        return [role for role in PortalRole if role in OPERATOR_ROLES]
    if PortalRole.GROUP_LSO in actor.portal_roles or not actor.portal_roles & LSO_ROLES:
        return [PortalRole.USER, PortalRole.EXPORTER, PortalRole.LSO, PortalRole.GROUP_LSO]
    return [PortalRole.USER, PortalRole.EXPORTER, PortalRole.LSO]


@contextmanager
def keeper_stays(organisations: Collection[Organisation], *, on: date) -> Iterator[None]:
    """Undo a change that takes the last LSO away, now or on an end date. Raises `LastKeeper`.

    The organisations are locked first, so that two who each remove the other do not both succeed; with them those of
    their groups, whose only LSO may be one of the group.
    """
    with transaction.atomic():
        reach = Q(pk__in=[one.pk for one in organisations])
        reach |= Q(group__organisations__in=[one.pk for one in organisations])
        within = Organisation.objects.filter(pk__in=Organisation.objects.filter(reach).values("pk"))
        locked = list(within.select_for_update(no_key=True).order_by("pk"))
        had = [one for one in locked if keepers_of(one, on=on).exists()]
        stayed = [one for one in had if keepers_of(one, on=on).filter(ended_on__isnull=True).exists()]
        yield
        for organisation in had:
            keepers = keepers_of(organisation, on=on)
            lasting = keepers.filter(ended_on__isnull=True)
            if not (lasting if organisation in stayed else keepers).exists():
                ours = organisation.participants.filter(market_role=MarketRole.OPERATOR).exists()
                raise LastKeeper((LAST_ADMINISTRATOR if ours else LAST).format(organisation=organisation.name))


def check_grantable(actor: Actor, roles: Collection[PortalRole]) -> None:
    """Raises `NotGrantable` where an actor may not give or take one of some roles."""
    beyond = [role.label for role in roles if role not in grantable(actor)]
    if beyond:
        raise NotGrantable(f"You may not give or take away: {', '.join(sorted(beyond))}.")


def check_reach(actor: Actor, membership: Membership) -> None:
    """Raises `NotOnOneself`, and `NotGrantable` where the person holds more than the actor may give."""
    if actor.person_id == membership.user_id:
        raise NotOnOneself(ONESELF)
    if beyond := sorted(role.label for role in membership.roles.difference(grantable(actor))):
        raise NotGrantable(BEYOND.format(name=membership.user.name, roles=", ".join(beyond)))


@transaction.atomic
def add(
    *,
    user: User,
    organisation: Organisation,
    market_role: MarketRole,
    portal_roles: Collection[PortalRole],
    starts_on: date,
    ends_on: date | None,
    by_id: UUID | None,
    origin: Origin,
) -> Membership:
    """Let a person act for an organisation. One held already, in the same market role, gets the roles added."""
    held = (
        Membership.objects.select_for_update()
        .filter(user=user, organisation=organisation, market_role=market_role)
        .filter(Q(ended_on__isnull=True) | Q(ended_on__gt=starts_on))
        .first()
    )
    roles = sorted(role.value for role in portal_roles)
    if held:
        held.portal_roles = sorted({*held.portal_roles, *roles})
        # Nothing held already grows shorter: an end date could be that of the last LSO.
        held.ended_on = max(ends_on, held.ended_on) if ends_on and held.ended_on else None
        held.disabled_at, held.disabled_because = None, ""
        held.save()
        event = Event.ROLE_GRANTED
    else:
        held = Membership.objects.create(
            user=user,
            organisation=organisation,
            market_role=market_role,
            portal_roles=roles,
            started_on=starts_on,
            ended_on=ends_on,
        )
        event = Event.MEMBERSHIP_ADDED
    record(event, origin=origin, person=user, by_id=by_id, organisation_id=organisation.pk, detail=described(held))
    return held


def described(membership: Membership) -> str:
    """A membership in words, for events."""
    roles = ", ".join(PortalRole(name).label for name in membership.portal_roles)
    return f"{membership.organisation.name} ({membership.get_market_role_display()}): {roles}"


def change_roles(
    *, membership: Membership, roles: Collection[PortalRole], by: Actor, origin: Origin, now: datetime
) -> None:
    """Give and take portal roles at once. LSO roles are only taken here: giving one needs two (`requests.py`).

    Raises `NotGrantable` and `LastKeeper`.
    """
    on = timezone.localdate(now)
    with keeper_stays([membership.organisation], on=on):
        held = (
            Membership.objects.select_for_update(of=("self",))
            .select_related("user", "organisation")
            .get(pk=membership.pk)
        )
        given, taken = set(roles) - held.roles, held.roles - set(roles)
        check_grantable(by, given | taken)
        if given & LSO_ROLES:
            raise NotGrantable("The role of Local Security Officer needs a second approval.")
        if not (given or taken):
            return
        if by.person_id == held.user_id and given:
            raise NotGrantable("Nobody gives roles to themselves. Ask another Local Security Officer.")
        held.portal_roles = sorted(role.value for role in roles)
        held.save(update_fields=["portal_roles"])
        for event, changed in ((Event.ROLE_GRANTED, given), (Event.ROLE_REMOVED, taken)):
            if changed:
                names = ", ".join(sorted(role.label for role in changed))
                record(
                    event, origin=origin, person=held.user, by_id=by.person_id, organisation_id=held.organisation_id,
                    detail=f"{held.organisation.name} ({held.get_market_role_display()}): {names}",
                )  # fmt: skip


def grant(*, membership: Membership, role: PortalRole, by_id: UUID, origin: Origin) -> None:
    """Give a role that two people have approved, or that the operator gives on the record."""
    with transaction.atomic():
        held = (
            Membership.objects.select_for_update(of=("self",))
            .select_related("user", "organisation")
            .get(pk=membership.pk)
        )
        if role in held.roles:
            return
        held.portal_roles = sorted({*held.portal_roles, role.value})
        held.save(update_fields=["portal_roles"])
        record(
            Event.ROLE_GRANTED, origin=origin, person=held.user, by_id=by_id, organisation_id=held.organisation_id,
            detail=f"{held.organisation.name} ({held.get_market_role_display()}): {role.label}",
        )  # fmt: skip


def end(*, membership: Membership, on: date, by_id: UUID | None, because: str, origin: Origin, now: datetime) -> None:
    """Let a membership end on a day: the first on which it no longer holds. Raises `LastKeeper`.

    One that would end before it began, or on the day it began, is ended on the day after, and paused until then.
    """
    with keeper_stays([membership.organisation], on=timezone.localdate(now)):
        held = (
            Membership.objects.select_for_update(of=("self",))
            .select_related("user", "organisation")
            .get(pk=membership.pk)
        )
        if held.ended_on and held.ended_on <= timezone.localdate(now):
            return  # somebody was faster
        if on <= held.started_on:
            on = date.fromordinal(held.started_on.toordinal() + 1)
            held.disabled_at, held.disabled_because = now, because[:200]
        held.ended_on = on
        held.save()
        record(
            Event.MEMBERSHIP_ENDED, origin=origin, person=held.user, by_id=by_id, organisation_id=held.organisation_id,
            detail=f"{described(held)}. {because}".strip(),
        )  # fmt: skip


def set_end(*, membership: Membership, ends_on: date | None, by_id: UUID, origin: Origin, now: datetime) -> None:
    """Give a membership that is not over another end date, or none. Raises `LastKeeper` and `Overlaps`."""
    with keeper_stays([membership.organisation], on=timezone.localdate(now)):
        held = (
            Membership.objects.select_for_update(of=("self",))
            .select_related("user", "organisation")
            .get(pk=membership.pk)
        )
        if held.ended_on == ends_on or (held.ended_on and held.ended_on <= timezone.localdate(now)):
            return
        if again(held, ends_on=ends_on):
            raise Overlaps(f"{held.user.name} has a later membership in the same role. End that one instead.")
        held.ended_on = ends_on
        held.save(update_fields=["ended_on"])
        until = f"ends on {ends_on:%-d %B %Y}" if ends_on else "has no end date"
        record(
            Event.MEMBERSHIP_DATED, origin=origin, person=held.user, by_id=by_id, organisation_id=held.organisation_id,
            detail=f"{described(held)}: {until}",
        )  # fmt: skip


def again(membership: Membership, *, ends_on: date | None) -> bool:
    """Whether the person has a later membership of the same kind that one until that day would reach."""
    later = Membership.objects.filter(
        user=membership.user_id, organisation=membership.organisation_id, market_role=membership.market_role,
        started_on__gte=membership.started_on,
    ).exclude(pk=membership.pk)  # fmt: skip
    return later.exists() if ends_on is None else later.filter(started_on__lt=ends_on).exists()


def disable(*, membership: Membership, by_id: UUID | None, because: str, origin: Origin, now: datetime) -> None:
    """Pause a membership with its roles kept. Raises `LastKeeper`."""
    with keeper_stays([membership.organisation], on=timezone.localdate(now)):
        paused = Membership.objects.filter(pk=membership.pk, disabled_at__isnull=True)
        if paused.update(disabled_at=now, disabled_because=because[:200]):
            record(
                Event.MEMBERSHIP_DISABLED, origin=origin, person=membership.user, by_id=by_id,
                organisation_id=membership.organisation_id, detail=f"{described(membership)}. {because}".strip(),
            )  # fmt: skip


@transaction.atomic
def enable(*, membership: Membership, by_id: UUID, origin: Origin, now: datetime) -> None:
    """End a pause: the roles are those of before. Who was dormant gets a new start of the clock."""
    paused = Membership.objects.filter(pk=membership.pk, disabled_at__isnull=False)
    if paused.update(disabled_at=None, disabled_because="", certified_at=now):
        record(
            Event.MEMBERSHIP_ENABLED, origin=origin, person=membership.user, by_id=by_id,
            organisation_id=membership.organisation_id, detail=described(membership),
        )  # fmt: skip


def may_manage(actor: Actor, organisation: Organisation, *, now: datetime) -> bool:
    """Whether an actor looks after the people of an organisation."""
    can = actor.may(Permission.PEOPLE) or actor.may(Permission.IDENTITIES) or actor.support_session_id is not None
    return can and organisations_managed(actor, now=now).filter(pk=organisation.pk).exists()
