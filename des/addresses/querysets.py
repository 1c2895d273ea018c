"""Places found by the words of an address."""

import re
from collections.abc import Sequence
from typing import Any, Self

from django.contrib.postgres.search import SearchQuery
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Length, Substr


def plain_words(text: str) -> list[str]:
    """The letters-and-digits words of a text, in capitals: what a search for words is made of."""
    return re.findall(r"[^\W_]+", text.upper())


class PlaceQuerySet(QuerySet[Any]):
    def having(self, words: Sequence[str]) -> Self:
        """Places that have every word, in any order."""
        return self.filter(search=SearchQuery(" & ".join(words), config="simple", search_type="raw"))

    def having_words_starting(self, words: Sequence[str]) -> Self:
        """Places that have, for each word, one that starts with it."""
        return self.filter(
            search=SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
        )

    def sounding_like(self, words: Sequence[str]) -> Self:
        """Places with something close to the words, letter for letter: finds a name with a slip in it."""
        return self.filter(words__trigram_word_similar=" ".join(words))

    def below_postcode(self, prefix: str) -> Self:
        """Places whose postcode starts with a text, as one range of the postcode index."""
        return self.filter(postcode__gte=prefix, postcode__lt=prefix[:-1] + chr(ord(prefix[-1]) + 1))

    def by_town(self, *, among: int) -> list[tuple[str, int]]:
        """The towns of a bounded number of these places, with their meter points, the largest first."""
        points: dict[str, int] = {}
        for town, count in self.values_list("town", "points")[:among]:
            points[town] = points.get(town, 0) + count
        return sorted(points.items(), key=lambda item: (-item[1], item[0]))

    def by_sector(self) -> list[tuple[str, int]]:
        """The postcode sectors of these places (the postcode without its last two letters), with their meter points."""
        sectors = self.annotate(sector=Substr("postcode", 1, Length("postcode") - 2)).values("sector")
        return list(sectors.annotate(count=Sum(F("points"))).order_by("sector").values_list("sector", "count"))
