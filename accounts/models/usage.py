"""How much people use the service."""

from django.db import models

from accounts.models.organisation import Organisation
from accounts.models.user import User


class DailyUse(models.Model):
    """Enquiries that one person made for one organisation on one day (Europe/London)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="daily_use")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="daily_use")
    day = models.DateField()
    enquiries = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organisation", "day"], name="use_is_counted_once")]
        indexes = [models.Index(fields=["organisation", "day"], name="use_of_an_organisation")]

    def __str__(self) -> str:
        return f"{self.enquiries} on {self.day}"
