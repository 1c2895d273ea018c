"""The yearly round in which an LSO confirms or removes each of an organisation's people.

A round asks about every membership that held when it was opened and has not been confirmed since; it is done when none
is left. Each decision stands by itself, so that what was decided is kept whenever the LSO goes on.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.access import Actor
from accounts.events import record
from accounts.mail import post
from accounts.models import Certification, Event, Membership, Organisation, SecurityEvent, User
from accounts.models.membership import MembershipQuerySet
from accounts.operations import memberships
from accounts.operations.memberships import NotOnOneself, check_reach, keepers_of
from accounts.origin import SERVICE, Origin

REMIND_BEFORE = timedelta(days=7)
MOST_TOLD = 50  # LSOs of one organisation
OWN = "Another Local Security Officer of {organisation} decides about you."
NOT_REMOVED_ALONE = "You are the only one who looks after these people, so you cannot remove yourself."


def undecided(round_: Certification, *, now: datetime) -> MembershipQuerySet:
    """The memberships that a round still asks about."""
    held = Membership.objects.not_over(on=timezone.localdate(now)).filter(organisation=round_.organisation_id)
    held = held.filter(started_on__lt=timezone.localdate(round_.opened_at))
    return held.filter(Q(certified_at__isnull=True) | Q(certified_at__lt=round_.opened_at))


def open_round(organisation: Organisation, *, by_id: UUID | None, origin: Origin, now: datetime) -> Certification:
    """Open a round and tell the LSOs; the open one where there is one."""
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        if held := Certification.objects.filter(organisation=organisation, done_at__isnull=True).first():
            return held
        due_on = timezone.localdate(now) + timedelta(days=settings.CERTIFICATION_DUE_DAYS)
        opened = Certification.objects.create(organisation=organisation, opened_at=now, due_on=due_on)
        record(
            Event.CERTIFICATION_OPENED, origin=origin, by_id=by_id, organisation_id=organisation.pk,
            detail=f"{organisation.name}: due on {due_on:%-d %B %Y}",
        )  # fmt: skip
        tell(opened, reminder=False, now=now)
    return opened


def tell(round_: Certification, *, reminder: bool, now: datetime) -> None:
    """Mail whoever looks after the organisation's people."""
    keepers = keepers_of(round_.organisation, on=timezone.localdate(now)).select_related("user").order_by("pk")
    for user in {membership.user for membership in keepers[:MOST_TOLD]}:
        post(
            "certification", to=user.email, name=user.name, organisation=round_.organisation.name, reminder=reminder,
            due_on=f"{round_.due_on:%-d %B %Y}",
        )  # fmt: skip


@transaction.atomic
def decide(
    *, round_: Certification, membership: Membership, confirm: bool, by: Actor, origin: Origin, now: datetime
) -> None:
    """Confirm a membership, or end it today. What was decided already stays.

    Raises `NotOnOneself`, `NotGrantable` and `LastKeeper`.
    """
    check_may_decide(membership, confirm=confirm, by=by, now=now)
    on = timezone.localdate(now)
    with memberships.keeper_stays([membership.organisation], on=on):
        asked = undecided(round_, now=now).filter(pk=membership.pk)
        if confirm:
            if not asked.update(certified_at=now):
                return
            record(
                Event.MEMBERSHIP_CERTIFIED, origin=origin, person=membership.user, by_id=by.person_id,
                organisation_id=membership.organisation_id, detail=memberships.described(membership),
            )  # fmt: skip
        else:
            if not asked.exists():
                return
            because = "removed in the yearly confirmation"
            memberships.end(membership=membership, on=on, by_id=by.person_id, because=because, origin=origin, now=now)
        counted = "confirmed" if confirm else "removed"
        Certification.objects.filter(pk=round_.pk).update(**{counted: Coalesce(F(counted), 0) + 1})


def check_may_decide(membership: Membership, *, confirm: bool, by: Actor, now: datetime) -> None:
    """One's own membership is for another LSO; only who has none confirms themselves.

    To confirm gives nothing, so an LSO does it for roles beyond theirs too: else who alone holds them could be
    confirmed by nobody. To remove is within one's reach only.
    """
    if by.person_id != membership.user_id:
        if not confirm:
            check_reach(by, membership)
        return
    others = keepers_of(membership.organisation, on=timezone.localdate(now)).exclude(user=by.person_id)
    if others.exists():
        raise NotOnOneself(OWN.format(organisation=membership.organisation.name))
    if not confirm:
        raise NotOnOneself(NOT_REMOVED_ALONE)


@transaction.atomic
def finish(*, round_: Certification, by: User | None, origin: Origin, now: datetime) -> bool:
    """Close a round that has nothing left to ask, once; whether it is closed now."""
    held = Certification.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=round_.pk)
    if held.done_at or undecided(held, now=now).exists():
        return held.done_at is not None
    held.done_at, held.done_by = now, by
    held.confirmed, held.removed = held.confirmed or 0, held.removed or 0
    held.save()
    record(
        Event.CERTIFICATION_DONE, origin=origin, by_id=by.pk if by else None, organisation_id=held.organisation_id,
        detail=f"{held.organisation.name}: {held.confirmed} confirmed, {held.removed} removed",
    )  # fmt: skip
    return True


# -- what the service does by itself; every step may run twice, also at once


def see_to_rounds(*, now: datetime) -> None:
    """Open the rounds that are due, close those with nothing left to ask, remind, and tell of the overdue."""
    for organisation in due_for_a_round(now=now):
        open_round(organisation, by_id=None, origin=SERVICE, now=now)
    for round_ in Certification.objects.filter(done_at__isnull=True).select_related("organisation"):
        if not finish(round_=round_, by=None, origin=SERVICE, now=now):
            remind(round_, now=now)
            tell_operator(round_, now=now)


def due_for_a_round(*, now: datetime) -> list[Organisation]:
    """Organisations with people, whose last round, or first membership, is a year ago."""
    on = timezone.localdate(now)
    year = timedelta(days=settings.CERTIFICATION_DAYS)
    recent = Certification.objects.filter(Q(done_at__isnull=True) | Q(opened_at__gt=now - year))
    current = Membership.objects.not_over(on=on)
    first = Membership.objects.values("organisation").annotate(first=Min("started_on")).filter(first__lte=on - year)
    due = Organisation.objects.filter(pk__in=current.values("organisation")).exclude(
        pk__in=recent.values("organisation")
    )
    return list(due.filter(pk__in=first.values("organisation")).order_by("pk"))


def remind(round_: Certification, *, now: datetime) -> None:
    """Remind the LSOs once, a week before a round is due."""
    if timezone.localdate(now) < round_.due_on - REMIND_BEFORE:
        return
    with transaction.atomic():
        if Certification.objects.filter(pk=round_.pk, reminded_at__isnull=True).update(reminded_at=now):
            tell(round_, reminder=True, now=now)


def tell_operator(round_: Certification, *, now: datetime) -> None:
    """Write down, once, that a round is overdue: the operator reads the events."""
    if timezone.localdate(now) <= round_.due_on:
        return
    with transaction.atomic():
        Certification.objects.select_for_update().get(pk=round_.pk)
        told = SecurityEvent.objects.filter(
            event=Event.CERTIFICATION_OVERDUE, organisation_id=round_.organisation_id, at__gte=round_.opened_at
        )
        if not told.exists():
            left = undecided(round_, now=now).count()
            record(
                Event.CERTIFICATION_OVERDUE, origin=SERVICE, organisation_id=round_.organisation_id,
                detail=f"{round_.organisation.name}: {left} still to confirm or remove",
            )  # fmt: skip
