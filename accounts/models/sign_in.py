"""Where a person is signed in, and the devices they have signed in on."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.user import User


class SignInQuerySet(models.QuerySet["SignIn"]):
    def open(self, *, now: datetime) -> Self:
        """Those that have not been ended and are not older than any may be."""
        oldest = now - timedelta(hours=settings.SESSION_HOURS)
        return self.filter(ended_at__isnull=True, started_at__gt=oldest)


class SignIn(models.Model):
    """One sign-in on one browser: the session holds its id, and is worth nothing once this has ended."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    proved_at = models.DateTimeField(
        null=True, blank=True, help_text="When the person last proved who they are: password or second factor."
    )
    address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    device = models.ForeignKey("accounts.KnownDevice", on_delete=models.SET_NULL, null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=100, blank=True)

    objects: ClassVar = SignInQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["user", "-started_at"], name="sign_in_of_a_person"),
            models.Index(fields=["user"], condition=Q(ended_at__isnull=True), name="sign_in_that_is_open"),
        ]

    def __str__(self) -> str:
        return f"{self.user} since {self.started_at}"


class KnownDevice(models.Model):
    """A browser on which a person has signed in before; its cookie holds what the digest is of."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_devices")
    digest = models.BinaryField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="device_is_known_once")]

    def __str__(self) -> str:
        return f"a browser of {self.user}"
