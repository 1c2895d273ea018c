"""What people agree to before they use the service, version by version, and who agreed when."""

import hashlib
from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from accounts.models.user import User


class TermsQuerySet(models.QuerySet["TermsDocument"]):
    def in_force(self, *, on: date) -> Self:
        """The version of each document that holds on a day: the latest that has taken effect."""
        latest = TermsDocument.objects.filter(slug=OuterRef("slug"), effective_from__lte=on).order_by("-version")
        return self.filter(pk=Subquery(latest.values("pk")[:1]))


class TermsDocument(models.Model):
    """One version of one document. It is never changed: another version takes its place on its day."""

    slug = models.SlugField(max_length=40, db_collation="C")
    title = models.CharField(max_length=100)
    version = models.PositiveIntegerField()
    effective_from = models.DateField()
    text = models.TextField(help_text="Paragraphs with an empty line between; a line that begins with # is a heading.")
    sha256 = models.CharField(max_length=64, db_collation="C", editable=False)
    required = models.BooleanField(
        default=True, help_text="Asked of everybody; else it opens the data that the access matrix names it for."
    )
    opens = models.CharField(max_length=200, blank=True, help_text="What accepting it opens, in words.")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar = TermsQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[Any]] = [F("required").desc(), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "version"],
                name="terms_version_is_published_once",
                violation_error_message="This version has been published meanwhile.",
            ),
            models.CheckConstraint(condition=Q(version__gt=0), name="terms_versions_begin_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"

    @staticmethod
    def hash_of(text: str) -> str:
        """The SHA-256 of a text in UTF-8, by which an acceptance says what was read."""
        return hashlib.sha256(text.encode()).hexdigest()


class AcceptedBy(models.TextChoices):
    CLICK = "click", "Accepted on the page"
    NOTICE = "notice", "By signing in, where a notice says so"


class TermsAcceptance(models.Model):
    """One person agreed to one version. Added, and never changed."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="acceptances")
    document = models.ForeignKey(TermsDocument, on_delete=models.PROTECT, related_name="acceptances")
    sha256 = models.CharField(max_length=64, db_collation="C", help_text="Of the text that was accepted.")
    at = models.DateTimeField()
    by = models.CharField(max_length=10, choices=AcceptedBy, default=AcceptedBy.CLICK)
    address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "document"], name="terms_are_accepted_once")]

    def __str__(self) -> str:
        return f"{self.user} accepted {self.document}"
