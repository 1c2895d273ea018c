"""What is decided about one meter point before any of its rows is written."""

from collections.abc import Set
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from des.sample.geography import Location
from des.sample.premises import Premises
from des.sample.rates import Case

SITE_KINDS = {Case.NTS: "NTS", Case.LPG: "LPG", Case.SHARED_SUPPLY: "SHARED", Case.EXEMPT: "EXEMPT"}
PRIORITIES = {Case.PRIORITY_A: "A", Case.PRIORITY_B: "B", Case.PRIORITY_C: "C"}
# Cases that only a live, registered point can have; they outweigh a status that falls on the same point.
OF_LIVE_POINTS = frozenset({
    *SITE_KINDS, *PRIORITIES, Case.TWIN_STREAM, Case.ISOLATED, Case.DYING, Case.REGISTERED_PLOT,
    Case.PENDING_SWITCH, Case.PENDING_EXCHANGE, Case.PENDING_ADDRESS, Case.PENDING_AGENT, Case.PENDING_OWNER,
    Case.PENDING_NETWORK,
})  # fmt: skip
# What cannot be a home, and what no independent transporter has.
OF_BUSINESSES = frozenset({Case.NTS, Case.SHARED_SUPPLY, Case.TWIN_STREAM, *PRIORITIES})
NOT_OF_IGTS = frozenset({*SITE_KINDS, *OF_BUSINESSES})

LIVE, DEAD, EXTINCT, PLANNED = "LI", "DE", "EX", "PL"

# The earliest records are about 30 years old, since the market opened then.
LONGEST = 11_000


class Identity(NamedTuple):
    """Which meter point it is; the transporter and its CSEP only where that is an independent one."""

    ordinal: int
    mprn: int
    igt: str = ""
    csep_id: str = ""


@dataclass(slots=True)
class Point:
    """One meter point. Days are counted from the day on which the register is complete."""

    ordinal: int
    mprn: int
    igt: str
    csep_id: str
    location: Location
    premises: Premises
    cases: Set[Case]
    market_sector: str
    # The day of its first record, and that on which supply ended, if it did.
    born: int
    ended: int | None = None
    site_kind: str = "STD"
    priority: str = ""
    status: str = LIVE
    is_registered: bool = True


def decide(identity: Identity, location: Location, premises: Premises, cases: Set[Case], random: Random) -> Point:
    """Decide what kind of meter point this is."""
    sector = "I" if premises.is_business else "D"
    oldest = 4_000 if identity.igt else LONGEST
    born = -400 - int(random.random() * (oldest - 400))
    point = Point(*identity, location, premises, cases, sector, born)
    if cases:
        _apply(cases, point, random)
    return point


def _apply(cases: Set[Case], point: Point, random: Random) -> None:
    for case, kind in SITE_KINDS.items():
        if case in cases:
            point.site_kind = kind
    for case, priority in PRIORITIES.items():
        if case in cases:
            point.priority = priority
    if not cases.isdisjoint(OF_BUSINESSES):
        point.market_sector = "I"
    if not cases.isdisjoint(OF_LIVE_POINTS):
        return
    if Case.EXTINCT in cases or Case.DEAD in cases:
        point.status = EXTINCT if Case.EXTINCT in cases else DEAD
        point.ended = -30 - int(random.random() * (-point.born - 60))
        point.is_registered = False
    elif Case.PLANNED in cases or Case.UNREGISTERED_PLOT in cases:
        point.status = PLANNED
        point.born = -1 - int(random.random() * 700)
        point.is_registered = False
    elif Case.UNREGISTERED in cases:
        point.is_registered = False
