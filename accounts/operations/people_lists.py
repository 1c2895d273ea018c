"""The people of some organisations as an LSO reads them: found, paged by key, and each with how they stand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, TextChoices
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import limits
from accounts.models import AuthenticatorApp, Invitation, Membership, Passkey, SupportSession
from accounts.operations.dormancy import with_clock
from accounts.operations.sign_in import account_of
from accounts.operations.usage import enquiries_this_month

SHOWN = 50
# Memberships with values of the query that the type checker does not know: `unused_since`, `has_factor`, `called`.
type Held = Any


class State(TextChoices):
    """Which people are wanted."""

    CURRENT = "", "All current"
    ACTIVE = "active", "Active"
    DISABLED = "disabled", "Disabled or switched off"
    COMING = "coming", "Starting later"
    ENDING = "ending", "With an end date"
    DORMANT = "dormant", "Dormant"
    OVER = "over", "No longer here"


@dataclass(frozen=True)
class Person:
    """One membership with how its person stands now. `states` are pairs of a chip's code and words."""

    membership: Membership
    states: list[tuple[str, str]]
    searches: int
    paused_until: datetime | None

    @property
    def has_factor(self) -> bool:
        return bool(getattr(self.membership, "has_factor", False))  # annotated by `held_by`


def held_by(organisation_ids: Collection[int]) -> Held:
    """The memberships of some organisations, with their clocks, and whether their people have a second factor."""
    held = Membership.objects.filter(organisation__in=organisation_ids).select_related("user", "organisation")
    factor: Any = Exists(AuthenticatorApp.objects.filter(user=OuterRef("user")))
    factor |= Exists(Passkey.objects.filter(user=OuterRef("user")))
    return with_clock(held).annotate(has_factor=factor, called=Lower("user__name"))


def dormant_since(*, now: datetime) -> datetime:
    """Who has not signed in since then is called dormant."""
    return now - timedelta(days=settings.DORMANT_WARNING_DAYS)


def found(held: Held, *, state: str = "", role: str = "", text: str = "", now: datetime) -> Held:
    """Those of some memberships that are asked for."""
    on = timezone.localdate(now)
    if state == State.OVER:
        held = held.filter(Q(ended_on__lte=on) | Q(user__deleted_at__isnull=False))
    else:
        held = held.not_over(on=on)
    match state:
        case State.ACTIVE:
            held = held.acting(on=on)
        case State.DISABLED:
            held = held.filter(Q(disabled_at__isnull=False) | Q(user__is_active=False))
        case State.COMING:
            held = held.filter(started_on__gt=on)
        case State.ENDING:
            held = held.filter(ended_on__isnull=False)
        case State.DORMANT:
            held = held.acting(on=on).filter(unused_since__lt=dormant_since(now=now))
    if role:
        held = held.filter(portal_roles__contains=[role])
    if text:
        held = held.filter(Q(user__name__icontains=text) | Q(user__email__icontains=text))
    return held


def page_of(held: Held, *, after: int | None, now: datetime) -> tuple[list[Person], int | None]:
    """A page by name, and the key behind which the next begins; none where this is the last."""
    behind = held.filter(pk=after).values_list("called", flat=True).first() if after is not None else None
    if behind is not None:
        held = held.filter(Q(called__gt=behind) | Q(called=behind, pk__gt=after))
    rows = list(held.order_by("called", "pk")[: SHOWN + 1])
    return described(rows[:SHOWN], now=now), rows[SHOWN - 1].pk if len(rows) > SHOWN else None


def described(rows: Sequence[Membership], *, now: datetime) -> list[Person]:
    """How the people of some memberships stand: in two questions to the database, however many they are."""
    on = timezone.localdate(now)
    used = enquiries_this_month(organisation_ids=sorted({row.organisation_id for row in rows}), on=on)
    subjects = {row.pk: (account_of(row.user.email), row.user_id) for row in rows}
    wanted = [subject for pair in subjects.values() for subject in pair]
    paused = limits.paused_until(*wanted, now=now, names=limits.OF_SIGN_IN)
    people = []
    for row in rows:
        until = [paused.get(limits.subject_digest(subject)) for subject in subjects[row.pk]]
        paused_until = max((moment for moment in until if moment), default=None)
        people.append(
            Person(
                membership=row,
                states=states_of(row, paused_until=paused_until, on=on, now=now),
                searches=used.get(row.user_id, 0),
                paused_until=paused_until,
            )
        )
    return people


def day(moment: date) -> str:
    return f"{moment:%-d %B %Y}"


def states_of(
    membership: Membership, *, paused_until: datetime | None, on: date, now: datetime
) -> list[tuple[str, str]]:
    """How a membership stands, in words; the first is the one that matters most."""
    user, ended_on = membership.user, membership.ended_on
    if user.deleted_at:
        return [("ex", "Account deleted")]
    if ended_on and ended_on <= on:
        return [("ex", f"Ended on {day(ended_on)}")]
    states = []
    if not user.is_active:
        states.append(("failed", "Account switched off"))
    if membership.disabled_at:
        states.append(("failed", f"Disabled: {membership.disabled_because}"))
    if membership.started_on > on:
        states.append(("pl", f"Starts on {day(membership.started_on)}"))
    unused_since = getattr(membership, "unused_since", None)  # annotated by `held_by`
    if not states:
        dormant = unused_since is not None and unused_since < dormant_since(now=now)
        states.append(("refused", f"Dormant since {day(timezone.localdate(unused_since))}") if dormant else LIVE)
    if ended_on:
        states.append(("pl", f"Ends on {day(ended_on)}"))
    if paused_until:
        states.append(("failed", f"Sign-in paused until {timezone.localtime(paused_until):%H:%M}"))
    return states


LIVE = ("done", "Active")


@dataclass(frozen=True)
class Offer:
    """One invitation that was not accepted yet, with how it stands: in a word or two, and why."""

    invitation: Invitation
    code: str
    state: str
    why: str
    may_go_again: bool


def offers(organisation_ids: Collection[int], *, before: int | None, now: datetime) -> tuple[list[Offer], int | None]:
    """A page of the invitations that wait, the newest first, and the key behind which the next begins."""
    waiting = Invitation.objects.filter(
        organisation__in=organisation_ids, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).select_related("organisation", "invited_by")
    if before is not None:
        waiting = waiting.filter(pk__lt=before)
    rows = list(waiting.order_by("-pk")[: SHOWN + 1])
    return [offer_of(row, now=now) for row in rows[:SHOWN]], rows[SHOWN - 1].pk if len(rows) > SHOWN else None


def offer_of(invitation: Invitation, *, now: datetime) -> Offer:
    if invitation.held:
        return Offer(invitation, "pl", "Waits for the operator", invitation.get_held_display(), may_go_again=False)
    if invitation.is_past(on=timezone.localdate(now)):
        return Offer(invitation, "ex", "Over", "Its end date is past: withdraw it", may_go_again=False)
    if invitation.expires_at is None:
        return Offer(invitation, "pl", "Is being sent", "", may_go_again=True)
    if invitation.expires_at <= now:
        return Offer(invitation, "ex", "Run out", "The link is good no more: send it again", may_go_again=True)
    until = timezone.localtime(invitation.expires_at)
    return Offer(invitation, "done", "Open", f"Until {until:%-d %B %Y, %H:%M}", may_go_again=True)


def support_sessions(
    organisation_ids: Collection[int], *, before: int | None
) -> tuple[list[SupportSession], int | None]:
    """A page of the times in which support could see the organisations' data, the newest first."""
    opened = SupportSession.objects.filter(organisation__in=organisation_ids).select_related("user", "organisation")
    if before is not None:
        opened = opened.filter(pk__lt=before)
    rows = list(opened.order_by("-pk")[: SHOWN + 1])
    return rows[:SHOWN], rows[SHOWN - 1].pk if len(rows) > SHOWN else None
