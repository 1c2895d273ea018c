"""For which organisation, in which market role, a person acts."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models.organisation import DatedQuerySet, Organisation
from accounts.models.user import User
from accounts.permissions import MarketRole, PortalRole


class Membership(models.Model):
    """One person acting for one organisation in one market role, from a date until before another."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    market_role = models.CharField(max_length=10, choices=MarketRole)
    portal_roles = ArrayField(models.CharField(max_length=20, choices=PortalRole))
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True, help_text="The first day on which it no longer holds.")

    objects: ClassVar = DatedQuerySet["Membership"].as_manager()

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
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.organisation} as {self.get_market_role_display()}"
