"""The tables of the register that the sample fills, and how their rows are written.

A row is a line of PostgreSQL's text format for COPY: values parted by tabs. No value of the sample register
holds a tab, a backslash or a line break.
"""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

NULL = r"\N"
TRUE, FALSE = "t", "f"

CURRENT_AND_NEXT = ("address", "status", "supplier", "shipper", "network", "mam", "map", "msn")

COLUMNS: dict[str, tuple[str, ...]] = {
    "meterpoints_meterpoint": (
        "mprn", "postcode", "street", "house_no", "address_order", "uprn", "rel_match_score",
        *(
            column
            for name in CURRENT_AND_NEXT
            for column in (name, f"{name}_from", f"next_{name}", f"next_{name}_from")
        ),
        "ldz", "exit_zone", "site_kind", "market_sector", "settlement_class", "daily_metered",
        "supply_point_size", "end_user_category_code", "end_user_category_identifier", "pressure_tier",
        "withdrawal_status", "isolation_status", "twin_stream", "interruption_contract",
        "network_exit_agreement", "seasonal_large_supply_point", "priority_consumer",
        "meter_read_batch_frequency", "installation_number", "gt_reference_number", "csep_id",
        "csep_max_annual_quantity", "csep_offtake_quantity", "igt_charge_rate", "igt_charge_rate_type",
        "igt_charging_methodology", "amr_fitted", "amr_service_provider", "dcc_service_flag",
        "dcc_service_flag_from", "smart_operator", "smart_operator_from", "first_smart_installed_on",
        "installing_supplier", "ihd_install_status",
    ),
    "meterpoints_supplypointaddress": (
        "mprn", "started_on", "ended_on", "address_id", "po_box_no", "sub_building_name", "house_name",
        "house_no", "delivery_point_alias", "dependent_street", "street", "double_dependent_locality",
        "dependent_locality", "town", "county", "country", "postcode", "plot_no", "site_name",
    ),
    "meterpoints_registration": (
        "mprn", "market_role", "short_code", "started_on", "ended_on", "confirmation_reference",
    ),
    "meterpoints_meter": (
        "mprn", "started_on", "ended_on", "msn", "status", "meter_type", "mechanism", "manufacturer", "model",
        "year_of_manufacture", "imperial", "dials", "reading_factor", "capacity", "location", "link",
        "gas_act_owner", "correction_factor", "dre_serial_number", "dre_unique_number",
    ),
    "meterpoints_converter": (
        "mprn", "started_on", "ended_on", "serial_number", "manufacturer", "model", "year_of_manufacture",
        "corrected_dials", "uncorrected_dials",
    ),
    "meterpoints_quantity": (
        "mprn", "started_on", "ended_on", "annual_quantity", "offtake_quantity", "hourly_quantity",
        "formula_year_annual_quantity", "formula_year_offtake_quantity", "prospective_annual_quantity",
        "prospective_offtake_quantity", "prospective_from", "original_annual_quantity",
        "minimum_annual_quantity",
    ),
    "meterpoints_latestread": ("mprn", "read_on", "read_type", "value"),
    "addresses_reladdress": (
        "uprn", "display", "postcode", "primary_name", "secondary_name", "street1", "street2", "locality1",
        "locality2", "town",
    ),
    "addresses_place": ("postcode", "street", "town", "points", "words"),
}  # fmt: skip


class Chunk:
    """The rows of some meter points, by table."""

    def __init__(self) -> None:
        self.points = 0
        self.lines: dict[str, list[str]] = {table: [] for table in COLUMNS}

    def add(self, table: str, *values: str) -> None:
        self.lines[table].append("\t".join(values))


class Calendar:
    """Days around the one on which the register is complete, written as ISO dates."""

    PAST, FUTURE = 12_000, 800

    def __init__(self, as_at: date) -> None:
        self.as_at = as_at
        # Negative places of a list count from its end, so `iso[-1]` is yesterday and `iso[1]` tomorrow.
        offsets = [*range(self.FUTURE + 1), *range(-self.PAST, 0)]
        self.iso = [(as_at + timedelta(days=offset)).isoformat() for offset in offsets]
        self.years = [(as_at + timedelta(days=offset)).year for offset in offsets]
        april = date(as_at.year, 4, 1)
        self.next_formula_year = (april if april > as_at else april.replace(year=as_at.year + 1)).isoformat()
        self.gas_year = as_at.year if as_at.month >= 10 else as_at.year - 1

    def day(self, offset: int | None) -> str:
        return NULL if offset is None else self.iso[offset]


class Draft(NamedTuple):
    """What every writer of rows works with."""

    random: Random
    calendar: Calendar
    chunk: Chunk
