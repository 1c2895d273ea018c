"""Who looked at what: one row for every enquiry, written before its answer leaves, and never changed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class Channel(models.TextChoices):
    SCREEN = "screen", "Screen"
    EXPORT = "export", "Export"
    DOWNLOAD = "download", "Download"


class Decision(models.TextChoices):
    ANSWERED = "answered", "Answered"
    REFUSED = "refused", "Refused"


class EnquiryEvent(models.Model):
    """One enquiry: who asked, for whom, under which rules, what, and what was shown.

    It refers to people and organisations by id without a foreign key, since it outlives them.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    person_id = models.UUIDField()
    organisation_id = models.BigIntegerField(null=True)
    support_session_id = models.BigIntegerField(
        null=True, help_text="The support session in which the operator's support asked."
    )
    market_role = models.CharField(max_length=10, blank=True, db_collation="C")
    matrix_version = models.CharField(max_length=64, db_collation="C")
    channel = models.CharField(max_length=10, choices=Channel, db_collation="C")
    enquiry = models.CharField(max_length=40, db_collation="C")
    criteria = models.JSONField()
    decision = models.CharField(max_length=10, choices=Decision, db_collation="C")
    result_count = models.BigIntegerField(null=True, help_text="Rows shown, or written to a file.")
    shown = ArrayField(models.BigIntegerField(), help_text="The keys of the rows shown on a screen.")
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, db_collation="C")

    def __str__(self) -> str:
        return f"{self.enquiry} at {self.at}"
