"""The two addresses of a meter point: UK Link's, with its defects, and the Retail Energy Location's."""

from random import Random
from typing import NamedTuple

from des.identifiers import address_order, outcode
from des.sample.geography import Location
from des.sample.points import PLANNED, Point
from des.sample.premises import ALIASES
from des.sample.rates import Case
from des.sample.registrations import Held
from des.sample.rows import NULL, Chunk, Draft


class Parts(NamedTuple):
    """The parts of a UK Link address that differ within a location, with their defects."""

    sub_building: str
    house_name: str
    house_no: str
    alias: str
    plot_no: str
    town: str
    postcode: str

    def one_line(self, location: Location) -> str:
        numbered = f"{self.house_no} {location.street}" if self.house_no else location.street
        return joined(
            self.alias,
            self.plot_no,
            self.sub_building,
            self.house_name,
            numbered,
            location.double_dependent_locality,
            location.dependent_locality,
            self.town,
        )


class Address(NamedTuple):
    """What the meter point's own row repeats of its UK Link address, and what its place counts."""

    line: Held
    postcode: str
    street: str
    house_no: str
    order: str
    # The names by which a search by words should find the point.
    names: tuple[str, ...]


def joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def write_address(point: Point, draft: Draft) -> Address:
    """Write the UK Link address of the point with its history, and return what is repeated of it."""
    random, days = draft.random, draft.calendar.iso
    parts = _parts(point, random)
    location, since = point.location, point.born
    # Some addresses of new sites were plots until the house got its number.
    if point.csep_id and not parts.plot_no and point.status != PLANNED and random.random() < 0.2:
        since = point.born + 200
        plot = parts._replace(sub_building="", house_name="", house_no="", plot_no=_plot(random))
        _write(point, plot, point.born, since, draft)
    line = Held(parts.one_line(location), days[since])
    if Case.PENDING_ADDRESS in point.cases:
        becomes = 10 + int(random.random() * 50)
        following = parts._replace(house_name="THE OLD FORGE", alias="", plot_no="")
        _write(point, parts, since, becomes, draft)
        _write(point, following, becomes, None, draft)
        line = Held(line.value, line.since, following.one_line(location), days[becomes])
    else:
        _write(point, parts, since, None, draft)
    part = parts.sub_building or parts.plot_no or parts.alias
    return Address(
        line=line,
        postcode=parts.postcode,
        street=location.street,
        house_no=parts.house_no,
        order=address_order(house_no=parts.house_no, house_name=parts.house_name, part=part),
        names=tuple(name for name in (parts.house_name, parts.alias) if name),
    )


def _parts(point: Point, random: Random) -> Parts:
    """Return the address as UK Link holds it: that of the premises, less what is missing or wrong."""
    location, cases = point.location, point.cases
    part, house_name, house_no, _ = point.premises
    parts = Parts(part, house_name, house_no, "", "", location.town, location.postcode)
    if not cases:
        return parts
    if Case.DUMMY_POSTCODE in cases:
        parts = parts._replace(postcode=dummy_postcode(location.postcode, random))
    if Case.NO_POST_TOWN in cases:
        parts = parts._replace(town="")
    unnamed = parts._replace(sub_building="", house_name="", house_no="")
    if Case.REGISTERED_PLOT in cases or Case.UNREGISTERED_PLOT in cases:
        return unnamed._replace(plot_no=_plot(random))
    if Case.NO_NAME_NUMBER_OR_ALIAS in cases:
        return unnamed
    if Case.NO_NAME_OR_NUMBER in cases:
        return unnamed._replace(alias=random.choice(ALIASES))
    return parts


def dummy_postcode(postcode: str, random: Random) -> str:
    """Return a dummy postcode: mostly the sector with `VV`, else the outcode with `1OT`, rarely area `AA`."""
    chance = random.random()
    if chance < 0.10:
        return f"{outcode(postcode)} 1OT"
    if chance < 0.11:
        return f"AA{int(chance * 10**6) % 90 + 10} 1AA"
    return f"{postcode[:-2]}VV"


def _plot(random: Random) -> str:
    return f"PLOT {1 + int(random.random() * 240)}"


def _write(point: Point, parts: Parts, since: int, end: int | None, draft: Draft) -> None:
    location, days = point.location, draft.calendar.iso
    draft.chunk.lines["meterpoints_supplypointaddress"].append(
        f"{point.mprn}\t{days[since]}\t{NULL if end is None else days[end]}"
        f"\t{2_000_000_000 + point.ordinal}\t\t{parts.sub_building}\t{parts.house_name}\t{parts.house_no}"
        f"\t{parts.alias}\t\t{location.street}\t{location.double_dependent_locality}"
        f"\t{location.dependent_locality}\t{parts.town}\t{location.county}\tGB\t{parts.postcode}\t{parts.plot_no}\t"
    )


class Match(NamedTuple):
    """How a meter point was matched with the Retail Energy Location addresses: columns."""

    uprn: str
    score: str


def match_rel(point: Point, *, uprn: int, is_first: bool, draft: Draft) -> Match:
    """Match the point with its REL address and, at the first point of a UPRN, write that.

    The two addresses of a point may differ; neither overwrites the other.
    """
    if Case.UNMATCHED in point.cases:
        return Match(NULL, str(int(draft.random.random() * 10)))
    if Case.UNREGISTERED_PLOT in point.cases or point.status == PLANNED:
        return Match(NULL, NULL)
    chance = draft.random.random()
    score = 100 if chance < 0.8 else 90 + int(chance * 1_000) % 10 if chance < 0.95 else 70 + int(chance * 1_000) % 20
    if is_first:
        _write_rel(point, uprn, differs=score < 90, chunk=draft.chunk)
    return Match(str(uprn), str(score))


def _write_rel(point: Point, uprn: int, *, differs: bool, chunk: Chunk) -> None:
    location = point.location
    part, house_name, house_no, _ = point.premises
    inner, outer = location.double_dependent_locality, location.dependent_locality
    if differs:
        part = part.replace("FLAT", "APARTMENT") if "FLAT" in part else part
        inner, outer = "", outer if part else ""
    street = location.street
    numbered = f"{house_no} {street}" if house_no else street
    display = joined(part, house_name, numbered, inner, outer, location.town)
    chunk.lines["addresses_reladdress"].append(
        f"{uprn}\t{display}\t{location.postcode}\t{house_name or house_no}\t{part}\t{street}\t"
        f"\t{inner or outer}\t{outer if inner else ''}\t{location.town}"
    )
