"""An offer to act for an organisation, made by mail."""

from datetime import date, datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.organisation import Organisation
from accounts.models.user import User
from accounts.permissions import MarketRole, PortalRole, in_order


class Held(models.TextChoices):
    """Why an invitation waits for the operator before it is sent."""

    NO = "", "Not held"
    DOMAIN = "domain", "The address is outside the organisation’s mail domains"
    IDENTITY = "identity", "The address belonged to a deleted account"


class Invitation(models.Model):
    """One person asked to act for one organisation in one market role; its link is good once and for some days."""

    email = models.EmailField(max_length=254, db_collation="C")
    name = models.CharField(max_length=150)
    telephone = models.CharField(max_length=30, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    market_role = models.CharField(max_length=10, choices=MarketRole)
    portal_roles = ArrayField(models.CharField(max_length=20, choices=PortalRole))
    starts_on = models.DateField(null=True, blank=True, help_text="The day of acceptance where none is named.")
    ends_on = models.DateField(null=True, blank=True, help_text="The first day on which it no longer holds.")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField()
    held = models.CharField(max_length=10, choices=Held, blank=True, default=Held.NO)
    consented_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # The deleted account that comes back when this is accepted; none makes a new identity.
    restores = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    digest = models.BinaryField(null=True, blank=True, help_text="Of the link last sent.")
    expires_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["email", "organisation", "market_role"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_is_open_once",
                violation_error_message="This person has been invited already.",
            ),
            models.CheckConstraint(
                condition=Q(portal_roles__len__gt=0),
                name="invitation_has_a_portal_role",
                violation_error_message="Choose at least one portal role.",
            ),
        ]
        indexes = [models.Index(fields=["digest"], name="invitation_by_digest")]

    def __str__(self) -> str:
        return f"{self.email} to {self.organisation}"

    @property
    def roles_in_order(self) -> list[PortalRole]:
        return in_order(self.portal_roles)

    def is_past(self, *, on: date) -> bool:
        """Whether the membership that it offers would be over by now."""
        return self.ends_on is not None and self.ends_on <= on

    def is_open(self, *, now: datetime) -> bool:
        """Whether it can be accepted now."""
        over = self.accepted_at or self.withdrawn_at or self.held or self.is_past(on=timezone.localdate(now))
        return not over and self.expires_at is not None and self.expires_at > now
