"""Who holds the meter points of the sample register, in plausible shares of the market."""

import csv
from bisect import bisect
from collections.abc import Iterable
from functools import cache
from itertools import accumulate
from random import Random

from des.sample.geography import DATA

# The transporter of each LDZ comes from `parties/data/ldz.csv`, beside the codes that the register is loaded
# with.
PARTIES_DATA = DATA.parent.parent / "parties" / "data"


class Market[T]:
    """Draws holders by their share."""

    def __init__(self, holders: Iterable[tuple[T, int]]) -> None:
        pairs = list(holders)
        self._holders = [holder for holder, _ in pairs]
        self._bounds = list(accumulate(weight for _, weight in pairs))

    def draw(self, random: Random) -> T:
        return self._holders[bisect(self._bounds, random.random() * self._bounds[-1])]


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="") as file:
        return list(csv.DictReader(file))


@cache
def suppliers(market_sector: str) -> Market[tuple[str, str]]:
    """Return the market of suppliers with their shippers in one sector (D domestic, I industrial)."""
    rows = [row for row in _rows("suppliers.csv") if row["market_sector"] == market_sector]
    return Market(((row["supplier"], row["shipper"]), int(row["weight"])) for row in rows)


@cache
def agents(role: str) -> Market[str]:
    """Return the market of one of the roles `mam`, `map` and `igt`."""
    rows = [row for row in _rows("agents.csv") if row["role"] == role]
    return Market((row["short_code"], int(row["weight"])) for row in rows)


@cache
def transporters() -> dict[str, str]:
    """Return the short code of the gas transporter of each LDZ."""
    with (PARTIES_DATA / "ldz.csv").open(newline="") as file:
        return {row["code"]: row["network"] for row in csv.DictReader(file)}
