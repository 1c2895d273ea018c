"""For which organisation, in which market role, a person acts."""

from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models.organisation import DatedQuerySet, MarketParticipant, Organisation
from accounts.models.user import User
from accounts.permissions import (
    FACTOR_ROLES,
    KEEPER_ROLES,
    OPERATOR_ROLES,
    PRIVILEGED_ROLES,
    MarketRole,
    PortalRole,
    in_order,
)


class MembershipQuerySet(DatedQuerySet["Membership"]):
    """Memberships, by what they give."""

    def acting(self, *, on: date) -> Self:
        """Those that a person may act under on a day: in force, and not disabled."""
        return self.in_force(on=on).filter(disabled_at__isnull=True, user__is_active=True)

    def giving(self, *, on: date) -> Self:
        """Those that give their person something on a day: the organisation holds the market role then."""
        held = MarketParticipant.objects.in_force(on=on).filter(
            organisation=OuterRef("organisation"), market_role=OuterRef("market_role")
        )
        return self.acting(on=on).filter(Exists(held))

    def of_keepers(self, *, on: date) -> Self:
        """Those under which somebody looks after people on a day: of LSOs, and of the operator's administrators."""
        return self.giving(on=on).filter(portal_roles__overlap=[role.value for role in KEEPER_ROLES])

    def not_over(self, *, on: date) -> Self:
        """Those that hold or are still to come, disabled ones among them."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on), user__deleted_at__isnull=True)


class Membership(models.Model):
    """One person acting for one organisation in one market role, from a date until before another."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    market_role = models.CharField(max_length=10, choices=MarketRole)
    portal_roles = ArrayField(models.CharField(max_length=20, choices=PortalRole))
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True, help_text="The first day on which it no longer holds.")
    disabled_at = models.DateTimeField(null=True, blank=True, help_text="Paused with its roles kept.")
    disabled_because = models.CharField(max_length=200, blank=True)
    certified_at = models.DateTimeField(null=True, blank=True, help_text="When an LSO last confirmed it.")

    objects: ClassVar = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "market_role"],
                condition=Q(ended_on__isnull=True),
                name="membership_is_held_once",
                violation_error_message="This person already acts for this organisation in this role.",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gt=F("started_on")),
                name="membership_ends_after_it_starts",
                violation_error_message="A membership must end after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(portal_roles__len__gt=0),
                name="membership_has_a_portal_role",
                violation_error_message="Choose at least one portal role.",
            ),
            models.CheckConstraint(
                condition=(
                    Q(market_role=MarketRole.OPERATOR)
                    & Q(portal_roles__contained_by=sorted(role.value for role in OPERATOR_ROLES))
                )
                | (
                    ~Q(market_role=MarketRole.OPERATOR)
                    & ~Q(portal_roles__overlap=sorted(role.value for role in OPERATOR_ROLES))
                ),
                name="membership_operator_roles_are_the_operators",
                violation_error_message="Operator roles are for the operator's own people, and no others are.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.organisation} as {self.get_market_role_display()}"

    @property
    def roles(self) -> frozenset[PortalRole]:
        return frozenset(PortalRole(name) for name in self.portal_roles)

    @property
    def roles_in_order(self) -> list[PortalRole]:
        return in_order(self.portal_roles)

    @property
    def needs_factor(self) -> bool:
        """Whether its person must have a second factor: by the roles, or since the organisation requires it."""
        return bool(self.roles & FACTOR_ROLES) or self.organisation.requires_second_factor

    @property
    def is_privileged(self) -> bool:
        """Whether its person's sessions are the short ones."""
        return bool(self.roles & PRIVILEGED_ROLES)
