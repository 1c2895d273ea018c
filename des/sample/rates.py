"""How often each special case and each known defect occurs, and at which meter points.

Counts of defects are those published for 24.5 million meter points in April 2021. What is not published
carries a plausible rate, marked so. Every case occurs at least four times in a register of 320 meter points
or more.
"""

from enum import StrEnum

NATIONAL = 24_500_000
FLOOR = 4


class Case(StrEnum):
    """Something out of the ordinary about one meter point."""

    # Defects of addresses, as counted by the industry.
    DUMMY_POSTCODE = "dummy postcode"
    NO_POST_TOWN = "no post town"
    NO_NAME_OR_NUMBER = "no building name or number"
    NO_NAME_NUMBER_OR_ALIAS = "no building name, number or alias"
    UNMATCHED = "unmatched with the REL addresses"
    REGISTERED_PLOT = "plot, registered"
    UNREGISTERED_PLOT = "plot, unregistered"
    # Statuses.
    EXTINCT = "extinct"
    DEAD = "dead"
    PLANNED = "planned"
    UNREGISTERED = "live and unregistered"
    ISOLATED = "isolated"
    DYING = "about to be dead"
    # Kinds of site.
    NTS = "on the National Transmission System"
    LPG = "on a liquefied petroleum gas network"
    SHARED_SUPPLY = "shared supply"
    EXEMPT = "supplier-exempt"
    TWIN_STREAM = "twin stream"
    PRIORITY_A = "priority consumer A"
    PRIORITY_B = "priority consumer B"
    PRIORITY_C = "priority consumer C"
    # What is known to follow.
    PENDING_SWITCH = "pending switch of supplier"
    PENDING_EXCHANGE = "pending meter exchange"
    PENDING_ADDRESS = "pending change of address"
    PENDING_AGENT = "pending change of MAM"
    PENDING_OWNER = "pending change of MAP"
    PENDING_NETWORK = "pending change of network"
    # Addresses with several meter points.
    SAME_ADDRESS = "at the address of the point before"


SHARE: dict[Case, float] = {
    Case.DUMMY_POSTCODE: 30_234 / NATIONAL,
    Case.NO_POST_TOWN: 109 / NATIONAL,
    Case.NO_NAME_OR_NUMBER: (185_344 - 38_669) / NATIONAL,
    Case.NO_NAME_NUMBER_OR_ALIAS: 38_669 / NATIONAL,
    Case.UNMATCHED: 21_256 / NATIONAL,
    # Transporters' plots only: those of independent transporters are in IGT_PLOT_SHARE.
    Case.REGISTERED_PLOT: 14_374 / NATIONAL,
    Case.UNREGISTERED_PLOT: 8_324 / NATIONAL,
    # Plausible, not published.
    Case.EXTINCT: 0.02,
    Case.DEAD: 0.01,
    Case.PLANNED: 0.001,
    Case.UNREGISTERED: 13_470 / NATIONAL,  # January 2014
    Case.ISOLATED: 0.002,
    Case.DYING: 0.0002,
    Case.NTS: 150 / NATIONAL,
    Case.LPG: 3_000 / NATIONAL,
    Case.SHARED_SUPPLY: 2_500 / NATIONAL,
    Case.EXEMPT: 1_500 / NATIONAL,
    Case.TWIN_STREAM: 600 / NATIONAL,
    Case.PRIORITY_A: 4_000 / NATIONAL,
    Case.PRIORITY_B: 1_000 / NATIONAL,
    Case.PRIORITY_C: 100 / NATIONAL,
    Case.PENDING_SWITCH: 0.005,
    Case.PENDING_EXCHANGE: 0.0005,
    Case.PENDING_ADDRESS: 0.0002,
    Case.PENDING_AGENT: 0.001,
    Case.PENDING_OWNER: 0.0005,
    Case.PENDING_NETWORK: 0.0001,
    Case.SAME_ADDRESS: 0.005,
}

# One postcode in eleven belongs to an independent transporter (plausible, not published).
IGT_EVERY = 11
IGT_REGISTERED_PLOT_SHARE = 44_388 / NATIONAL * IGT_EVERY
IGT_UNREGISTERED_PLOT_SHARE = 69_016 / NATIONAL * IGT_EVERY


class Cases:
    """Says which cases fall on which meter points: every case at equal distances through the register."""

    def __init__(self, *, points: int, seed: int) -> None:
        # In a tiny register the floor would make everything special.
        longest = max(points // FLOOR, 80)
        self._cycles: list[tuple[Case, int, int]] = []
        for place, (case, share) in enumerate(SHARE.items(), start=1):
            period = min(round(1 / share), longest)
            self._cycles.append((case, period, (seed * 31 + place * 7_877) % period))

    def within(self, ordinals: range) -> dict[int, set[Case]]:
        """Return the cases of those of the meter points that have any."""
        found: dict[int, set[Case]] = {}
        for case, period, first in self._cycles:
            for ordinal in range(ordinals.start + (first - ordinals.start) % period, ordinals.stop, period):
                found.setdefault(ordinal, set()).add(case)
        return found
