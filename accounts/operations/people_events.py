"""The security events of some organisations as an LSO reads them.

They are those that concern the organisations, and those of their people as such, from the day on which each joined:
what somebody did before, elsewhere, is nobody's here.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from accounts.events import record
from accounts.models import Event, Membership, SecurityEvent, User
from accounts.operations.event_log import Told, behind, midnight, told
from accounts.origin import Origin

SHOWN = 50
MOST_ROWS = 10_000  # of a file
MOST_PEOPLE = 50  # that a text can mean
CHUNK = 2_000
HEADINGS = ("event", "at", "what", "person", "person_email", "by", "organisation", "detail", "address", "browser")


@dataclass(frozen=True)
class Asked:
    """Which events are wanted, of which organisations."""

    organisation_ids: tuple[int, ...]
    on: date
    kind: str = ""
    who: str = ""
    person: User | None = None
    since: date | None = None
    until: date | None = None

    def __str__(self) -> str:
        parts = [
            self.kind,
            self.who,
            self.person.email if self.person else "",
            f"from {self.since}" if self.since else "",
            f"to {self.until}" if self.until else "",
        ]
        return ", ".join(part for part in parts if part) or "all events"


def people_called(asked: Asked) -> list[UUID]:
    """The people of the organisations, now or once, whose name or address holds a text."""
    held = Membership.objects.filter(organisation__in=asked.organisation_ids)
    called = held.filter(Q(user__name__icontains=asked.who) | Q(user__email__icontains=asked.who))
    return list(called.order_by("user").values_list("user", flat=True).distinct()[:MOST_PEOPLE])


def parts(asked: Asked) -> tuple[QuerySet[SecurityEvent], QuerySet[SecurityEvent]]:
    """The events of the organisations, and those of their people: apart, since each has an index of its own."""
    events = SecurityEvent.objects.order_by("-at", "-pk")
    if asked.kind:
        events = events.filter(event=asked.kind)
    if asked.who:
        people = people_called(asked)
        events = events.filter(Q(person_id__in=people) | Q(by_id__in=people))
    if asked.person:
        events = events.filter(Q(person_id=asked.person.pk) | Q(by_id=asked.person.pk))
    if asked.since:
        events = events.filter(at__gte=midnight(asked.since))
    if asked.until:
        events = events.filter(at__lt=midnight(asked.until + timedelta(days=1)))
    members = Membership.objects.not_over(on=asked.on).filter(organisation__in=asked.organisation_ids)
    since_joined = members.filter(user=OuterRef("person_id"), started_on__lte=OuterRef("day"))
    of_people = events.filter(organisation_id__isnull=True, person_id__in=members.values("user"))
    return (
        events.filter(organisation_id__in=asked.organisation_ids),
        of_people.annotate(day=TruncDate("at")).filter(Exists(since_joined)),
    )


def newest(asked: Asked, *, before: int | None, most: int) -> list[SecurityEvent]:
    """The newest events that are asked for, behind one of them where it is named."""
    rows: list[SecurityEvent] = []
    for part in parts(asked):
        rows += (part if before is None else behind(part, before))[:most]
    return sorted(rows, key=lambda event: (event.at, event.pk), reverse=True)[:most]


def page_of(asked: Asked, *, before: int | None, most: int = SHOWN) -> tuple[list[Told], int | None]:
    """A page of events, and the key behind which the next begins; none where this is the last."""
    rows = newest(asked, before=before, most=most + 1)
    return own(asked, told(rows[:most])), rows[most - 1].pk if len(rows) > most else None


def own(asked: Asked, events: list[Told]) -> list[Told]:
    """Events with the names of the organisations' own people only.

    An invitation concerns whoever has the address: an LSO shall not learn by one who that is, or that anybody is.
    """
    people = {one.person.pk for one in events if one.person}
    held = Membership.objects.filter(organisation__in=asked.organisation_ids, user__in=people)
    members = set(held.values_list("user", flat=True))
    return [one if one.person and one.person.pk in members else replace(one, person=None) for one in events]


def too_many(asked: Asked) -> bool:
    """Whether more events are asked for than one file holds."""
    return len(newest(asked, before=None, most=MOST_ROWS + 1)) > MOST_ROWS


def rows(asked: Asked) -> Iterator[tuple[object, ...]]:
    """The events that are asked for as lines of a file, as many as one holds."""
    events = newest(asked, before=None, most=MOST_ROWS)
    for start in range(0, len(events), CHUNK):
        for one in own(asked, told(events[start : start + CHUNK])):
            event, person = one.event, one.person
            yield (
                event.event, event.at, event.get_event_display(), person and person.name, person and person.email,
                one.by and one.by.name, one.organisation and one.organisation.name, event.detail, event.address,
                event.user_agent,
            )  # fmt: skip


def note_taken(*, by: User, asked: Asked, origin: Origin) -> None:
    """Write down who took which events away, for each organisation whose they are."""
    for organisation_id in asked.organisation_ids:
        record(
            Event.EVENTS_READ, origin=origin, by_id=by.pk, organisation_id=organisation_id,
            detail=f"Taken away: {asked}",
        )  # fmt: skip


def of_person(user: User, *, organisation_ids: Collection[int], on: date, most: int) -> tuple[list[Told], int | None]:
    """The newest events of one person that the organisations may read."""
    asked = Asked(organisation_ids=tuple(organisation_ids), on=on, person=user)
    return page_of(asked, before=None, most=most)
