"""How much gas a meter point takes: annual and peak-day quantities by end user category band."""

import csv
from bisect import bisect_right
from functools import cache
from math import exp, log
from random import Random
from typing import NamedTuple

from des.sample.parties import PARTIES_DATA
from des.sample.points import LIVE, PRIORITIES, Point
from des.sample.rates import Case
from des.sample.rows import NULL, Draft

# Half of homes take less than this many kWh a year (the published typical consumption).
DOMESTIC_MEDIAN = 12_000
# Shares of the nine bands among businesses, and how much of its peak day a site of each takes on an average
# day (plausible, not published).
BUSINESS_SHARES = (0.70, 0.90, 0.955, 0.985, 0.994, 0.998, 0.9993, 0.9998, 1.0)
LOAD_FACTORS = (0.34, 0.33, 0.36, 0.40, 0.45, 0.52, 0.60, 0.68, 0.80)
LARGEST_SITE = 500_000_000
SMALLER_SUPPLY_POINT = 73_200


class Use(NamedTuple):
    """The use of a meter point and what follows from it."""

    annual_quantity: int
    band: int


@cache
def band_limits() -> tuple[int, ...]:
    """Return the lower limits of the bands in kWh a year."""
    with (PARTIES_DATA / "euc_bands.csv").open(newline="") as file:
        return tuple(int(row["aq_from_kwh"]) for row in csv.DictReader(file))


def use_of(point: Point, random: Random) -> Use:
    """Draw what the point takes in a year."""
    limits = band_limits()
    if point.market_sector == "D":
        annual_quantity = min(max(int(DOMESTIC_MEDIAN * exp(random.gauss(0, 0.55))), 300), SMALLER_SUPPLY_POINT - 1)
        return Use(annual_quantity, 1)
    place = bisect_right(BUSINESS_SHARES, random.random())
    if point.priority:
        place = max(place, 8 if point.priority == PRIORITIES[Case.PRIORITY_C] else 3)
    elif point.site_kind == "NTS":
        place = 8
    elif Case.TWIN_STREAM in point.cases:
        place = max(place, 5)
    lowest, highest = limits[place] or 1_000, (*limits, LARGEST_SITE)[place + 1]
    annual_quantity = int(exp(log(lowest) + random.random() * log(highest / lowest)))
    return Use(max(annual_quantity, lowest), place + 1)


def write_quantities(point: Point, use: Use, draft: Draft) -> None:
    """Write the present quantities of the point, and for some those before."""
    random = draft.random
    if point.status == LIVE:
        since = -1 - int(random.random() * 27)
        if random.random() < 0.3:
            _write(point, use, 1.04, since - 90 - int(random.random() * 200), since, draft)
        _write(point, use, 0.94 + random.random() * 0.12, since, None, draft)
    elif point.ended is not None:
        _write(point, use, 1.0, max(point.born, point.ended - 365), point.ended, draft)


def _write(point: Point, use: Use, growth: float, since: int, end: int | None, draft: Draft) -> None:
    annual, calendar = use.annual_quantity, draft.calendar
    peak_share = 365 * LOAD_FACTORS[use.band - 1]
    rolling, prospective = int(annual * growth), int(annual * (1 + growth) / 2)
    offtake = int(rolling / peak_share)
    days = calendar.iso
    draft.chunk.lines["meterpoints_quantity"].append(
        f"{point.mprn}\t{days[since]}\t{NULL if end is None else days[end]}\t{rolling}\t{offtake}"
        f"\t{offtake // 16}\t{annual}\t{int(annual / peak_share)}\t{prospective}\t{int(prospective / peak_share)}"
        f"\t{calendar.next_formula_year}\t{int(annual * 1.08)}\t{int(rolling * 0.97)}"
    )
