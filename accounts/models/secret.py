"""Secrets that are good once and for a short time, kept as digests."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models.user import User


class SecretKind(models.TextChoices):
    RESET = "reset", "Link to a new password"
    ASSISTED_RESET = "assisted-reset", "Code read over the telephone, for a new password"
    ENROLMENT = "enrolment", "Code by mail, before the first second factor"


class OneTimeSecret(models.Model):
    """A link or code by which one person may do one thing once; a new one of its kind ends the one before."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="secrets")
    kind = models.CharField(max_length=20, choices=SecretKind)
    digest = models.BinaryField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "kind"], condition=Q(used_at__isnull=True), name="secret_of_a_kind_is_one"
            )
        ]
        indexes = [models.Index(fields=["digest"], name="secret_by_digest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.user}"
