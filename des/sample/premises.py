"""The buildings of one postcode: houses, flats, Scottish tenements, named houses and businesses.

Everything is invented: the numbers, and the names of buildings, which are of the most common kinds.
"""

from collections.abc import Iterator
from itertools import count, islice
from random import Random
from typing import NamedTuple

from des.sample.geography import Location

HOUSE_NAMES = (
    "ROSE COTTAGE", "THE BARN", "ORCHARD HOUSE", "MILL HOUSE", "THE OLD RECTORY", "THE BUNGALOW",
    "IVY COTTAGE", "THE LODGE", "THE GABLES", "FAIRVIEW", "ASHLEIGH", "THE OLD SCHOOL HOUSE",
    "THE COACH HOUSE", "LONG ACRE", "WHITE GATES", "HILLCREST", "OAKDENE", "WOODLANDS", "MEADOW VIEW",
    "SPRINGFIELD", "LAUREL BANK", "HOLLY COTTAGE", "THE HAVEN", "WAYSIDE", "THE CROFT", "BEECHCROFT",
    "GREENACRES", "THE PADDOCK", "SUNNYSIDE", "BROOKSIDE",
)  # fmt: skip
WELSH_HOUSE_NAMES = (
    "Y BWTHYN", "TY GWYN", "BRYN AWEL", "YR HEN YSGOL", "TY NEWYDD", "PEN Y BRYN", "GLAN YR AFON",
    "BRYNHYFRYD", "TY CAPEL", "TAN Y COED", "MAES Y DERWEN", "LLWYN ONN", "GLASFRYN", "CAE GLAS", "BRYN TEG",
    "TY MAWR", "GWYNFRYN", "HAFOD", "LLYS Y COED", "PLAS NEWYDD",
)  # fmt: skip
SCOTTISH_HOUSE_NAMES = (
    "BURNSIDE", "THE STEADING", "BRAESIDE", "GLENVIEW", "ROWAN COTTAGE", "BANKHEAD", "THE OLD MANSE",
    "LOCHVIEW", "SCHOOLHOUSE", "ROWANBANK", "MILTON COTTAGE", "HEATHER BANK", "DUNROBIN", "BIRCHWOOD",
    "CRAIGLEA", "THE BOTHY",
)  # fmt: skip
BLOCK_NAMES = (
    "TRINITY HOUSE", "RIVERSIDE HOUSE", "REGENT HOUSE", "KINGFISHER HOUSE", "THE MALTINGS", "VICTORIA COURT",
    "BEAUMONT COURT", "ALBION MILL", "CENTURY TOWER", "ST MARYS COURT", "CANAL WHARF", "PARK COURT",
    "ELM COURT", "CHURCHILL HOUSE", "OXFORD COURT", "THE GRANARY", "CASTLE COURT", "WINDSOR HOUSE",
)  # fmt: skip
BUSINESS_NAMES = (
    "THE HEALTH CENTRE", "THE MEDICAL CENTRE", "POLICE STATION", "COMMUNITY CENTRE", "THE BAKERY",
    "THE OLD DAIRY", "PRIMARY SCHOOL", "THE LAUNDERETTE", "CHURCH HALL", "THE WORKSHOP", "LEISURE CENTRE",
    "THE CROWN HOTEL",
)  # fmt: skip
FLOORS = ("BASEMENT FLAT", "GROUND FLOOR FLAT", "FIRST FLOOR FLAT", "SECOND FLOOR FLAT", "TOP FLAT")
ALIASES = (
    "REAR OF SHOP",
    "LAND TO THE REAR",
    "BOILER HOUSE",
    "SUPPLY TO STAIR",
    "CARETAKERS LODGE",
    "THE FARMHOUSE",
)


class Premises(NamedTuple):
    """One addressable building or part of one."""

    sub_building: str
    house_name: str
    house_no: str
    is_business: bool = False


def premises_at(location: Location, *, size: int, random: Random) -> list[Premises]:
    """Return the premises of a postcode, as many as it has meter points, in the order of their numbers."""
    return list(islice(_buildings(location, random), size))


def house_names(location: Location) -> tuple[str, ...]:
    return {"W": WELSH_HOUSE_NAMES, "S": SCOTTISH_HOUSE_NAMES}.get(location.country, HOUSE_NAMES)


def _buildings(location: Location, random: Random) -> Iterator[Premises]:
    """Yield premises without end, of the one kind that prevails in the postcode."""
    kind = random.random()
    first = 1 + int(random.random() ** 2 * 120)
    if kind < 0.04:
        yield from _businesses(first, random)
    elif kind < 0.12:
        yield from _named_houses(location, random)
    elif location.country == "S" and kind < 0.55:
        yield from _tenements(location, first)
    elif kind < 0.20:
        yield from _blocks(first, random)
    elif kind < 0.28:
        yield from _converted_houses(first, random)
    yield from _houses(location, first, random)


def _houses(location: Location, first: int, random: Random) -> Iterator[Premises]:
    """Yield one side of a street, with the odd business, 12A or named house."""
    names = house_names(location)
    number = first
    while True:
        chance = random.random()
        if chance < 0.02:
            yield Premises("", BUSINESS_NAMES[int(chance * 600)], str(number), is_business=True)
        elif chance < 0.04:
            yield Premises("", names[int(chance * 5_000) % len(names)], str(number))
        else:
            yield Premises("", "", str(number))
        if chance > 0.98:
            yield Premises("", "", f"{number}A")
        number += 2


def _named_houses(location: Location, random: Random) -> Iterator[Premises]:
    """Yield houses known by name alone, while there are names."""
    for name in random.sample(house_names(location), k=12):
        yield Premises("", name, "")


def _tenements(location: Location, first: int) -> Iterator[Premises]:
    """Yield stairs of eight: `2/1` in the west, `2F1` in Edinburgh, `FLAT 2/1` elsewhere."""
    number = first
    while True:
        for floor in range(4):
            for side in (1, 2):
                if location.postcode.startswith("EH"):
                    flat = f"{floor}F{side}" if floor else f"GF{side}"
                elif location.postcode.startswith("G"):
                    flat = f"{floor}/{side}"
                else:
                    flat = f"FLAT {floor}/{side}"
                yield Premises(flat, "", str(number))
        number += 2


def _blocks(first: int, random: Random) -> Iterator[Premises]:
    """Yield blocks of flats with a name."""
    for name in random.sample(BLOCK_NAMES, k=len(BLOCK_NAMES)):
        number = str(first) if random.random() < 0.3 else ""
        word = "APARTMENT" if random.random() < 0.3 else "FLAT"
        for flat in range(1, 9 + int(random.random() * 16)):
            yield Premises(f"{word} {flat}", name, number)


def _converted_houses(first: int, random: Random) -> Iterator[Premises]:
    """Yield houses made into flats: by letter, by number or by floor."""
    number = first
    while True:
        style = random.random()
        for flat in range(2 + int(random.random() * 3)):
            if style < 0.4:
                yield Premises(f"FLAT {flat + 1}", "", str(number))
            elif style < 0.7:
                yield Premises(f"FLAT {'ABCDE'[flat]}", "", str(number))
            else:
                yield Premises(FLOORS[flat], "", str(number))
        number += 2


def _businesses(first: int, random: Random) -> Iterator[Premises]:
    """Yield the units of an estate, then the shops of its street."""
    estate = f"{('STATION', 'MILL', 'ALBION', 'PHOENIX', 'CANAL')[first % 5]} INDUSTRIAL ESTATE"
    for unit in range(1, 6 + int(random.random() * 20)):
        yield Premises(f"UNIT {unit}", estate, "", is_business=True)
    for number in count(first, 2):
        yield Premises("", "", str(number), is_business=True)
