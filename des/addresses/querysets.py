"""Places found by the words of an address."""

from collections.abc import Sequence
from typing import Any, Self

from django.contrib.postgres.search import SearchQuery
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Length, Substr

from des.addresses.words import alternatives, street_names

# A word shorter than this is not looked for with a slip in it: half of it could be another.
FEWEST_FOR_A_SLIP = 5


def any_of(words: Sequence[str], suffix: str = "") -> SearchQuery:
    """A query for all the words, each in any of the ways in which it is written."""
    terms = ["(" + " | ".join(f"{way}{suffix}" for way in alternatives(word)) + ")" for word in words]
    return SearchQuery(" & ".join(terms), config="simple", search_type="raw")


class PlaceQuerySet(QuerySet[Any]):
    def having(self, words: Sequence[str]) -> Self:
        """Places that have every word, in any order."""
        return self.filter(search=any_of(words))

    def named(self, words: list[str]) -> Self:
        """Places that have every word, on a street whose name is some of them in a row."""
        return self.having(words).filter(street__in=street_names(words))

    def having_words_starting(self, words: Sequence[str]) -> Self:
        """Places that have, for each word, one that starts with it."""
        return self.filter(search=any_of(words, suffix=":*"))

    def spelled_like(self, words: Sequence[str]) -> Self:
        """Places that have, for each long word, one much like it: finds a name with a slip in it."""
        long = [word for word in words if len(word) >= FEWEST_FOR_A_SLIP]
        if not long:
            return self.none()
        alike = self
        for word in long:
            alike = alike.filter(words__trigram_word_similar=word)
        return alike

    def below_postcode(self, prefix: str) -> Self:
        """Places whose postcode starts with a text, as one range of the postcode index."""
        return self.filter(postcode__gte=prefix, postcode__lt=prefix[:-1] + chr(ord(prefix[-1]) + 1))

    def towns(self, *, among: int) -> list[str]:
        """The towns of a bounded number of these places, those with the most meter points first."""
        points: dict[str, int] = {}
        for town, count in self.values_list("town", "points")[:among]:
            points[town] = points.get(town, 0) + count
        return sorted(filter(None, points), key=lambda town: (-points[town], town))

    def by_sector(self) -> list[tuple[str, int]]:
        """The postcode sectors of these places (the postcode without its last two letters), with their meter points."""
        sectors = self.annotate(sector=Substr("postcode", 1, Length("postcode") - 2)).values("sector")
        return list(sectors.annotate(count=Sum(F("points"))).order_by("sector").values_list("sector", "count"))
