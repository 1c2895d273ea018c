"""Security events of everybody: found, paged by key, and put into words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import devices
from accounts.events import record
from accounts.models import Event, Organisation, SecurityEvent, User
from accounts.operations.sign_in import account_of
from accounts.origin import Origin

SHOWN = 50
LAST = 20  # on the page of a person
CHUNK = 2_000
MOST_ROWS = 100_000
# How the words of an event end that name who did it, in full with their organisation or not.
BY_THEM = r"(^|[.:] )([Ee]nded )?by {}(, .*)?\.?$"
HEADINGS = (
    "event", "at", "what", "person_id", "person", "person_email", "by_id", "by", "organisation", "detail", "address",
    "browser", "request_id",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Which events are wanted; nothing set is all of them."""

    kind: str = ""
    email: str = ""
    organisation: Organisation | None = None
    since: date | None = None
    until: date | None = None

    @property
    def is_narrow(self) -> bool:
        return bool(self.email or self.organisation)

    def __str__(self) -> str:
        parts = [
            self.kind,
            self.email,
            self.organisation.name if self.organisation else "",
            f"from {self.since}" if self.since else "",
            f"to {self.until}" if self.until else "",
        ]
        return ", ".join(part for part in parts if part) or "all events"


@dataclass(frozen=True)
class Told:
    """One event with the names of those it refers to."""

    event: SecurityEvent
    person: User | None
    by: User | None
    organisation: Organisation | None

    @property
    def more(self) -> str:
        """What the event says more, without what stands beside it in words or is for evidence only."""
        detail = self.event.detail.partition(", SHA-256 ")[0]
        if detail == self.event.user_agent:
            return ""
        return re.sub(BY_THEM.format(re.escape(self.by.name)), "", detail) if self.by else detail

    @property
    def device(self) -> str:
        return devices.in_words(self.event.user_agent) if self.event.user_agent else ""

    def cells(self) -> tuple[object, ...]:
        """The values of one line of a file, in the order of `HEADINGS`."""
        event, person = self.event, self.person
        return (
            event.event, event.at, event.get_event_display(), event.person_id, person and person.name,
            person and person.email, event.by_id, self.by and self.by.name,
            self.organisation.name if self.organisation else event.organisation_id, event.detail, event.address,
            event.user_agent, event.request_id,
        )  # fmt: skip


def people_with(email: str) -> list[UUID]:
    """The accounts that have, or had, an address: deleted ones too, since their events stay."""
    found = User.with_deleted.annotate(of=Lower("email")).filter(of=account_of(email))
    return list(found.order_by("-created_at").values_list("pk", flat=True)[:SHOWN])


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def found(asked: Asked) -> QuerySet[SecurityEvent]:
    """The events that are asked for, the newest first: of a person what happened to them, and what they did."""
    events = SecurityEvent.objects.order_by("-at", "-pk")
    if asked.kind:
        events = events.filter(event=asked.kind)
    if asked.email:
        people = people_with(asked.email)
        events = events.filter(Q(person_id__in=people) | Q(by_id__in=people))
    if asked.organisation:
        events = events.filter(organisation_id=asked.organisation.pk)
    if asked.since:
        events = events.filter(at__gte=midnight(asked.since))
    if asked.until:
        events = events.filter(at__lt=midnight(asked.until + timedelta(days=1)))
    return events


def behind(events: QuerySet[SecurityEvent], key: int) -> QuerySet[SecurityEvent]:
    """Those that come after one event in the order; all of them where there is no such event."""
    last = SecurityEvent.objects.filter(pk=key).values_list("at", flat=True).first()
    return events.filter(Q(at__lt=last) | Q(at=last, pk__lt=key)) if last else events


def page_of(asked: Asked, *, before: int | None) -> tuple[list[Told], int | None]:
    """A page of events, and the key behind which the next begins; none where this is the last."""
    events = found(asked)
    if before is not None:
        events = behind(events, before)
    page = list(events[: SHOWN + 1])
    return told(page[:SHOWN]), page[SHOWN - 1].pk if len(page) > SHOWN else None


def page_of_person(user: User) -> tuple[list[Told], bool]:
    """The last events of a person, and whether there are more."""
    events = SecurityEvent.objects.filter(person_id=user.pk).order_by("-at", "-pk")
    page = list(events[: LAST + 1])
    return told(page[:LAST]), len(page) > LAST


def told(events: Iterable[SecurityEvent]) -> list[Told]:
    """Events with the names of people and organisations, in two questions however many there are."""
    events = list(events)
    ids = {event.person_id for event in events} | {event.by_id for event in events}
    people = User.with_deleted.only("id", "name", "email", "deleted_at").in_bulk(list(ids - {None}))
    organisations = Organisation.objects.in_bulk(list({event.organisation_id for event in events} - {None}))
    return [
        Told(
            event=event,
            person=people.get(event.person_id) if event.person_id else None,
            by=people.get(event.by_id) if event.by_id else None,
            organisation=organisations.get(event.organisation_id) if event.organisation_id else None,
        )
        for event in events
    ]


def too_many(asked: Asked) -> bool:
    """Whether more events are asked for than one file holds."""
    return found(asked)[: MOST_ROWS + 1].count() > MOST_ROWS


def rows(asked: Asked) -> Iterator[tuple[object, ...]]:
    """The events that are asked for as lines of a file, as many as one holds."""
    return (one.cells() for one in islice(in_chunks(found(asked)), MOST_ROWS))


def in_chunks(events: QuerySet[SecurityEvent]) -> Iterator[Told]:
    """Events with their names, fetched by key some thousand at a time: no cursor is held while they travel."""
    chunk = list(events[:CHUNK])
    while chunk:
        yield from told(chunk)
        chunk = list(behind(events, chunk[-1].pk)[:CHUNK])


def note_read(*, by: User, asked: Asked, taken: bool, origin: Origin) -> None:
    """Write down who read or took away which events."""
    detail = f"{'Taken away' if taken else 'Read'}: {asked}"
    record(Event.EVENTS_READ, origin=origin, by_id=by.pk, detail=detail)
