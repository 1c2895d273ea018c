"""The time in which a member of the operator's support may see data, for one organisation and with a reason."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from accounts.models.organisation import Organisation
from accounts.models.user import User


class SupportSessionQuerySet(models.QuerySet["SupportSession"]):
    def open(self, *, now: datetime) -> Self:
        return self.filter(ended_at__isnull=True, closes_at__gt=now)


class SupportSession(models.Model):
    """Support helps one organisation, and is shown to it afterwards."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="support_sessions")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="support_sessions")
    reason = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = SupportSessionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ended_at__isnull=True),
                name="support_session_is_one_at_a_time",
                violation_error_message="End the support session that is open first.",
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opened_at")), name="support_session_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="support_session_has_a_reason",
                violation_error_message="Say why you need to see data.",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-opened_at"], name="support_session_of_an_org")]

    def __str__(self) -> str:
        return f"{self.user} for {self.organisation} from {self.opened_at}"
