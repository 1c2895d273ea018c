"""The meter point enquiry."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from accounts.permissions import DataItem, Scope
from des.addresses.models import Place
from des.addresses.words import plain_words
from des.enquiries.enquiry import Clue, Enquiry, Order, Search
from des.fields import MPRNField, MSNField, PostcodeField, UPRNField, WordsField
from des.identifiers import postcode_prefix
from des.meterpoints.columns import COLUMNS
from des.meterpoints.histories import (
    AddressHistoryEnquiry,
    MeterAgentHistoryEnquiry,
    MeterHistoryEnquiry,
    NetworkHistoryEnquiry,
    SupplyHistoryEnquiry,
)
from des.meterpoints.models import Meter, MeterPoint
from des.meterpoints.querysets import MeterPointQuerySet
from des.meterpoints.readings import FEWEST_LETTERS, FEWEST_OF_A_SERIAL, names_and_numbers, readings
from des.meterpoints.scopes import HOLDER, held_by

# How many streets a search for words may reach. More are not a search but a browse, and would sort half a county.
PLACES = 200
# How many ways to narrow a question are offered.
CLUES = 8


def is_whole_postcode(postcode: str) -> bool:
    return len(postcode.partition(" ")[2]) == 3


def on_streets(records: MeterPointQuerySet, places: QuerySet[Place], words: list[str], note: str = "") -> Search:
    """The meter points with some words on the streets of a bounded number of places."""
    return Search(
        records.filter(place__in=places[:PLACES]).mentioning(words),
        note,
        cut_short=lambda: places[: PLACES + 1].count() > PLACES,
    )


class MeterPointEnquiry(Enquiry):
    """Find a meter point by its number, its meter, its UPRN or its address."""

    slug = "meter-points"
    title = "Meter points"
    columns = COLUMNS
    asks = {"house": DataItem.ADDRESS}
    order = (
        Order("postcode", DataItem.ADDRESS),
        Order("address_order", DataItem.ADDRESS),
        Order("mprn", DataItem.METER_POINT),
    )
    counted = ("meter point", "meter points")
    key = "mprn"
    reaches = HOLDER
    related = (
        SupplyHistoryEnquiry,
        MeterHistoryEnquiry,
        MeterAgentHistoryEnquiry,
        NetworkHistoryEnquiry,
        AddressHistoryEnquiry,
    )

    mprn = MPRNField(label="MPRN", help_text="6 to 10 digits.")
    postcode = PostcodeField(label="Postcode", help_text="Whole, or its start: LS1 or LS1 4.")
    house = WordsField(label="House number or name", help_text="With a postcode.")
    msn = MSNField(label="Meter serial number")
    uprn = UPRNField(label="UPRN", help_text="Up to 12 digits.")
    address = WordsField(label="Words of the address", help_text="Such as 12 Oak Road Leeds.")

    readings = staticmethod(readings)

    def clean(self) -> dict[str, Any]:
        asked = {name for name, value in self.cleaned_data.items() if value}
        if not asked and not self.errors and not self.is_refused:
            raise ValidationError("Enter an MPRN, a postcode, a meter serial number, a UPRN or part of an address.")
        if asked == {"house"}:
            self.add_error("postcode", "Enter the postcode of this house.")
        if len(asked - {"house"}) > 1:
            raise ValidationError("Search by one of these at a time: each finds a meter point by itself.")
        if "house" in asked and "postcode" not in asked and len(asked) > 1:
            self.add_error("house", "Use this with a postcode.")
        names, _ = names_and_numbers(self.cleaned_data.get("address") or "")
        if "address" in asked and len("".join(names)) < FEWEST_LETTERS:
            self.add_error("address", f"Enter at least {FEWEST_LETTERS} letters of a street or town.")
        return self.cleaned_data

    def records(self) -> QuerySet[Any]:
        return MeterPoint.objects.as_at(self.on)

    def within(self, scope: Scope) -> Q:
        return held_by(self.actor, scope)

    def searches(self, records: QuerySet[Any]) -> Iterable[Search]:
        assert isinstance(records, MeterPointQuerySet)  # noqa: S101 - from `records()` above
        match {name: value for name, value in self.cleaned_data.items() if value}:
            case {"mprn": mprn}:
                yield Search(records.filter(mprn=mprn))
            case {"uprn": uprn}:
                yield Search(records.filter(uprn=uprn))
            case {"msn": msn}:
                yield from self._by_meter(records, msn)
            case {"postcode": postcode, "house": house}:
                yield from self._by_house(records, postcode, house)
            case {"postcode": postcode}:
                yield from self._by_postcode(records, postcode)
            case {"address": address}:
                yield from self._by_address(records, address)

    def _by_meter(self, records: MeterPointQuerySet, msn: str) -> Iterable[Search]:
        yield Search(records.filter(msn=msn))
        yield Search(
            records.filter(mprn__in=Meter.objects.filter(msn=msn).values("meter_point_id")),
            f"{msn} is not the meter in place now. Showing where it was, or will be.",
        )
        if len(msn) >= FEWEST_OF_A_SERIAL:
            yield Search(records.msn_starting(msn), f"No meter {msn}. Showing serial numbers that start with it.")

    def _by_postcode(self, records: MeterPointQuerySet, postcode: str) -> Iterable[Search]:
        if not is_whole_postcode(postcode):
            yield Search(records.below_postcode(postcode_prefix(postcode)))
            outcode = postcode.partition(" ")[0]
            if outcode != postcode:
                yield Search(
                    records.below_postcode(postcode_prefix(outcode)),
                    f"Nothing in {postcode}. Showing all of {outcode}.",
                )
            return
        yield Search(records.filter(postcode=postcode))
        sector = postcode[:-2]
        yield Search(
            records.below_postcode(sector), f"No meter points in {postcode}. Showing postcodes that start {sector}."
        )

    def _by_house(self, records: MeterPointQuerySet, postcode: str, house: str) -> Iterable[Search]:
        here = (
            records.filter(postcode=postcode)
            if is_whole_postcode(postcode)
            else records.below_postcode(postcode_prefix(postcode))
        )
        words = plain_words(house)
        if len(words) == 1:
            yield Search(here.filter(house_no=words[0]))
        if words:
            yield Search(here.mentioning(words))
        yield Search(here, f"No “{house}” in {postcode}. Showing all of {postcode}.")

    def _by_address(self, records: MeterPointQuerySet, address: str) -> Iterable[Search]:
        names, numbers = names_and_numbers(address)
        words = [*names, *numbers]
        named, having = Place.objects.named(names), Place.objects.having(names)
        yield on_streets(records, named, words)
        yield on_streets(records, having, words)
        if numbers:
            note = f"No “{' '.join(numbers)}” there. Showing the whole street."
            yield on_streets(records, named, names, note)
            yield on_streets(records, having, names, note)
        starting = "No exact match. Showing addresses with words that start like these."
        yield on_streets(records, Place.objects.having_words_starting(names), numbers, starting)
        alike = "No exact match. Showing addresses with words spelled much like these."
        yield on_streets(records, Place.objects.spelled_like(names), numbers, alike)

    def clues(self) -> list[Clue]:
        # They speak of all meter points, so only who may see all gets them.
        if {self.scope(DataItem.METER_POINT), self.scope(DataItem.ADDRESS)} != {Scope.ANY}:
            return []
        if address := self.cleaned_data.get("address"):
            towns = Place.objects.having(names_and_numbers(address)[0]).towns(among=5 * PLACES)
            words = set(plain_words(address))
            return [
                Clue(town, {"address": f"{address} {town}"})
                for town in towns[:CLUES]
                if not words.issuperset(plain_words(town))
            ]
        postcode = self.cleaned_data.get("postcode") or ""
        if postcode and not is_whole_postcode(postcode):
            sectors = Place.objects.below_postcode(postcode_prefix(postcode)).by_sector()
            return [Clue(sector, {"postcode": sector}, points) for sector, points in sectors if sector != postcode]
        return []
