"""Who is acting, for whom, and how far their rights reach: the only place that decides.

An `Actor` is a person, one of their memberships and the credential they came with. It is built from what is true now,
by a request for its session and by a worker for its job, and never stored.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from accounts.matrix import AccessMatrix, access_matrix
from accounts.models import MarketParticipant, Membership, User
from accounts.permissions import PERMISSIONS, DataItem, MarketRole, Permission, PortalRole, Scope


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for one organisation in one market role."""

    person_id: UUID
    name: str
    email: str
    membership_id: int
    organisation_id: int
    organisation_name: str
    market_role: MarketRole
    short_codes: tuple[str, ...]
    portal_roles: frozenset[PortalRole]

    @property
    def role_label(self) -> str:
        return self.market_role.label

    def may(self, permission: Permission) -> bool:
        return any(permission in PERMISSIONS[role] for role in self.portal_roles)

    def scope(self, *, enquiry: str, item: DataItem) -> Scope | None:
        """How far this actor's right to a data item of an enquiry reaches; None is no right."""
        grant = access_matrix().grant(enquiry=enquiry, item=item, market_role=self.market_role)
        # Nobody can accept a term yet, so a line that asks for one grants nothing.
        return grant.scope if grant and not grant.term else None

    @property
    def matrix(self) -> AccessMatrix:
        return access_matrix()


def memberships_of(user: User, *, on: date) -> list[Membership]:
    """The memberships a person may act under on a day, the longest held first."""
    if not user.is_active:
        return []
    held = (
        Membership.objects.in_force(on=on)
        .filter(user=user)
        .select_related("user", "organisation")
        .order_by("started_on", "pk")
    )
    return list(held)


def actor_for(user: User, *, on: date, membership_id: int | None = None) -> Actor | None:
    """The actor that a person is under one membership, or under the first that gives one where none is named.

    None where the person, the membership or the organisation's market role does not hold on that day.
    """
    named = [held for held in memberships_of(user, on=on) if membership_id in (None, held.pk)]
    return next((actor for held in named if (actor := actor_under(held, on=on))), None)


def actor_under(membership: Membership, *, on: date) -> Actor | None:
    """The actor that a membership makes of its person; None where the organisation no longer holds the market role."""
    user, role = membership.user, MarketRole(membership.market_role)
    participants = MarketParticipant.objects.in_force(on=on)
    short_codes = participants.filter(organisation=membership.organisation_id, market_role=role)
    codes = tuple(short_codes.order_by("short_code").values_list("short_code", flat=True))
    if not codes:
        return None
    return Actor(
        person_id=user.pk,
        name=user.name,
        email=user.email,
        membership_id=membership.pk,
        organisation_id=membership.organisation_id,
        organisation_name=membership.organisation.name,
        market_role=role,
        short_codes=codes,
        portal_roles=frozenset(PortalRole(name) for name in membership.portal_roles),
    )
