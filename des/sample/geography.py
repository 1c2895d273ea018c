"""The real geography of the sample register: British postcodes with their streets, towns and gas zones.

`data/README.md` says where the files come from and how they are written.
"""

import csv
import gzip
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from des.identifiers import outcode

DATA = Path(__file__).parent / "data"

# The letters of a unit postcode in the order in which `sectors.csv.gz` counts them.
UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
UNITS = tuple(first + second for first in UNIT_LETTERS for second in UNIT_LETTERS)


class Outcode(NamedTuple):
    """The post town and the gas zones of an outcode."""

    town: str
    county: str
    country: str
    ldz: str
    exit_zone: str


class Street(NamedTuple):
    """A street with its localities, the smaller one first."""

    street: str
    locality: str
    parent_locality: str


class Location(NamedTuple):
    """One street in one postcode."""

    postcode: str
    street: str
    double_dependent_locality: str
    dependent_locality: str
    town: str
    county: str
    country: str
    ldz: str
    exit_zone: str


# The example of the published nomination enquiry. Its postcode is of an area that was recoded in the 1990s.
PUBLISHED_LOCATION = Location("AB1 4BD", "UNION STREET", "", "", "ABERDEEN", "ABERDEEN CITY", "S", "SC", "SC4")


@cache
def outcodes() -> dict[str, Outcode]:
    """Return the outcodes that have a post town."""
    with (DATA / "outcodes.csv").open(newline="") as file:
        return {row["outcode"]: Outcode(*list(row.values())[1:]) for row in csv.DictReader(file)}


@cache
def streets() -> dict[str, Street]:
    """Return the street of every postcode for which one is known, in postcode order."""
    with gzip.open(DATA / "streets.csv.gz", "rt", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return {postcode: Street(*names) for postcode, *names in rows}


def _sectors() -> Iterator[tuple[str, int]]:
    with gzip.open(DATA / "sectors.csv.gz", "rt", newline="") as file:
        for row in csv.DictReader(file):
            yield row["sector"], int(row["units"], 16)


@cache
def count_all_postcodes() -> int:
    """Return how many postcodes have at least one known street in their outcode."""
    return sum(units.bit_count() for _, units in _sectors())


def _all_postcodes() -> Iterator[tuple[str, Street]]:
    """Yield every such postcode in order; one without a street of its own gets that of its neighbour."""
    known = streets()
    first_streets: dict[str, Street] = {}
    for postcode, street in known.items():
        first_streets.setdefault(outcode(postcode), street)
    here, street = "", Street("", "", "")
    for sector, units in _sectors():
        if outcode(sector) != here:
            here = outcode(sector)
            street = first_streets[here]
        for place, unit in enumerate(UNITS):
            if units >> place & 1:
                postcode = sector + unit
                street = known.get(postcode, street)
                yield postcode, street


def locations(count: int) -> Iterator[Location]:
    """Yield `count` locations in postcode order, spread evenly over Great Britain.

    Postcodes with a street of their own come first; only a register too large for them uses the others.
    """
    if count <= len(streets()):
        chosen = _spread(streets().items(), total=len(streets()), count=count)
    else:
        chosen = _spread(_all_postcodes(), total=count_all_postcodes(), count=count)
    return (_location(postcode, street) for postcode, street in chosen)


def _spread[T](items: Iterable[T], *, total: int, count: int) -> Iterator[T]:
    """Yield `count` of `total` items at equal distances."""
    taken = 0
    for place, item in enumerate(items):
        if taken < count and place * count >= taken * total:
            taken += 1
            yield item


def _location(postcode: str, street: Street) -> Location:
    around = outcodes()[outcode(postcode)]
    # The smaller of two localities is the double dependent one; a locality that is the post town says
    # nothing.
    names = [name for name in (street.parent_locality, street.locality) if name not in {"", around.town}]
    larger, smaller = (*names, "", "")[:2]
    return Location(postcode, street.street, smaller, larger, *around)
