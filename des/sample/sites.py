"""The meter point's own row: what it repeats of its periods, and what kind of site it is."""

from random import Random
from typing import NamedTuple

from des.sample.addresses import Address, Match
from des.sample.meters import Fitted
from des.sample.points import LIVE, Point
from des.sample.quantities import SMALLER_SUPPLY_POINT, Use
from des.sample.rates import Case
from des.sample.registrations import Held, Parties
from des.sample.rows import FALSE, NULL, TRUE, Calendar, Draft

AMR_PROVIDERS = ("EAL", "ECA", "SUF")
SMART_OPERATOR = "DCC"


class Written(NamedTuple):
    """What the meter point's own row repeats of the rows already written for it."""

    address: Address
    match: Match
    parties: Parties
    fitted: Fitted


def write_meter_point(point: Point, use: Use, written: Written, draft: Draft) -> None:
    """Write the row of the meter point."""
    random, calendar, chunk = draft
    address, match, parties, fitted = written
    current = (address.line, _status(point, calendar), *parties, fitted.msn)
    columns = (
        str(point.mprn),
        address.postcode,
        address.street,
        address.house_no,
        address.order,
        match.uprn,
        match.score,
        *(column for held in current for column in held),
        point.location.ldz,
        point.location.exit_zone,
        point.site_kind,
        point.market_sector,
        *_settlement(point, use, fitted, draft),
        *_independent(point, random),
        *_smart(point, fitted, parties, draft),
    )
    chunk.points += 1
    chunk.lines["meterpoints_meterpoint"].append("\t".join(columns))


def _status(point: Point, calendar: Calendar) -> Held:
    since = calendar.iso[point.born if point.ended is None else point.ended]
    if Case.DYING in point.cases:
        return Held(point.status, since, "DE", calendar.iso[20])
    return Held(point.status, since)


def _settlement(point: Point, use: Use, fitted: Fitted, draft: Draft) -> tuple[str, ...]:
    """Return the columns from the settlement class to the GT reference number."""
    annual, band = use
    settlement_class = "1" if band == 9 else "2" if band >= 7 else "3" if band >= 4 else "4"
    if band == 1 and fitted.kind and fitted.kind.mechanism == "S2" and draft.random.random() < 0.2:
        settlement_class = "3"
    larger = annual > SMALLER_SUPPLY_POINT
    pressure = "S" if point.site_kind == "NTS" else "I" if band >= 7 else "M" if band >= 4 else "L"
    withdrawal = "" if point.is_registered else "NR" if point.ended is None else "WD"
    batch = "M" if larger else "6"
    if settlement_class == "3":
        batch = "WFM"[point.ordinal % 3]
    year = draft.calendar.gas_year % 100
    return (
        settlement_class,
        TRUE if settlement_class in "12" else FALSE,
        "LSP" if larger else "SSP",
        f"{point.location.ldz}:E{year:02d}{band:02d}B",
        f"{year:02d}{band:02d}",
        pressure,
        withdrawal,
        "IS" if Case.ISOLATED in point.cases else "NI",
        TRUE if Case.TWIN_STREAM in point.cases else FALSE,
        TRUE if band >= 6 and point.ordinal % 10 == 0 else FALSE,
        TRUE if band == 9 else FALSE,
        TRUE if larger and point.ordinal % 50 == 0 else FALSE,
        point.priority,
        batch,
        f"{point.ordinal:08d}" if larger else "",
        "" if point.igt else f"{point.location.ldz}{point.ordinal:09d}",
    )


def _independent(point: Point, random: Random) -> tuple[str, ...]:
    """Return the columns of independent transporters."""
    if not point.csep_id:
        return ("", NULL, NULL, NULL, "", "")
    legacy = point.born < -3_900
    rate = f"{0.05 + random.random() * 0.9:.4f}"
    kind = "LEG" if legacy else "RPC"
    return (point.csep_id, "2400000", "18000", rate, kind, kind)


def _smart(point: Point, fitted: Fitted, parties: Parties, draft: Draft) -> tuple[str, ...]:
    """Return the columns of automated and smart reading."""
    random = draft.random
    smart = fitted.kind is not None and fitted.kind.mechanism in ("S1", "S2") and point.status == LIVE
    if not smart:
        amr = point.market_sector == "I" and fitted.kind is not None and random.random() < 0.5
        provider = random.choice(AMR_PROVIDERS) if amr else ""
        return (TRUE if amr else FALSE, provider, "", NULL, "", NULL, NULL, "", "")
    installed = draft.calendar.iso[fitted.since]
    installer = parties.supplier.value
    flag = "A" if random.random() < 0.9 else "I"
    display = "IIIIEDDF"[int(random.random() * 8)]
    return (FALSE, "", flag, installed, SMART_OPERATOR, installed, installed, installer, display)
