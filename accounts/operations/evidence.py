"""The evidence of access control over a year, as one ZIP of CSV files with their digests."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.csv_text import lines
from accounts.events import record
from accounts.models import (
    AccessRequest,
    AuthenticatorApp,
    Certification,
    Event,
    Membership,
    Passkey,
    SecurityEvent,
    SignIn,
    SupportSession,
    TermsAcceptance,
    TermsDocument,
    User,
)
from accounts.operations.directory import overdue_certifications
from accounts.operations.event_log import HEADINGS, in_chunks, midnight
from accounts.origin import Origin
from accounts.permissions import PortalRole

CHUNK = 2_000
# Who got, kept or lost what: the changes that an auditor asks for.
CHANGES = (
    Event.ACCOUNT_MADE,
    Event.ACCOUNT_RESTORED,
    Event.ACCOUNT_DELETED,
    Event.ACCOUNT_SWITCHED_OFF,
    Event.ACCOUNT_SWITCHED_ON,
    Event.EMAIL_CHANGED,
    Event.FACTORS_RESET,
    Event.MEMBERSHIP_ADDED,
    Event.MEMBERSHIP_ENDED,
    Event.MEMBERSHIP_DATED,
    Event.MEMBERSHIP_DISABLED,
    Event.MEMBERSHIP_ENABLED,
    Event.MEMBERSHIP_CERTIFIED,
    Event.ROLE_GRANTED,
    Event.ROLE_REMOVED,
)

type Rows = Iterator[tuple[object, ...]]


class Period:
    """The days that a pack is about, both included."""

    def __init__(self, *, since: date, until: date, now: datetime) -> None:
        self.since, self.until, self.now = since, until, now
        self.begins, self.ends = midnight(since), midnight(until + timedelta(days=1))

    def holds(self, field: str) -> Q:
        """Whether a moment lies in the period."""
        return Q(**{f"{field}__gte": self.begins, f"{field}__lt": self.ends})


def people(period: Period) -> Rows:
    last = SignIn.objects.filter(user=OuterRef("user")).order_by("-started_at").values("started_at")[:1]
    factor = Exists(AuthenticatorApp.objects.filter(user=OuterRef("user"))) | Exists(
        Passkey.objects.filter(user=OuterRef("user"))
    )
    held = Membership.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=period.since), started_on__lte=period.until
    ).select_related("user", "organisation").annotate(last_sign_in=Subquery(last), has_factor=factor)  # fmt: skip
    annotated: Iterator[Any] = held.order_by("organisation__name", "user__name", "pk").iterator(chunk_size=CHUNK)
    for one in annotated:
        user = one.user
        state = "deleted" if user.deleted_at else "in use" if user.is_active else "switched off"
        yield (
            user.pk, user.name, user.email, state, one.organisation.name, one.get_market_role_display(),
            labels(one.portal_roles), one.started_on, one.ended_on, one.disabled_at, one.disabled_because,
            one.certified_at, one.last_sign_in, one.has_factor, one.needs_factor,
        )  # fmt: skip


def labels(roles: list[str]) -> str:
    return ", ".join(PortalRole(name).label for name in roles)


def certifications(period: Period) -> Rows:
    rounds = Certification.objects.filter(period.holds("opened_at") | period.holds("done_at"))
    rounds = rounds.select_related("organisation", "done_by").order_by("organisation__name", "opened_at")
    for one in rounds.iterator(chunk_size=CHUNK):
        yield certification_cells(one)


def certification_cells(one: Certification) -> tuple[object, ...]:
    by = one.done_by
    return (
        one.organisation.name, one.opened_at, one.due_on, one.reminded_at, one.done_at, by and by.name,
        by and by.email, one.confirmed, one.removed,
    )  # fmt: skip


def overdue(period: Period) -> Rows:
    on = timezone.localdate(period.now)
    for one in overdue_certifications(on=on).iterator(chunk_size=CHUNK):
        yield one.organisation.name, one.opened_at, one.due_on, (on - one.due_on).days


def changes(period: Period) -> Rows:
    events = SecurityEvent.objects.filter(period.holds("at"), event__in=CHANGES).order_by("-at", "-pk")
    return (one.cells() for one in in_chunks(events))


def support_sessions(period: Period) -> Rows:
    held = SupportSession.objects.filter(period.holds("opened_at")).select_related("user", "organisation")
    for one in held.order_by("opened_at", "pk").iterator(chunk_size=CHUNK):
        yield (
            one.user.name, one.user.email, one.organisation.name, one.reason, one.opened_at, one.closes_at,
            # One that nobody ended was over when its time was up.
            one.ended_at or (one.closes_at if one.closes_at <= period.now else None),
        )  # fmt: skip


def requests(period: Period) -> Rows:
    made = AccessRequest.objects.filter(period.holds("made_at") | period.holds("decided_at"))
    made = made.select_related("organisation", "filed_by", "assigned_to").prefetch_related("approvals__by")
    for one in made.order_by("made_at", "pk").iterator(chunk_size=CHUNK):
        approvals = "; ".join(
            f"{approval.by.name}, {timezone.localtime(approval.at):%Y-%m-%d %H:%M}" for approval in one.approvals.all()
        )
        yield (
            one.reference, one.get_kind_display(), one.get_state_display(), one.name, one.email,
            one.organisation.name if one.organisation else one.organisation_name, one.get_market_role_display(),
            labels(one.portal_roles), one.made_at, one.confirmed_at, one.target_at, one.decided_at,
            bool(one.decided_at and one.target_at and one.decided_at > one.target_at), approvals,
            one.get_rejection_display(), one.reason, one.assigned_to and one.assigned_to.name,
            one.filed_by and one.filed_by.name,
        )  # fmt: skip


def terms(period: Period) -> Rows:
    documents = TermsDocument.objects.select_related("published_by").annotate(accepted=Count("acceptances"))
    annotated: Iterator[Any] = documents.defer("text").order_by("slug", "version").iterator()
    for one in annotated:
        yield (
            one.title, one.slug, one.version, one.effective_from, one.sha256, one.required, one.opens,
            one.published_at, one.published_by and one.published_by.name, one.accepted,
        )  # fmt: skip


def acceptances(period: Period) -> Rows:
    accepted = TermsAcceptance.objects.filter(period.holds("at")).select_related("user", "document")
    for one in accepted.defer("document__text").order_by("at", "pk").iterator(chunk_size=CHUNK):
        yield acceptance_cells(one)


ACCEPTANCE_HEADINGS = ("document", "version", "sha256", "person_id", "person", "email", "at", "how", "address")


def acceptance_cells(one: TermsAcceptance) -> tuple[object, ...]:
    return (
        one.document.title, one.document.version, one.sha256, one.user_id, one.user.name, one.user.email, one.at,
        one.get_by_display(), one.address,
    )  # fmt: skip


def acceptances_of(document: TermsDocument) -> Rows:
    """Who has accepted one version, fetched by key some thousand at a time."""
    rows = TermsAcceptance.objects.filter(document=document).select_related("user", "document").order_by("pk")
    rows = rows.defer("document__text")
    chunk = list(rows[:CHUNK])
    while chunk:
        yield from map(acceptance_cells, chunk)
        chunk = list(rows.filter(pk__gt=chunk[-1].pk)[:CHUNK])


MEMBERS: tuple[tuple[str, str, tuple[str, ...], Callable[[Period], Rows]], ...] = (
    (
        "people.csv",
        "Every membership that held in the period, with the last sign-in and second factor as they are now.",
        (
            "person_id", "person", "email", "account", "organisation", "market_role", "portal_roles", "started_on",
            "ended_on", "disabled_at", "disabled_because", "last_confirmed_at", "last_sign_in", "has_second_factor",
            "must_have_second_factor",
        ),
        people,
    ),
    (
        "certifications.csv",
        "Yearly confirmations opened or done in the period, with who attested.",
        (
            "organisation", "opened_at", "due_on", "reminded_at", "done_at", "done_by", "done_by_email", "confirmed",
            "removed",
        ),
        certifications,
    ),
    (
        "overdue_certifications.csv",
        "Yearly confirmations that are overdue now.",
        ("organisation", "opened_at", "due_on", "days_overdue"),
        overdue,
    ),
    ("changes.csv", "Accounts, memberships and roles given, changed and taken in the period.", HEADINGS, changes),
    (
        "support_sessions.csv",
        "Support sessions opened in the period.",
        ("support", "email", "organisation", "reason", "opened_at", "closes_at", "ended_at"),
        support_sessions,
    ),
    (
        "access_requests.csv",
        "Access requests made or decided in the period.",
        (
            "reference", "kind", "state", "applicant", "email", "organisation", "market_role", "portal_roles",
            "made_at", "confirmed_at", "target_at", "decided_at", "decided_late", "approvals", "rejection", "reason",
            "assigned_to", "filed_by",
        ),
        requests,
    ),
    (
        "terms.csv",
        "Every version of every document, with how many have accepted it up to now.",
        (
            "document", "slug", "version", "effective_from", "sha256", "asked_of_everybody", "opens", "published_at",
            "published_by", "accepted",
        ),
        terms,
    ),
    ("terms_acceptances.csv", "Acceptances in the period.", ACCEPTANCE_HEADINGS, acceptances),
)  # fmt: skip


@transaction.atomic
def write_pack(file: IO[bytes], *, since: date, until: date, by: User, origin: Origin, now: datetime) -> None:
    """Write the pack into a file, and write down who took it."""
    period, told = Period(since=since, until=until, now=now), []
    moment = timezone.localtime(now)
    with ZipFile(file, "w", ZIP_DEFLATED) as pack:
        for name, what, headings, rows_of in MEMBERS:
            digest, count = hashlib.sha256(), -1  # the headings are no row
            member = ZipInfo(name, moment.timetuple()[:6])
            member.compress_type = ZIP_DEFLATED
            with pack.open(member, "w") as target:
                for line in lines(headings, rows_of(period)):
                    digest.update(line)
                    target.write(line)
                    count += 1
            told.append(f"{name}\n  {what}\n  {count} rows, SHA-256 {digest.hexdigest()}\n")
        member = ZipInfo("README.txt", moment.timetuple()[:6])
        member.compress_type = ZIP_DEFLATED
        pack.writestr(member, readme(told, period=period, by=by))
    record(Event.EVENTS_READ, origin=origin, by_id=by.pk, detail=f"Evidence pack taken away: {since} to {until}")


def readme(told: list[str], *, period: Period, by: User) -> str:
    head = (
        "Evidence of access control: Data Enquiry Service\n"
        f"{settings.PUBLIC_BASE_URL}\n\n"
        f"Period: {period.since:%-d %B %Y} to {period.until:%-d %B %Y}, both included\n"
        f"Taken:  {timezone.localtime(period.now):%-d %B %Y, %H:%M} by {by.name} ({by.email})\n\n"
        "Times are those of Great Britain, with their offset. An apostrophe stands before text that a spreadsheet\n"
        "would run. Check a file with `sha256sum`.\n\n"
    )
    return head + "\n".join(told)
