"""What the operator looks up: people, organisations, and how much waits. Reads only, and never without bound."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import limits
from accounts.models import (
    AccessRequest,
    Certification,
    Event,
    Held,
    Invitation,
    MarketParticipant,
    Membership,
    Organisation,
    OrganisationDomain,
    RequestState,
    SecurityEvent,
    User,
)
from accounts.operations.sign_in import account_of
from accounts.permissions import MarketRole, PortalRole

SHOWN = 50
SHORTEST = 3
MOST_COUNTED = 1_000


def counted(rows: QuerySet[Any]) -> int:
    """How many rows there are; one more than the most that is counted stands for more."""
    return rows.order_by()[: MOST_COUNTED + 1].count()


def people_found(text: str, *, with_deleted: bool) -> list[User]:
    """People whose address begins with a text, whose name holds it, or who act for an organisation that is called so.

    One more than a page shows where there are more.
    """
    words = " ".join(text.split())
    everybody = User.with_deleted.all() if with_deleted else User.objects.all()
    organisations = organisations_called(words).values("pk")
    acting = Membership.objects.filter(organisation__in=organisations).values("user")
    found = everybody.annotate(address=Lower("email")).filter(
        Q(address__startswith=account_of(words)) | Q(name__icontains=words) | Q(pk__in=acting)
    )
    return list(found.order_by("name", "pk")[: SHOWN + 1])


def organisations_called(text: str) -> QuerySet[Organisation]:
    """Organisations whose name holds a text, or that have it as a short code, now or once."""
    words = " ".join(text.split())
    called = Q(name__icontains=words)
    if re.fullmatch(r"[A-Za-z0-9]{3,4}", words):
        with_code = MarketParticipant.objects.filter(short_code=words.upper())
        called |= Q(pk__in=with_code.values("organisation"))
    return Organisation.objects.filter(called)


def helped() -> QuerySet[Organisation]:
    """The organisations for which a support session can be opened: all but the operator's own."""
    operators = MarketParticipant.objects.filter(market_role=MarketRole.OPERATOR)
    return Organisation.objects.exclude(pk__in=operators.values("organisation"))


def after(organisations: QuerySet[Organisation], name: str) -> list[Organisation]:
    """A page of organisations by name, of those behind one name; one more where there are more."""
    behind = organisations.filter(name__gt=name) if name else organisations
    return list(behind.select_related("group").prefetch_related("participants").order_by("name")[: SHOWN + 1])


def without_keeper(*, on: date) -> QuerySet[Organisation]:
    """Organisations, not the operator's, that have people and nobody who looks after them: support acts for these."""
    people = Membership.objects.acting(on=on).filter(organisation=OuterRef("pk"))
    keepers = Membership.objects.of_keepers(on=on)
    own = keepers.filter(organisation=OuterRef("pk"))
    of_group = keepers.filter(
        organisation__group=OuterRef("group"), portal_roles__contains=[PortalRole.GROUP_LSO.value]
    )
    return helped().filter(Exists(people), ~Exists(own), ~Exists(of_group))


def held_invitations() -> QuerySet[Invitation]:
    """Invitations that wait for the operator, the oldest first."""
    waiting = Invitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True).exclude(held=Held.NO)
    return waiting.select_related("organisation", "invited_by").order_by("pk")


def deleted_with(email: str) -> list[User]:
    """The deleted accounts that had an address, the last deleted first."""
    deleted = User.with_deleted.annotate(address=Lower("email")).filter(
        address=account_of(email), deleted_at__isnull=False
    )
    return list(deleted.prefetch_related("memberships__organisation").order_by("-deleted_at")[:SHOWN])


def waiting_requests() -> QuerySet[AccessRequest]:
    return AccessRequest.objects.filter(state__in=[RequestState.OPEN, RequestState.QUESTION])


def overdue_certifications(*, on: date) -> QuerySet[Certification]:
    overdue = Certification.objects.filter(done_at__isnull=True, due_on__lt=on)
    return overdue.select_related("organisation").order_by("due_on", "pk")


def locked_people(*, now: datetime) -> list[tuple[User, datetime]]:
    """Whom too many tries keep out now, with until when, the longest first.

    What is counted is not stored by name, so it is looked up for those whose tries failed within the day.
    """
    failed = SecurityEvent.objects.filter(
        event__in=[Event.SIGN_IN_PAUSED, Event.FACTOR_FAILED], at__gt=now - timedelta(days=1), person_id__isnull=False
    )
    ids = list(failed.order_by().values_list("person_id", flat=True).distinct()[:MOST_COUNTED])
    people = User.objects.in_bulk(ids).values()
    subjects = [subject for user in people for subject in (account_of(user.email), user.pk)]
    paused = limits.paused_until(*subjects, now=now) if subjects else {}
    found = []
    for user in people:
        digests = (limits.subject_digest(account_of(user.email)), limits.subject_digest(user.pk))
        if until := max((paused[digest] for digest in digests if digest in paused), default=None):
            found.append((user, until))
    return sorted(found, key=lambda one: one[1], reverse=True)


def is_operators_own(user: User, *, now: datetime) -> bool:
    """Whether a person acts, or will, for the operator itself."""
    held = Membership.objects.not_over(on=timezone.localdate(now))
    return held.filter(user=user, market_role=MarketRole.OPERATOR).exists()


def owns_domain_of(email: str, user: User, *, now: datetime) -> bool:
    """Whether an address is within the mail domains of an organisation that a person acts for, or will."""
    held = Membership.objects.not_over(on=timezone.localdate(now)).filter(user=user)
    domain = email.strip().lower().rpartition("@")[2]
    return OrganisationDomain.objects.filter(domain=domain, organisation__in=held.values("organisation")).exists()


def page_of[M: Model](rows: QuerySet[M], *, after_key: int | None, newest_first: bool) -> tuple[list[M], int | None]:
    """A page of rows by key, and the key behind which the next page begins; none where this is the last."""
    if after_key is not None:
        rows = rows.filter(**{"pk__lt" if newest_first else "pk__gt": after_key})
    found = list(rows.order_by("-pk" if newest_first else "pk")[: SHOWN + 1])
    return found[:SHOWN], found[SHOWN - 1].pk if len(found) > SHOWN else None
