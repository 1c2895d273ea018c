"""The sample register, meter point after meter point in postcode order, in constant memory.

The same seed and number of points give the same register. Only its dates move with the day on which it is
complete.
"""

from collections.abc import Iterator, Set
from datetime import date
from random import Random

from des.identifiers import outcode
from des.sample.addresses import Address, match_rel, write_address
from des.sample.geography import PUBLISHED_LOCATION, Location, count_all_postcodes, locations
from des.sample.meters import write_latest_read, write_meters
from des.sample.numbers import MOST_POINTS, Numbers
from des.sample.parties import agents
from des.sample.points import NOT_OF_IGTS, Identity, Point, decide
from des.sample.premises import Premises, premises_at
from des.sample.quantities import use_of, write_quantities
from des.sample.rates import IGT_EVERY, IGT_REGISTERED_PLOT_SHARE, IGT_UNREGISTERED_PLOT_SHARE, Case, Cases
from des.sample.registrations import write_registrations
from des.sample.rows import NULL, Calendar, Chunk, Draft
from des.sample.sites import Written, write_meter_point

# The examples of the published interface: the only numbers whose check digits are wrong.
PUBLISHED_MPRNS = (5_454_555, 12_345_678)
POINTS_PER_POSTCODE = 14
CHUNK = 10_000
ORDINARY: Set[Case] = frozenset()


class Generator:
    """Makes the rows of a sample register of so many meter points."""

    def __init__(self, *, points: int, seed: int, as_at: date) -> None:
        if not len(PUBLISHED_MPRNS) <= points <= MOST_POINTS:
            raise ValueError(f"A sample register has {len(PUBLISHED_MPRNS)} to {MOST_POINTS:,} meter points.")
        if not 0 <= seed < 2**31:
            raise ValueError("A seed is a number from 0 to 2,147,483,647.")
        self.points, self.seed = points, seed
        self._calendar = Calendar(as_at)
        self._numbers = Numbers(seed=seed)
        self._cases = Cases(points=points, seed=seed)
        self._places: dict[tuple[str, str], _Place] = {}
        self._igt_points = 0

    def chunks(self, *, size: int = CHUNK) -> Iterator[Chunk]:
        """Yield the rows in chunks of about so many meter points."""
        chunk = Chunk()
        self._write_published(chunk)
        here = ""
        for number, (location, ordinals) in enumerate(self._spans()):
            if outcode(location.postcode) != here:
                # Dummy postcodes fall together within an outcode, so places are complete when it ends.
                self._write_places(chunk)
                here = outcode(location.postcode)
            if chunk.points >= size:
                yield chunk
                chunk = Chunk()
            self._write_location(location, number, ordinals, chunk)
        self._write_places(chunk, last=True)
        yield chunk

    def _spans(self) -> Iterator[tuple[Location, range]]:
        """Yield each location with the ordinals of its meter points."""
        first = len(PUBLISHED_MPRNS)
        rest = self.points - first
        count = min(max(rest // POINTS_PER_POSTCODE, 1), count_all_postcodes())
        spread = max(rest // count * 4 // 5, 1)
        start = first
        for number, location in enumerate(locations(count), start=1):
            # Postcodes have unequal numbers of points: the bounds between them are moved.
            moved = (number * 2_654_435_761 + self.seed >> 7) % spread - spread // 2
            stop = self.points if number == count else first + rest * number // count + moved
            if stop > start:
                yield location, range(start, stop)
                start = stop

    def _write_published(self, chunk: Chunk) -> None:
        draft = Draft(Random(self.seed), self._calendar, chunk)
        for ordinal, mprn in enumerate(PUBLISHED_MPRNS):
            premises = Premises("", "", str(2 * ordinal + 1))
            point = decide(Identity(ordinal, mprn), PUBLISHED_LOCATION, premises, ORDINARY, draft.random)
            self._write(point, self._numbers.uprn(ordinal), is_first=True, draft=draft)

    def _write_location(self, location: Location, number: int, ordinals: range, chunk: Chunk) -> None:
        draft = Draft(Random(self.seed << 32 | number), self._calendar, chunk)
        premises = premises_at(location, size=len(ordinals), random=draft.random)
        cases_here = self._cases.within(ordinals)
        is_igt = (number + self.seed) % IGT_EVERY == 0
        transporter = agents("igt").draw(draft.random) if is_igt else ""
        # The premises and the UPRN of the point before, if it has one.
        shared: tuple[Premises, int] | None = None
        for ordinal, own_premises in zip(ordinals, premises, strict=True):
            cases: Set[Case] = cases_here.get(ordinal, ORDINARY)
            is_first = shared is None or Case.SAME_ADDRESS not in cases
            here, uprn = shared if shared and not is_first else (own_premises, self._numbers.uprn(ordinal))
            if is_igt and cases.isdisjoint(NOT_OF_IGTS):
                cases = _with_igt_plots(cases, draft.random)
                mprn = self._numbers.igt_mprn(self._igt_points)
                self._igt_points += 1
                identity = Identity(ordinal, mprn, transporter, f"C{number:07d}")
            else:
                identity = Identity(ordinal, self._numbers.gt_mprn(ordinal))
            point = decide(identity, location, here, cases, draft.random)
            has_uprn = self._write(point, uprn, is_first=is_first, draft=draft)
            shared = (here, uprn) if has_uprn else None

    def _write(self, point: Point, uprn: int, *, is_first: bool, draft: Draft) -> bool:
        """Write every row of one meter point, and say whether it has its UPRN."""
        use = use_of(point, draft.random)
        address = write_address(point, draft)
        match = match_rel(point, uprn=uprn, is_first=is_first, draft=draft)
        parties = write_registrations(point, draft)
        serial = self._numbers.serial(point.ordinal)
        fitted = write_meters(point, annual_quantity=use.annual_quantity, serial=serial, draft=draft)
        write_quantities(point, use, draft)
        write_latest_read(point, fitted, draft)
        write_meter_point(point, use, Written(address, match, parties, fitted), draft)
        self._count(point, address)
        return match.uprn != NULL

    def _count(self, point: Point, address: Address) -> None:
        place = self._places.get((address.postcode, address.street))
        if place is None:
            place = self._places[address.postcode, address.street] = _Place(point.location, address.postcode)
        place.points += 1
        for name in address.names:
            place.names[name] = None

    def _write_places(self, chunk: Chunk, *, last: bool = False) -> None:
        """Write the places that can get no more points; dummies of the area `AA` may come up anywhere."""
        for (postcode, street), place in list(self._places.items()):
            if last or not postcode.startswith("AA"):
                del self._places[postcode, street]
                town, words = place.location.town, place.words()
                chunk.add("addresses_place", postcode, street, town, str(place.points), words)


class _Place:
    """One street within one postcode, while its meter points are counted."""

    def __init__(self, location: Location, postcode: str) -> None:
        self.location = location
        self.postcode = postcode
        self.points = 0
        self.names: dict[str, None] = {}

    def words(self) -> str:
        here = self.location
        parts = (
            here.street, here.double_dependent_locality, here.dependent_locality, here.town, here.county,
            self.postcode, *self.names,
        )  # fmt: skip
        return " ".join(part for part in parts if part)


def _with_igt_plots(cases: Set[Case], random: Random) -> Set[Case]:
    """Add the plots of independent transporters, which are far more frequent than the others'."""
    chance = random.random()
    if chance < IGT_REGISTERED_PLOT_SHARE:
        return cases | {Case.REGISTERED_PLOT}
    if chance < IGT_REGISTERED_PLOT_SHARE + IGT_UNREGISTERED_PLOT_SHARE:
        return cases | {Case.UNREGISTERED_PLOT}
    return cases
