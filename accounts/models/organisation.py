"""Companies, and the market roles and short codes under which they act."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from accounts.permissions import MarketRole


class OrganisationGroup(models.Model):
    """Companies that belong together: a group LSO of one looks after the people of all."""

    name = models.CharField(max_length=150, unique=True)

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A company that may have people in the portal."""

    name = models.CharField(max_length=150, unique=True)
    group = models.ForeignKey(
        OrganisationGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="organisations"
    )
    company_number = models.CharField(max_length=8, blank=True, db_collation="C", help_text="At Companies House.")
    requires_second_factor = models.BooleanField(
        default=False, help_text="Of all its people, not only of those whose role needs one."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(company_number__regex=r"^([A-Z0-9]{8})?$"),
                name="organisation_company_number_has_its_shape",
                violation_error_message="A company number is eight digits, or two letters and six digits.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationDomain(models.Model):
    """A mail domain that an organisation owns: an invitation outside them needs the operator's consent."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253, db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "domain"],
                name="organisation_domain_is_listed_once",
                violation_error_message="This domain is listed already.",
            ),
            models.CheckConstraint(
                condition=Q(domain__regex=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"),
                name="organisation_domain_has_its_shape",
                violation_error_message="A domain reads like company.co.uk, in small letters.",
            ),
        ]

    def __str__(self) -> str:
        return self.domain


class DatedQuerySet[T: models.Model](models.QuerySet[T]):
    """Rows that hold from one date until before another."""

    def in_force(self, *, on: date) -> Self:
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on), started_on__lte=on)


class MarketParticipant(models.Model):
    """One organisation in one market role under one short code, from a date until before another.

    This is the only record of a market participant: the register holds short codes, which are looked up here.
    A company may hold several short codes, and one short code several roles.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="participants")
    market_role = models.CharField(max_length=10, choices=MarketRole)
    short_code = models.CharField(max_length=4, db_collation="C")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True, help_text="The first day on which it no longer holds.")
    basis = models.CharField(
        max_length=60, help_text="Where the short code comes from; 'invented' where none is public."
    )

    objects: ClassVar = DatedQuerySet["MarketParticipant"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["market_role", "short_code", "started_on"],
                name="participant_short_code_is_unique_in_its_role",
                violation_error_message="Another participant already has this short code in this role.",
            ),
            models.UniqueConstraint(
                fields=["market_role", "short_code"],
                condition=Q(ended_on__isnull=True),
                name="participant_short_code_has_one_holder",
                violation_error_message="This short code already has a holder in this role.",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gt=F("started_on")),
                name="participant_ends_after_it_starts",
                violation_error_message="A market role must end after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(short_code__regex=r"^[A-Z0-9]{3,4}$"),
                name="participant_short_code_has_its_shape",
                violation_error_message="A short code is three or four capital letters or digits.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.short_code} ({self.get_market_role_display()})"
