"""Which access requests an actor may see and which decide: the one place that says whose a request is.

An LSO decides who joins their own organisations. The operator's support decides the rest: new organisations, names that
nobody knows, lost factors, mail; and what an organisation cannot decide, since nobody is left there to do so, or has
not decided in time. An administrator joins in where a new organisation needs its market role and short code.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.access import Actor
from accounts.models import AccessRequest, Approval, Membership, RequestKind, RequestState, User
from accounts.models.request import OVER
from accounts.operations import memberships
from accounts.operations.requests import WAITING, given_by
from accounts.operations.sign_in import account_of, user_with
from accounts.permissions import PERMISSIONS, Permission, PortalRole

FOR_LSO = (RequestKind.PERSON, RequestKind.LSO)
SHOWN = 20
YEAR = timedelta(days=365)
NOBODY = UUID(int=0)


def queue() -> QuerySet[AccessRequest]:
    """What handlers know of: nothing whose address was never confirmed."""
    return AccessRequest.objects.exclude(state=RequestState.UNCONFIRMED).filter(target_at__isnull=False)


def by_lso(actor: Actor, *, now: datetime) -> Q:
    """The requests that an LSO decides."""
    managed = memberships.organisations_managed(actor, now=now)
    return Q(kind__in=FOR_LSO, organisation__in=managed.values("pk"))


def by_support(*, now: datetime) -> Q:
    """The requests that support decides."""
    # Of the organisation, or a group LSO of its group; neither the person concerned nor who has approved already.
    keepers = (
        Membership.objects.of_keepers(on=timezone.localdate(now))
        .filter(
            Q(organisation=OuterRef("organisation"))
            | Q(
                organisation__group=OuterRef("organisation__group"),
                portal_roles__contains=[PortalRole.GROUP_LSO.value],
            )
        )
        .exclude(user__in=Approval.objects.filter(request=OuterRef(OuterRef("pk"))).values("by"))
        .exclude(user=Coalesce(OuterRef("person"), Value(NOBODY)))
        .exclude(user__email__iexact=OuterRef("email"))
    )
    return ~Q(kind__in=FOR_LSO) | Q(organisation__isnull=True) | ~Exists(keepers) | Q(target_at__lt=now)


def seen(actor: Actor, *, now: datetime) -> QuerySet[AccessRequest]:
    """The requests that an actor may read: those they decide, and for support all."""
    if actor.may(Permission.QUEUE):
        return queue()
    return decided(actor, now=now)


def decided(actor: Actor, *, now: datetime) -> QuerySet[AccessRequest]:
    """The requests that an actor decides, or would have."""
    reach = Q(pk__in=[])
    if actor.may(Permission.QUEUE):
        reach |= by_support(now=now)
    if actor.may(Permission.PEOPLE):
        reach |= by_lso(actor, now=now)
    if actor.may(Permission.ORGANISATIONS):
        reach |= Q(kind=RequestKind.ORGANISATION)
    return queue().filter(reach)


def counting(request: AccessRequest, *, on: date) -> QuerySet[Approval]:
    """The approvals of what a request would give, in their order: of whom could give them on that day still."""
    may = {Permission.QUEUE} | ({Permission.ORGANISATIONS} if request.kind == RequestKind.ORGANISATION else set())
    handlers = Q(portal_roles__overlap=[role.value for role in PortalRole if PERMISSIONS[role] & may])
    if request.kind in FOR_LSO and request.organisation:
        keepers = memberships.keepers_of(request.organisation, on=on)
        if PortalRole.GROUP_LSO in request.portal_roles:  # beyond a plain LSO
            keepers = keepers.filter(portal_roles__contains=[PortalRole.GROUP_LSO.value])
        handlers |= Q(pk__in=keepers.values("pk"))
    able = Membership.objects.giving(on=on).filter(handlers)
    given = request.approvals.filter(what=given_by(request), by__in=able.values("user"))
    return given.select_related("by").order_by("at")


def may_place(request: AccessRequest, *, actor: Actor) -> bool:
    """Whether an actor may say at which organisation a person is wanted: support, while it is not known.

    What is asked of a new organisation may be about one that is here.
    """
    unknown = request.kind == RequestKind.PERSON and not request.organisation
    placeable = unknown or request.kind in {RequestKind.MAILED, RequestKind.ORGANISATION}
    return placeable and actor.may(Permission.QUEUE)


def in_order(requests: QuerySet[AccessRequest], *, after: AccessRequest | None = None) -> QuerySet[AccessRequest]:
    """The request that is due first, or is latest already, first; behind one where it is named."""
    if after is not None:
        later = Q(target_at__gt=after.target_at) | Q(target_at=after.target_at, pk__gt=after.pk)
        requests = requests.filter(later)
    return requests.order_by("target_at", "pk").select_related("organisation", "assigned_to")


def newest_first(requests: QuerySet[AccessRequest], *, before: AccessRequest | None = None) -> QuerySet[AccessRequest]:
    """The request that was decided last first; behind one where it is named."""
    if before is not None:
        earlier = Q(decided_at__lt=before.decided_at) | Q(decided_at=before.decided_at, pk__lt=before.pk)
        requests = requests.filter(earlier)
    return requests.order_by(F("decided_at").desc(), "-pk").select_related("organisation", "assigned_to")


def duplicates(request: AccessRequest, *, actor: Actor, now: datetime) -> list[AccessRequest]:
    """Other requests of the same person, address or company, open or decided within a year, that the actor may see."""
    same = Q(email__iexact=request.email)
    if request.person_id:
        same |= Q(person=request.person_id)
    if request.company_number:
        same |= Q(company_number=request.company_number)
    current = Q(state__in=WAITING) | Q(state__in=OVER, decided_at__gte=now - YEAR)
    found = (
        seen(actor, now=now).filter(same, current).exclude(pk=request.pk).select_related("organisation", "assigned_to")
    )
    return list(found.order_by("-made_at")[:SHOWN])


def account_with(request: AccessRequest, *, actor: Actor, now: datetime) -> tuple[User | None, list[Membership]]:
    """The account with the applicant's address, and for whom it acts: an LSO hears of their own organisations only."""
    user = request.person or user_with(account_of(request.email))
    if user is None:
        return None, []
    held = Membership.objects.not_over(on=timezone.localdate(now)).filter(user=user).select_related("organisation")
    if not actor.may(Permission.QUEUE) and not actor.may(Permission.ORGANISATIONS):
        held = held.filter(organisation__in=memberships.organisations_managed(actor, now=now).values("pk"))
        if not held.exists():
            return None, []
    return user, list(held.order_by("started_on")[:SHOWN])
