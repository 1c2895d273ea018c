"""Files that people asked for: the row is the truth about a job, the message broker only a doorbell."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse


class State(models.TextChoices):
    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Being written"
    DONE = "done", "Ready"
    FAILED = "failed", "Failed"
    REFUSED = "refused", "Refused"
    EXPIRED = "expired", "Expired"


class Export(models.Model):
    """One question to be answered as a file, for one person acting under one membership."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exports")
    membership = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="exports")
    title = models.CharField(max_length=200)
    enquiry = models.CharField(max_length=40, db_collation="C", help_text="Slug of the enquiry.")
    criteria = models.JSONField(help_text="What was asked, as the enquiry's form takes it.")
    whole_record = models.BooleanField(default=False, help_text="All columns of the record page, not of the list.")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED, db_collation="C")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it failed or was refused.")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    rows_done = models.BigIntegerField(default=0)
    rows_total = models.BigIntegerField(null=True, blank=True)
    size = models.BigIntegerField(null=True, blank=True, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, blank=True, db_collation="C")
    data_as_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, help_text="What the answering search says of itself.")
    matrix_version = models.CharField(
        max_length=64, blank=True, db_collation="C", help_text="The access matrix that the file was written under."
    )
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    request_id = models.CharField(max_length=64, db_collation="C")

    class Meta:
        ordering: ClassVar[list[str]] = ["-requested_at"]
        indexes = [models.Index(fields=["user", "-requested_at"], name="export_of_a_person")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | Q(size__isnull=False, finished_at__isnull=False),
                name="export_done_has_a_file",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("export", kwargs={"export_id": self.pk})

    @property
    def percent(self) -> int:
        """How much is written, 0 to 100."""
        if self.state == State.DONE:
            return 100
        return 100 * self.rows_done // self.rows_total if self.rows_total else 0
