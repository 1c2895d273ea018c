"""The meters, converters and latest read of a meter point."""

from random import Random
from typing import NamedTuple

from des.sample.points import PLANNED, Point
from des.sample.rates import Case
from des.sample.registrations import Held, Period
from des.sample.rows import FALSE, NULL, TRUE, Calendar, Draft


class Kind(NamedTuple):
    """A model of meter, and the serial numbers of its maker."""

    prefix: str
    manufacturer: str
    model: str
    meter_type: str
    mechanism: str
    dials: int
    capacity: str
    imperial: str
    first_year: int
    last_year: int


# Prefixes, models and makers are plausible and invented in their combination.
SMETS2 = (
    Kind("E6S", "LGZ", "E6VG470", "U", "S2", 5, "6.00", FALSE, 2018, 2026),
    Kind("G4P", "FLO", "G4SZV-1", "D", "S2", 5, "6.00", FALSE, 2017, 2026),
    Kind("G4F", "FLO", "G4SZV-2", "D", "S2", 5, "6.00", FALSE, 2019, 2026),
)
SMETS1 = (
    Kind("G4K", "ELS", "BK-G4E", "D", "S1", 5, "6.00", FALSE, 2013, 2018),
    Kind("E6A", "LGZ", "E6", "U", "S1", 5, "6.00", FALSE, 2012, 2018),
)
CREDIT = (
    Kind("G4A", "ELS", "BK-G4A", "D", "CR", 5, "6.00", FALSE, 1998, 2025),
    Kind("M016", "ACT", "G4", "S", "CR", 5, "6.00", FALSE, 1995, 2024),
    Kind("S", "PAR", "U6", "L", "CR", 4, "212.00", TRUE, 1980, 1999),
)
IMPERIAL = CREDIT[2]
PREPAYMENT = (
    Kind("E016K", "LGZ", "LIBRA 310", "U", "ET", 5, "6.00", FALSE, 2005, 2024),
    Kind("E010K", "LGZ", "LIBRA 100", "U", "ET", 5, "6.00", FALSE, 1999, 2013),
)
LARGE = (
    Kind("U16", "PAR", "U16", "S", "CR", 5, "16.00", FALSE, 1995, 2024),
    Kind("G25", "ELS", "BK-G25", "D", "CR", 6, "40.00", FALSE, 2000, 2025),
    Kind("U65", "PAR", "U65", "S", "CR", 6, "65.00", FALSE, 1995, 2022),
)
LARGEST = (
    Kind("R", "DRS", "G250", "R", "CR", 7, "400.00", FALSE, 1998, 2025),
    Kind("T", "ELS", "G2500", "T", "CR", 8, "4000.00", FALSE, 1998, 2025),
)
# The capacities of what is fitted in homes, and the use from which a converter is fitted.
SMALL = ("6.00", "212.00")
CONVERTER_FROM = 732_000
# Meter box, under stairs, outside, kitchen, garage, cellar, under the sink, hall, cupboard, porch, not known.
LOCATIONS = ("32",) * 7 + ("2",) * 3 + ("99",) * 2 + ("4", "6", "1", "14", "3", "9", "20", "0")
OWNERS = "SSSSSSSSSSSSSSSSTTTC"


class Fitted(NamedTuple):
    """What the meter point's own row repeats of its meters."""

    msn: Held = Held()
    kind: Kind | None = None
    since: int = 0


def _kind(annual_quantity: int, random: Random) -> Kind:
    chance = random.random()
    if annual_quantity > 2_196_000:
        kinds: tuple[Kind, ...] = LARGEST
    elif annual_quantity > 73_200:
        kinds = LARGE
    elif chance < 0.50:
        kinds = SMETS2
    elif chance < 0.62:
        kinds = SMETS1
    elif chance < 0.92:
        kinds = CREDIT
    else:
        kinds = PREPAYMENT
    return kinds[int(random.random() * len(kinds))]


class Meter(NamedTuple):
    """One meter. The mark keeps the numbers of the meters of one point apart: N the next, P the previous."""

    kind: Kind
    serial: str
    year: int
    mark: str = ""

    @property
    def msn(self) -> str:
        # Old imperial meters often carry their number alone, which may be read as an MPRN or a UPRN too.
        if self.kind is IMPERIAL and not self.mark and self.serial[-1] < "3":
            return self.serial
        length = 14 - len(self.mark)
        return f"{self.kind.prefix}{self.serial}{self.year % 100:02d}"[:length] + self.mark


def write_meters(point: Point, *, annual_quantity: int, serial: str, draft: Draft) -> Fitted:
    """Write the meters of the point: its present one, often the one before, rarely the one to come."""
    if point.status == PLANNED:
        return Fitted()
    random, calendar, chunk = draft
    kind = _kind(annual_quantity, random)
    if kind.imperial == TRUE and calendar.years[point.born] > kind.last_year:
        kind = CREDIT[0]
    since = _fitted_on(kind, point, random, calendar)
    meter = Meter(kind, serial, _year(kind, since, calendar))
    if since > point.born:
        _write_previous(point, meter, until=since, draft=draft)
    if annual_quantity > CONVERTER_FROM:
        chunk.add(
            "meterpoints_converter", str(point.mprn), calendar.iso[since], calendar.day(point.ended), f"C{serial}",
            kind.manufacturer, "PTZ-2" if kind.meter_type == "T" else "PTZ-1", str(meter.year), "8",
            str(kind.dials),
        )  # fmt: skip
    if point.ended is not None:
        _write(point, meter, Period("RE", since, point.ended), draft)
        return Fitted()
    status = "CA" if Case.ISOLATED in point.cases else "LI"
    if Case.PENDING_EXCHANGE not in point.cases:
        _write(point, meter, Period(status, since, None), draft)
        return Fitted(Held(meter.msn, calendar.iso[since]), kind, since)
    exchange = 3 + int(random.random() * 60)
    following = Meter(SMETS2[0] if kind.capacity in SMALL else LARGE[1], serial, calendar.years[exchange], "N")
    _write(point, meter, Period(status, since, exchange), draft)
    _write(point, following, Period("LI", exchange, None), draft)
    return Fitted(Held(meter.msn, calendar.iso[since], following.msn, calendar.iso[exchange]), kind, since)


def _year(kind: Kind, since: int, calendar: Calendar) -> int:
    return max(kind.first_year, min(kind.last_year, calendar.years[since]))


def _fitted_on(kind: Kind, point: Point, random: Random, calendar: Calendar) -> int:
    """Return the day on which the present meter was fitted: while its model was sold, or with the point."""
    this_year = calendar.as_at.year
    earliest = max(point.born, (kind.first_year - this_year) * 365)
    latest = min(point.ended or 0, (kind.last_year + 1 - this_year) * 365)
    if latest - earliest < 5:
        return point.born
    since = earliest + int(random.random() * (latest - earliest))
    # With a point that young nobody had a reason to change it yet.
    return since if since - point.born > 400 else point.born


def _write_previous(point: Point, present: Meter, *, until: int, draft: Draft) -> None:
    """Write the meter that was removed when the present one was fitted."""
    random, calendar, _ = draft
    since = max(point.born, until - 400 - int(random.random() * 7_000))
    kind = present.kind
    if kind.capacity in SMALL:
        is_old = calendar.years[since] <= IMPERIAL.last_year
        kind = IMPERIAL if is_old else CREDIT[int(random.random() * 2)]
    previous = Meter(kind, present.serial, _year(kind, since, calendar), "P")
    _write(point, previous, Period("RE", since, until), draft)


def _write(point: Point, meter: Meter, period: Period, draft: Draft) -> None:
    """Write one meter; the value of its period is its status."""
    kind, days, chance = meter.kind, draft.calendar.iso, draft.random.random()
    status, since, end = period
    msn = meter.msn
    is_large = kind.meter_type in "RT"
    recorder = f"D{msn}"[:14] if is_large else ""
    link = "P" if chance < 0.001 else "F"
    correction = f"{1 + chance * 3:.6f}" if is_large else "1.022640"
    draft.chunk.lines["meterpoints_meter"].append(
        f"{point.mprn}\t{days[since]}\t{NULL if end is None else days[end]}\t{msn}\t{status}"
        f"\t{kind.meter_type}\t{kind.mechanism}\t{kind.manufacturer}\t{kind.model}\t{meter.year}\t{kind.imperial}"
        f"\t{kind.dials}\t{'10' if is_large else '1'}\t{kind.capacity}\t{LOCATIONS[int(chance * 20)]}\t{link}"
        f"\t{OWNERS[int(chance * 9_973) % 20]}\t{correction}\t{recorder}\t{recorder[::-1]}"
    )


def write_latest_read(point: Point, fitted: Fitted, draft: Draft) -> None:
    """Write the latest read of a supplied point, unless none has come yet."""
    random, calendar, chunk = draft
    chance = random.random()
    if fitted.kind is None or not point.is_registered or chance < 0.02:
        return
    smart = fitted.kind.mechanism in ("S1", "S2")
    age = 1 + int(random.random() ** 2 * (40 if smart else 500))
    read_type = "R" if smart else "ACE"[int(chance * 3)]
    value = int(random.random() * 10 ** min(fitted.kind.dials, 5))
    chunk.lines["meterpoints_latestread"].append(
        f"{point.mprn}\t{calendar.iso[max(-age, fitted.since)]}\t{read_type}\t{value}"
    )
