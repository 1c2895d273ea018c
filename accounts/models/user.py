"""A person who signs in."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    """People whose account is not deleted."""

    def get_queryset(self) -> models.QuerySet["User"]:
        return super().get_queryset().filter(deleted_at__isnull=True)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, *, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an account; without a password it cannot be signed in to until its person chooses one."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        if password is not None:
            user.password_set_at = timezone.now()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One person, known by an id that never changes; the corporate e-mail is an attribute.

    A deleted account keeps its row, so that history stays with it, and frees its e-mail for another account.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("email address", max_length=254, db_collation="C")
    name = models.CharField(max_length=150)
    telephone = models.CharField(max_length=30, blank=True)
    is_active = models.BooleanField(default=True, help_text="Switched off, the person cannot sign in.")
    switched_off_because = models.CharField(max_length=200, blank=True)
    password_set_at = models.DateTimeField(
        null=True, blank=True, help_text="When the person last chose a password; none means they must choose one."
    )
    dormancy_warned_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()
    with_deleted: ClassVar[models.Manager["User"]] = models.Manager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(deleted_at__isnull=True),
                name="user_email_is_unique_among_accounts_not_deleted",
                violation_error_message="Another account already has this email address.",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | Q(is_active=False),
                name="user_deleted_is_not_active",
                violation_error_message="A deleted account cannot be active.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name
