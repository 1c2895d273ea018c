"""Accounts brought in from a file: every line is checked first, then all that goes in goes in at once, or nothing.

One line is one membership, and all lines of one e-mail address are one person. The questions to the database and the
statements that write are as many for 5,000 lines as there are batches of them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from itertools import batched
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.formats import date_format

from accounts import mail
from accounts.events import record
from accounts.models import Event, MarketParticipant, Membership, OrganisationDomain, SecurityEvent, User
from accounts.operations.account_file import Line
from accounts.operations.account_lines import Result, Row, listed, row_of
from accounts.operations.memberships import described
from accounts.origin import Origin
from accounts.permissions import MarketRole, PortalRole

BATCH = 1_000
ONE_AT_A_TIME = 0x1A9027  # of the lock that an import holds
# Half of what the worker sends, so that links which somebody waits for are not held up.
LETTERS_A_SECOND = 5


class OtherImport(Exception):
    """Another import is under way."""


class Deleted(Enum):
    """What is done with an address of a deleted account."""

    REFUSE = "an administrator decides"
    RESTORE = "the same identity comes back"
    RENEW = "a new identity is made"


@dataclass
class Outcome:
    """What became of each line; the results are those that would be, where nothing was written."""

    rows: list[Row]
    is_written: bool = False

    @property
    def counts(self) -> Counter[Result]:
        return Counter(row.result for row in self.rows)

    @property
    def bad(self) -> int:
        return self.counts[Result.BAD]

    def said(self, result: Result) -> str:
        """A result in words."""
        would = not self.is_written and result in (Result.MADE, Result.ADDED)
        return f"would be {result}" if would else result.value

    def reason(self, row: Row) -> str:
        """Why, and how to put it right."""
        return " ".join(row.problems or row.notes)


@dataclass
class People:
    """Who has the addresses of a file, and for whom they act."""

    living: dict[str, User] = field(default_factory=dict)
    deleted: dict[str, User] = field(default_factory=dict)
    held: dict[tuple[UUID, int, str], list[Membership]] = field(default_factory=lambda: defaultdict(list))


@transaction.atomic
def import_accounts(
    lines: Iterable[Line],
    *,
    only_good: bool,
    dry_run: bool,
    deleted: Deleted,
    with_mail: bool,
    source: Callable[[], str],
    origin: Origin,
    now: datetime,
    before_commit: Callable[[Outcome], None],
) -> Outcome:
    """Bring in the people and memberships of some lines.

    Nothing is written where a line is bad, unless `only_good`, nor on a dry run. What `before_commit` does is part of
    it: where it fails, nothing was written. Raises `FileRefused`, as the lines do, and `OtherImport`.
    """
    on = timezone.localdate(now)
    rows = [row_of(line, on=on) for line in lines]  # before the lock, and before the first statement
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            raise OtherImport
    find_organisations(rows, on=on)
    people = people_of({row.email for row in rows if row.is_good})
    compare_with_database(rows, people, deleted=deleted, on=on)
    compare_with_each_other(rows)
    decide(rows, people, deleted=deleted)
    outcome = Outcome(rows)
    if not dry_run and (only_good or not outcome.bad):
        write(rows, people, with_mail=with_mail, origin=origin, now=now)
        counts = ", ".join(f"{count:,} {result}" for result, count in outcome.counts.items())
        record(Event.ACCOUNTS_IMPORTED, origin=origin, detail=f"{source()}: {counts}")
        outcome.is_written = True
    before_commit(outcome)
    return outcome


# -- what the database says of the lines


def find_organisations(rows: list[Row], *, on: date) -> None:
    """Find which organisation each line is for, and note which addresses are outside its mail domains."""
    codes = set(MarketParticipant.objects.order_by().values_list("short_code", flat=True).distinct())
    holders = {
        (participant.short_code, participant.market_role): participant.organisation
        for participant in MarketParticipant.objects.in_force(on=on).select_related("organisation")
    }
    domains = set(OrganisationDomain.objects.values_list("organisation_id", "domain"))
    roles_of = defaultdict(list)
    for code, role in holders:
        roles_of[code].append(role)
    for row in rows:
        if not row.is_good:
            continue
        row.organisation = holders.get((row.short_code, row.market_role))
        if row.organisation is None:
            today = f"It is here today as {', '.join(sorted(roles_of[row.short_code])) or 'nothing'}."
            row.problems.append(
                f"{row.short_code} is not here as {row.market_role} today. {today} Correct the code or the role, or "
                "ask an administrator to add the role to the organisation."
                if row.short_code in codes
                else f"There is no short code {row.short_code}. Correct it, or ask an administrator to add it."
            )
        elif (row.organisation.pk, row.email.rpartition("@")[2]) not in domains:
            row.notes.append(f"The address is outside the mail domains of {row.organisation.name}.")


def people_of(emails: set[str]) -> People:
    """The accounts of some addresses, locked so that none is deleted meanwhile, with their memberships."""
    people = People()
    for batch in batched(sorted(emails), BATCH, strict=False):
        found = User.with_deleted.annotate(of=Lower("email")).filter(of__in=batch)
        for user in found.select_for_update().order_by("deleted_at", "pk"):
            # Of several deleted accounts the one deleted last remains.
            (people.deleted if user.deleted_at else people.living)[user.email.lower()] = user
    accounts = {user.pk: email for known in (people.deleted, people.living) for email, user in known.items()}
    for ids in batched(accounts, BATCH, strict=False):
        for held in Membership.objects.filter(user__in=ids):
            people.held[(held.user_id, held.organisation_id, held.market_role)].append(held)
    return people


def account_for(row: Row, people: People, deleted: Deleted) -> User | None:
    """The account that a line is about; none where it is one to make."""
    return people.living.get(row.email) or (people.deleted.get(row.email) if deleted is Deleted.RESTORE else None)


def compare_with_database(rows: list[Row], people: People, *, deleted: Deleted, on: date) -> None:
    """Compare each line with the account of its address, and with the memberships that this has."""
    for row in rows:
        if not row.is_good:
            continue
        user = account_for(row, people, deleted)
        if row.email not in people.living and row.email in people.deleted:
            if deleted is Deleted.REFUSE:
                row.problems.append(
                    "This address was that of an account that is deleted. An administrator decides: import the line "
                    "with --restore-deleted where it is the same person, or with --new-identities where it is another."
                )
                continue
            row.notes.append(f"The address was that of a deleted account: {deleted.value}.")
        if user is None:
            continue
        if user.name.casefold() != row.name.casefold():
            row.notes.append(f"The account keeps its name, {user.name}; the file says {row.name}.")
        if not user.is_active and user.deleted_at is None:
            row.notes.append("The account is switched off, and stays so. Support or its Local Security Officer helps.")
        compare_with_held(row, held_of(row, user, people), on=on)


def held_of(row: Row, user: User, people: People) -> list[Membership]:
    """The memberships of an account, as a line wants one, that hold on a day on which it would."""
    _email, organisation_id, market_role = row.membership
    return [
        held
        for held in people.held.get((user.pk, organisation_id, market_role), [])
        if (held.ended_on is None or held.ended_on > row.started_on)
        and (row.ended_on is None or row.ended_on > held.started_on)
    ]


def compare_with_held(row: Row, overlapping: list[Membership], *, on: date) -> None:
    """A membership that holds is left as it is; one that was ended does not come back by a date in a file."""
    if not overlapping:
        return
    now = [held for held in overlapping if held.ended_on is None or held.ended_on > on]
    if not now:
        ended_on = max(held.ended_on for held in overlapping if held.ended_on)
        row.problems.append(
            f"This membership was ended on {date_format(ended_on, 'j F Y')}. Take the line out; or, if the person is "
            "to act for the organisation again, leave started_on empty."
        )
        return
    row.result = Result.THERE
    if now[0].roles != row.portal_roles:
        row.notes.append(
            f"The person has {listed(now[0].roles)} there and the file says {listed(row.portal_roles)}: nothing is "
            "changed. Change roles under People."
        )
    if now[0].disabled_at:
        row.notes.append("The membership is disabled, and stays so. Enable it under People.")


# -- what the lines say of each other


def compare_with_each_other(rows: list[Row]) -> None:
    """Refuse what is there twice; where the terms differ, all of them, since nobody knows which is right."""
    same: dict[tuple[str, int, MarketRole], list[Row]] = defaultdict(list)
    for row in rows:
        if row.is_good:
            same[row.membership].append(row)
    for first, *others in same.values():
        if any(other.terms != first.terms for other in others):
            numbers = ", ".join(str(row.number) for row in (first, *others))
            for row in (first, *others):
                row.problems.append(
                    f"Lines {numbers} are of one person, organisation and market role, and differ in roles or dates. "
                    "Leave one line with all the roles."
                )
            continue
        for other in others:
            other.problems.append(f"The same as line {first.number}. Take one of them out.")


def decide(rows: list[Row], people: People, *, deleted: Deleted) -> None:
    """Say of each good line whether it makes an account or adds to one, and of each person which name they get."""
    first_of: dict[str, Row] = {}
    for row in rows:
        if row.is_empty:
            continue
        if not row.is_good:
            row.result = Result.BAD
            continue
        first = first_of.setdefault(row.email, row)
        known = account_for(row, people, deleted) is not None
        if row.result is not Result.THERE:
            row.result = Result.ADDED if known or first is not row else Result.MADE
        if first is not row and not known:
            row.notes.insert(0, f"To the account that line {first.number} makes.")
            if first.name.casefold() != row.name.casefold():
                row.notes.append(f"The account gets the name {first.name}; this line says {row.name}.")
            first.telephone = first.telephone or row.telephone


# -- what is written


def write(rows: list[Row], people: People, *, with_mail: bool, origin: Origin, now: datetime) -> None:
    """Make the accounts, bring back those that come back, add the memberships, and tell their people."""
    users, restored = dict(people.living), dict[str, User]()
    made: list[User] = []
    for row in rows:
        if not row.is_good or row.email in users:
            continue
        if row.result is Result.MADE:
            # The password that nobody can type: they choose one before they first sign in.
            users[row.email] = User(email=row.email, name=row.name, telephone=row.telephone)
            users[row.email].set_unusable_password()
            made.append(users[row.email])
        else:
            users[row.email] = restored[row.email] = people.deleted[row.email]
    User.objects.bulk_create(made, batch_size=BATCH)
    restore(restored.values())
    added = [row for row in rows if row.result in (Result.MADE, Result.ADDED)]
    memberships = [
        Membership(
            user=users[row.email],
            organisation=row.organisation,
            market_role=row.market_role,
            portal_roles=sorted(row.portal_roles),
            started_on=row.started_on,
            ended_on=row.ended_on,
        )
        for row in added
    ]
    Membership.objects.bulk_create(memberships, batch_size=BATCH)
    events = [
        *(happened(Event.ACCOUNT_MADE, user, origin) for user in made),
        *(happened(Event.ACCOUNT_RESTORED, user, origin) for user in restored.values()),
        *(happened(Event.MEMBERSHIP_ADDED, held.user, origin, held) for held in memberships),
    ]
    # As `events.record` writes them one by one; the one message below stands for the messages of each.
    SecurityEvent.objects.bulk_create(events, batch_size=BATCH)
    if with_mail:
        mail.post_all("imported", letters(memberships, restored.values()), a_second=LETTERS_A_SECOND, now=now)


def restore(users: Iterable[User]) -> None:
    """Bring deleted accounts back, each with its history, and with no password."""
    back = list(users)
    for user in back:
        user.deleted_at, user.is_active, user.switched_off_because, user.password_set_at = None, True, "", None
        user.set_unusable_password()
    fields = ["deleted_at", "is_active", "switched_off_because", "password", "password_set_at"]
    # Under the manager that sees deleted accounts: the other would find none of them.
    User.with_deleted.bulk_update(back, fields, batch_size=BATCH)


def happened(event: Event, user: User, origin: Origin, held: Membership | None = None) -> SecurityEvent:
    return SecurityEvent(
        event=event,
        person_id=user.pk,
        organisation_id=held.organisation_id if held else None,
        detail=f"From a file. {described(held) if held else ''}".strip()[:500],
        address=origin.address,
        user_agent=origin.user_agent,
        request_id=origin.request_id,
    )


def letters(memberships: list[Membership], restored: Iterable[User]) -> Iterator[tuple[str, dict[str, Any]]]:
    """One message for each person who can sign in: for whom they may act, and how they first sign in."""
    of: dict[User, list[Membership]] = {user: [] for user in restored}
    for held in memberships:
        of.setdefault(held.user, []).append(held)
    for user, held_now in of.items():
        if user.is_active:
            yield (
                user.email,
                {
                    "name": user.name,
                    "email": user.email,
                    "memberships": [in_words(held) for held in held_now],
                    "is_new": user.password_set_at is None,
                    "minutes": settings.RESET_MINUTES,
                    "needs_factor": any(held.needs_factor for held in held_now),
                },
            )


def in_words(held: Membership) -> str:
    """A membership for its person."""
    roles = ", ".join(PortalRole(name).label for name in held.portal_roles)
    until = f", until {date_format(held.ended_on, 'j F Y')}" if held.ended_on else ""
    since = f", from {date_format(held.started_on, 'j F Y')}"
    return f"{held.organisation.name} as {held.get_market_role_display()} ({roles}){since}{until}"
