"""The yearly round in which the LSOs of an organisation confirm or remove each of its people."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models.organisation import Organisation
from accounts.models.user import User


class Certification(models.Model):
    """One round of one organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="certifications")
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed = models.PositiveIntegerField(null=True, blank=True)
    removed = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(done_at__isnull=True), name="certification_is_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, due on {self.due_on}"
