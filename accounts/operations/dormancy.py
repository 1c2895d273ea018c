"""People who have not signed in for long: warned once, then their memberships are disabled with the roles kept.

The clock of a membership begins with its person's last sign-in, or with what came later: the account, the membership,
or its last confirmation, which is also when it was last enabled. Every step may run twice, also at once.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, Exists, F, OuterRef, Q
from django.db.models.functions import Cast, Greatest
from django.utils import timezone

from accounts.events import record
from accounts.mail import post
from accounts.models import Event, Membership, SecurityEvent, User
from accounts.models.membership import MembershipQuerySet
from accounts.operations import memberships
from accounts.operations.memberships import LastKeeper, keeper_stays
from accounts.origin import SERVICE

BATCH = 100
# Memberships with `unused_since`, a value of the query that the type checker does not know.
type Clocked = Any
# Of an account that was switched on again: the operator wants it used.
SWITCHED_ON = (Event.ACCOUNT_SWITCHED_ON, Event.ACCOUNT_RESTORED)


def because() -> str:
    return f"not signed in for {settings.DORMANT_DAYS} days"


def with_clock(held: MembershipQuerySet) -> Clocked:
    """Memberships with the moment from which they count as not used: `unused_since`."""
    return held.annotate(
        unused_since=Greatest(
            "user__last_login", "user__created_at", "certified_at", Cast("started_on", DateTimeField())
        )
    )


def dormant(*, since: datetime, now: datetime) -> Clocked:
    """Memberships that could be acted under now, and have not been since before a moment."""
    switched_on = SecurityEvent.objects.filter(person_id=OuterRef("user_id"), event__in=SWITCHED_ON, at__gte=since)
    held = with_clock(Membership.objects.acting(on=timezone.localdate(now)))
    return held.filter(~Exists(switched_on), unused_since__lt=since)


def see_to_everybody(*, now: datetime) -> None:
    warn(now=now)
    disable(now=now)


def warn(*, now: datetime) -> int:
    """Mail each person who has not signed in for long, once, and say how many; two at once never mail the same."""
    warned = 0
    while done := warn_some(now=now):
        warned += done
    return warned


@transaction.atomic
def warn_some(*, now: datetime) -> int:
    since = now - timedelta(days=settings.DORMANT_WARNING_DAYS)
    unused = dormant(since=since, now=now).filter(user=OuterRef("pk"))
    # Who is past the second date is told by the pause itself.
    unused = unused.filter(unused_since__gte=now - timedelta(days=settings.DORMANT_DAYS))
    # A warning of before the clock began anew counts no more.
    fresh = unused.filter(Q(user__dormancy_warned_at__isnull=True) | Q(user__dormancy_warned_at__lt=F("unused_since")))
    people = list(User.objects.select_for_update(skip_locked=True).filter(Exists(fresh)).order_by("pk")[:BATCH])
    for person in people:
        post(
            "dormant", to=person.email, name=person.name, days=settings.DORMANT_WARNING_DAYS,
            limit=settings.DORMANT_DAYS,
        )  # fmt: skip
        record(Event.DORMANCY_WARNED, origin=SERVICE, person=person)
    User.objects.filter(pk__in=[person.pk for person in people]).update(dormancy_warned_at=now)
    return len(people)


def disable(*, now: datetime) -> int:
    """Disable every membership that nobody used for too long, one by one, and say how many."""
    since, disabled, last = now - timedelta(days=settings.DORMANT_DAYS), 0, 0
    while batch := list(
        dormant(since=since, now=now).filter(pk__gt=last).select_related("user", "organisation").order_by("pk")[:BATCH]
    ):
        for membership in batch:
            disabled += disable_one(membership, since=since, now=now)
        last = batch[-1].pk
    return disabled


def disable_one(membership: Any, *, since: datetime, now: datetime) -> bool:
    """Disable one membership, if its person has not signed in meanwhile and is not the last LSO."""
    still = dormant(since=since, now=now).filter(pk=membership.pk)
    try:
        with keeper_stays([membership.organisation], on=timezone.localdate(now)):
            if not still.exists():
                return False
            memberships.disable(membership=membership, by_id=None, because=because(), origin=SERVICE, now=now)
    except LastKeeper:
        spare(membership, now=now)
        return False
    return True


def spare(membership: Any, *, now: datetime) -> None:
    """Say, once, that a last LSO who does not sign in is kept: to them, and to the operator by the event."""
    with keeper_stays([membership.organisation], on=timezone.localdate(now)):
        told = SecurityEvent.objects.filter(
            event=Event.DORMANCY_SPARED, person_id=membership.user_id, organisation_id=membership.organisation_id,
            at__gte=membership.unused_since,
        )  # fmt: skip
        if told.exists():
            return
        record(
            Event.DORMANCY_SPARED, origin=SERVICE, person=membership.user, organisation_id=membership.organisation_id,
            detail=memberships.described(membership),
        )  # fmt: skip
        post(
            "dormant_last", to=membership.user.email, name=membership.user.name, days=settings.DORMANT_DAYS,
            organisation=membership.organisation.name,
        )  # fmt: skip
