"""How often something was tried."""

from django.db import models


class LimitCount(models.Model):
    """Tries of one thing by one subject since the window began; see `accounts/limits.py`."""

    key = models.BinaryField(primary_key=True, help_text="Digest of the limit's name and of whom it counts.")
    name = models.CharField(max_length=60, db_collation="C")
    subject = models.BinaryField(help_text="Digest of the first that it counts, such as an account.")
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["ends_at"], name="limit_count_by_its_end"),
            models.Index(fields=["subject"], name="limit_count_by_its_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.count} since {self.started_at}"
