"""Industry standing data: codes with their meanings, zones, bands, and the state of the register."""

from django.db import models
from django.db.models import Q


class Code(models.Model):
    """One code of one code set, with what it means and where that is published."""

    code_set = models.CharField(max_length=40, db_collation="C")
    code = models.CharField(max_length=20, db_collation="C")
    meaning = models.CharField(max_length=200)
    basis = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code_set", "code"], name="code_is_unique_in_its_set")]

    def __str__(self) -> str:
        return f"{self.code} {self.meaning}"


class LDZ(models.Model):
    """A local distribution zone, one of thirteen."""

    code = models.CharField(primary_key=True, max_length=2, db_collation="C")
    name = models.CharField(max_length=40)
    network = models.CharField(max_length=4, db_collation="C", help_text="Short code of the gas transporter.")

    class Meta:
        verbose_name = "LDZ"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ExitZone(models.Model):
    """A part of an LDZ fed by its own offtakes."""

    code = models.CharField(primary_key=True, max_length=3, db_collation="C")
    ldz = models.ForeignKey(LDZ, on_delete=models.PROTECT, related_name="exit_zones")
    basis = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.code


class EndUserCategoryBand(models.Model):
    """A band of annual quantity, in kWh, from the first figure to below the second."""

    band = models.PositiveSmallIntegerField(primary_key=True)
    aq_from_kwh = models.BigIntegerField()
    aq_to_kwh = models.BigIntegerField(null=True, blank=True)
    basis = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"Band {self.band}"


class RegisterState(models.Model):
    """What the register holds now: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    as_at = models.DateTimeField(help_text="The moment up to which the register is complete, in UTC.")
    points = models.BigIntegerField(help_text="How many meter points it holds.")
    seed = models.BigIntegerField(null=True, help_text="The seed of the sample register; empty for real data.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="register_state_is_one_row"),
        ]

    def __str__(self) -> str:
        return f"{self.points:,} meter points as at {self.as_at}"
