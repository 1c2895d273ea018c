"""Where meter points are: Retail Energy Location addresses, and the places that make words searchable."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q

from des.addresses.querysets import PlaceQuerySet


class RELAddress(models.Model):
    """The Retail Energy Location address of one UPRN (the published REL fields)."""

    uprn = models.BigIntegerField(primary_key=True, verbose_name="UPRN")
    display = models.CharField(max_length=250, db_collation="C", help_text="One line, without the postcode.")
    postcode = models.CharField(max_length=8, db_collation="C")
    primary_name = models.CharField(max_length=100, db_collation="C", blank=True)
    secondary_name = models.CharField(max_length=100, db_collation="C", blank=True)
    street1 = models.CharField(max_length=100, db_collation="C", blank=True)
    street2 = models.CharField(max_length=100, db_collation="C", blank=True)
    locality1 = models.CharField(max_length=60, db_collation="C", blank=True)
    locality2 = models.CharField(max_length=60, db_collation="C", blank=True)
    town = models.CharField(max_length=60, db_collation="C", blank=True)

    class Meta:
        verbose_name = "REL address"
        constraints = [
            models.CheckConstraint(
                condition=Q(uprn__gte=1, uprn__lte=999_999_999_999),
                name="rel_uprn_has_at_most_twelve_digits",
                violation_error_message="A UPRN has at most 12 digits.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display}, {self.postcode}"


class Place(models.Model):
    """One street within one postcode: what a search by words probes before it touches meter points.

    24.5 million addresses have 1.6 million places, so a full-text index here is a fifteenth of one on meter
    points, and answers in a fifth of the time.
    """

    postcode = models.CharField(max_length=8, db_collation="C")
    street = models.CharField(max_length=100, db_collation="C", blank=True)
    town = models.CharField(max_length=60, db_collation="C", blank=True)
    points = models.PositiveIntegerField(help_text="How many meter points it has.")
    words = models.TextField(
        db_collation="C",
        help_text="Street, localities, town, county, postcode and the building names of its meter points, in capitals.",
    )
    search = models.GeneratedField(
        expression=SearchVector("words", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    objects: ClassVar = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["postcode", "street"], name="place_is_a_street_in_a_postcode")]
        indexes = [
            # Without fast update: a search would read the whole list of what a load has left pending.
            GinIndex(fields=["search"], name="place_search", fastupdate=False),
            GinIndex(OpClass("words", name="gin_trgm_ops"), name="place_words_trigram", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"{self.street}, {self.postcode}"
