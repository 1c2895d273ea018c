"""Who is acting, for whom, and how far their rights reach: the only place that decides.

An `Actor` is a person, one of their memberships and the credential they came with. It is built from what is true now,
by a request for its session and by a worker for its job, and never stored. Nobody who has terms still to accept is one.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.matrix import AccessMatrix, access_matrix
from accounts.models import MarketParticipant, Membership, SupportSession, TermsAcceptance, TermsDocument, User
from accounts.permissions import PERMISSIONS, DataItem, MarketRole, Permission, PortalRole, Scope

# What the operator's own people may do only inside an open support session.
DATA = frozenset({Permission.ENQUIRE, Permission.EXPORT})


@dataclass(frozen=True)
class Actor:
    """A person acting for one organisation in one market role."""

    person_id: UUID
    name: str
    email: str
    membership_id: int
    organisation_id: int
    organisation_name: str
    group_id: int | None
    market_role: MarketRole
    short_codes: tuple[str, ...]
    portal_roles: frozenset[PortalRole]
    # Slugs of the terms that are accepted in the version now in force.
    terms: frozenset[str] = field(default=frozenset())
    # The open support session, for the operator's people; `None` for everybody else.
    support_session_id: int | None = None

    @property
    def role_label(self) -> str:
        return self.market_role.label

    @property
    def may_see_data(self) -> bool:
        """The operator's people hold no standing power over data: only a support session opens it."""
        return self.market_role != MarketRole.OPERATOR or self.support_session_id is not None

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        given = frozenset[Permission]().union(*(PERMISSIONS[role] for role in self.portal_roles))
        return given if self.may_see_data else given - DATA

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def scope(self, *, enquiry: str, item: DataItem) -> Scope | None:
        """How far this actor's right to a data item of an enquiry reaches; None is no right."""
        if not self.may_see_data:
            return None
        grant = access_matrix().grant(enquiry=enquiry, item=item, market_role=self.market_role, accepted=self.terms)
        return grant.scope if grant else None

    def missing_term(self, *, enquiry: str, item: DataItem) -> str:
        """The slug of the terms that would widen the right to a data item once accepted; empty where none would."""
        lines = access_matrix().lines(enquiry=enquiry, item=item, market_role=self.market_role)
        return next((line.term for line in lines if line.term and line.term not in self.terms), "")

    @property
    def matrix(self) -> AccessMatrix:
        return access_matrix()


@dataclass(frozen=True)
class Standing:
    """What is true of a person now: under which memberships they may act, and what stands before that."""

    user: User
    now: datetime
    memberships: tuple[Membership, ...]
    # Those in force, without their text.
    documents: tuple[TermsDocument, ...]
    # Keys of those of them that the person has accepted.
    accepted_keys: frozenset[int]

    @property
    def on(self) -> date:
        return timezone.localdate(self.now)

    @property
    def needs_factor(self) -> bool:
        """Whether a second factor is compulsory: for the whole account, whichever membership is acted under."""
        return any(membership.needs_factor for membership in self.memberships)

    @property
    def is_privileged(self) -> bool:
        return any(membership.is_privileged for membership in self.memberships)

    @property
    def outstanding(self) -> list[TermsDocument]:
        """The documents that must be accepted before anything else works."""
        return [document for document in self.documents if document.required and document.pk not in self.accepted_keys]

    @property
    def accepted(self) -> frozenset[str]:
        return frozenset(document.slug for document in self.documents if document.pk in self.accepted_keys)

    def actor(self, membership_id: int | None = None) -> Actor | None:
        """The actor under one membership, or under the first that gives one where none is named."""
        if self.outstanding:
            return None
        named = [held for held in self.memberships if membership_id in (None, held.pk)]
        return next((actor for held in named if (actor := self._under(held))), None)

    def _under(self, membership: Membership) -> Actor | None:
        """The actor that a membership makes; None where the organisation no longer holds the market role."""
        role = MarketRole(membership.market_role)
        participants = MarketParticipant.objects.in_force(on=self.on)
        short_codes = participants.filter(organisation=membership.organisation_id, market_role=role)
        codes = tuple(short_codes.order_by("short_code").values_list("short_code", flat=True))
        if not codes:
            return None
        support = None
        if role == MarketRole.OPERATOR and PortalRole.SUPPORT in membership.roles:
            sessions = SupportSession.objects.open(now=self.now).filter(user=self.user)
            support = sessions.values_list("pk", flat=True).first()
        return Actor(
            person_id=self.user.pk,
            name=self.user.name,
            email=self.user.email,
            membership_id=membership.pk,
            organisation_id=membership.organisation_id,
            organisation_name=membership.organisation.name,
            group_id=membership.organisation.group_id,
            market_role=role,
            short_codes=codes,
            portal_roles=membership.roles,
            terms=self.accepted,
            support_session_id=support,
        )


def memberships_of(user: User, *, on: date) -> list[Membership]:
    """The memberships a person may act under on a day, the longest held first."""
    if not user.is_active:
        return []
    held = Membership.objects.acting(on=on).filter(user=user).select_related("user", "organisation")
    return list(held.order_by("started_on", "pk"))


def standing_of(user: User, *, now: datetime) -> Standing:
    """What is true of a person at a moment, in two questions to the database."""
    on = timezone.localdate(now)
    accepted = TermsAcceptance.objects.filter(document=OuterRef("pk"), user=user)
    documents: list[Any] = list(TermsDocument.objects.in_force(on=on).defer("text").annotate(accepted=Exists(accepted)))
    return Standing(
        user=user,
        now=now,
        memberships=tuple(memberships_of(user, on=on)),
        documents=tuple(documents),
        accepted_keys=frozenset(document.pk for document in documents if document.accepted),
    )


def actor_for(user: User, *, now: datetime, membership_id: int | None = None) -> Actor | None:
    """The actor that a person is under one membership, or under the first that gives one where none is named.

    None where the person, the membership or the organisation's market role does not hold at that moment, or where the
    person has terms to accept.
    """
    return standing_of(user, now=now).actor(membership_id)
