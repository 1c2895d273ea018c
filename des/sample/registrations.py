"""Who supplied, shipped, metered and transported for a meter point, and when."""

from random import Random
from typing import NamedTuple

from des.sample.parties import agents, suppliers, transporters
from des.sample.points import PLANNED, Point
from des.sample.rates import Case
from des.sample.rows import NULL, Calendar, Draft


class Period(NamedTuple):
    """A value from one day until before another; without the other, still."""

    value: str
    start: int
    end: int | None


class Held(NamedTuple):
    """The value that holds now and the one known to follow, each with its first day, as columns."""

    value: str = ""
    since: str = NULL
    next_value: str = NULL
    next_since: str = NULL


class Parties(NamedTuple):
    """Who holds each role at a meter point."""

    supplier: Held
    shipper: Held
    network: Held
    mam: Held
    map: Held


def held(periods: list[Period], calendar: Calendar) -> Held:
    """Return what holds now, and next, out of periods in order of time."""
    value, since, next_value, next_since = Held()
    for period in periods:
        if period.start > 0:
            next_value, next_since = period.value, calendar.iso[period.start]
            break
        if period.end is None or period.end > 0:
            value, since = period.value, calendar.iso[period.start]
    return Held(value, since, next_value, next_since)


def in_turn(values: list[str], starts: list[int], end: int | None) -> list[Period]:
    """Return one period per change of value, each ending where the next starts."""
    kept: list[tuple[str, int]] = []
    for value, start in zip(values, starts, strict=True):
        if not kept or kept[-1][0] != value:
            kept.append((value, start))
    ends: list[int | None] = [start for _, start in kept[1:]]
    return [Period(value, start, stop) for (value, start), stop in zip(kept, [*ends, end], strict=True)]


def write_registrations(point: Point, draft: Draft) -> Parties:
    """Write the registrations of every role, and return who holds each."""
    random, calendar, chunk = draft
    networks = _networks(point, random)
    supplied: list[Period] = []
    shipped: list[Period] = []
    managed: list[Period] = []
    owned: list[Period] = []
    if point.status != PLANNED:
        managed = _agents(point, "mam", Case.PENDING_AGENT, random)
        owned = _agents(point, "map", Case.PENDING_OWNER, random)
    if point.is_registered or point.ended is not None:
        supplied, shipped = _suppliers(point, random)
    mprn, days = point.mprn, calendar.iso
    lines = chunk.lines["meterpoints_registration"]
    transporter = "igt" if point.igt else "gt"
    for role, periods in (("supplier", supplied), (transporter, networks), ("mam", managed), ("map", owned)):
        for value, start, end in periods:
            lines.append(f"{mprn}\t{role}\t{value}\t{days[start]}\t{NULL if end is None else days[end]}\t{NULL}")
    for place, (value, start, end) in enumerate(shipped):
        confirmation = 1_000_000_000 + point.ordinal * 8 + place
        lines.append(f"{mprn}\tshipper\t{value}\t{days[start]}\t{NULL if end is None else days[end]}\t{confirmation}")
    return Parties(*(held(periods, calendar) for periods in (supplied, shipped, networks, managed, owned)))


def _suppliers(point: Point, random: Random) -> tuple[list[Period], list[Period]]:
    """Return the periods of the suppliers and of their shippers."""
    market = suppliers(point.market_sector)
    span = -point.born + (point.ended or 0)
    chance = random.random()
    # Not two thirds of points have ever switched.
    switches = 0 if chance < 0.4 else 1 if chance < 0.75 else 2 if chance < 0.93 else 3
    starts = [
        point.born,
        *sorted(point.born + 1 + int(random.random() * (span - 1)) for _ in range(switches)),
    ]
    starts = list(dict.fromkeys(starts))
    pairs = [market.draw(random) for _ in starts]
    if Case.PENDING_SWITCH in point.cases:
        following = market.draw(random)
        while following[0] == pairs[-1][0]:
            following = market.draw(random)
        pairs.append(following)
        # A switch is announced at most 28 days ahead.
        starts.append(1 + int(random.random() * 28))
    return (
        in_turn([supplier for supplier, _ in pairs], starts, point.ended),
        in_turn([shipper for _, shipper in pairs], starts, point.ended),
    )


def _agents(point: Point, role: str, pending: Case, random: Random) -> list[Period]:
    """Return the periods of the meter asset managers or providers."""
    market = agents(role)
    values, starts = [market.draw(random)], [point.born]
    if random.random() < 0.25:
        values.append(market.draw(random))
        starts.append(point.born + 10 + int(random.random() * (-point.born + (point.ended or 0) - 20)))
    if pending in point.cases:
        following = market.draw(random)
        while following == values[-1]:
            following = market.draw(random)
        values.append(following)
        starts.append(5 + int(random.random() * 60))
    return in_turn(values, starts, point.ended)


def _networks(point: Point, random: Random) -> list[Period]:
    """Return the periods of the transporters: one for a GT; independent ones sell networks to each other."""
    if not point.igt:
        return [Period(transporters()[point.location.ldz], point.born, None)]
    values, starts = [point.igt], [point.born]
    if point.ordinal % 40 == 0 and point.born < -200:
        values.insert(0, agents("igt").draw(random))
        starts.append(point.born // 2)
    if Case.PENDING_NETWORK in point.cases:
        values.append("GPL" if point.igt != "GPL" else "IPL")
        starts.append(30)
    return in_turn(values, starts, None)
