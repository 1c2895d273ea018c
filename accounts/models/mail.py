"""Mail that waits to be sent: the row is the truth, so neither a crash nor a dead mail server loses one."""

from django.db import models
from django.db.models import Q


class Mail(models.Model):
    """One message. What is secret in it is made when it is sent, so that it is never stored."""

    template = models.CharField(max_length=60, db_collation="C", help_text="Name below templates/mail.")
    to = models.CharField(max_length=254)
    about = models.JSONField(default=dict, help_text="What the template needs.")
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    given_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="mail_that_waits",
            )
        ]

    def __str__(self) -> str:
        return f"{self.template} of {self.written_at}"
