"""What the operator tells the users: news, and a banner on every page for planned outages."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from accounts.models.user import User


class NoticeKind(models.TextChoices):
    NEWS = "news", "News"
    OUTAGE = "outage", "Planned outage"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def shown(self, *, now: datetime) -> Self:
        return self.filter(
            Q(shown_until__isnull=True) | Q(shown_until__gt=now), withdrawn_at__isnull=True, shown_from__lte=now
        )


class Notice(models.Model):
    """One message, shown from one moment until another."""

    kind = models.CharField(max_length=10, choices=NoticeKind)
    title = models.CharField(max_length=120)
    text = models.TextField(max_length=2000)
    shown_from = models.DateTimeField()
    shown_until = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = NoticeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-shown_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(shown_until__isnull=True) | Q(shown_until__gt=F("shown_from")),
                name="notice_ends_after_it_begins",
                violation_error_message="A message must end after it begins.",
            )
        ]

    def __str__(self) -> str:
        return self.title
