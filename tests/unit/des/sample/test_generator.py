"""The sample register as a stream of rows."""

import hashlib
import os
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from django.apps import apps

from des.identifiers import is_dummy_postcode, is_valid_mprn, parse_msn, parse_postcode
from des.sample.generator import PUBLISHED_MPRNS, Generator
from des.sample.numbers import MOST_POINTS
from des.sample.rows import COLUMNS, NULL

AS_AT = date(2026, 11, 22)
POINTS = 6_000

type Row = dict[str, str]


class Register(NamedTuple):
    """A generated register, by table."""

    tables: dict[str, list[Row]]

    @property
    def points(self) -> list[Row]:
        return self.tables["meterpoints_meterpoint"]


def lines(points: int, *, seed: int = 1, size: int = 5_000) -> Iterator[str]:
    for chunk in Generator(points=points, seed=seed, as_at=AS_AT).chunks(size=size):
        for table, rows in chunk.lines.items():
            yield from (f"{table}\t{row}" for row in rows)


def generate(points: int, *, seed: int = 1) -> Register:
    tables: dict[str, list[Row]] = {table: [] for table in COLUMNS}
    for line in lines(points, seed=seed):
        table, *values = line.split("\t")
        tables[table].append(dict(zip(COLUMNS[table], values, strict=True)))
    return Register(tables)


@pytest.fixture(scope="module")
def register() -> Register:
    return generate(POINTS)


def share(rows: list[Row], column: str, value: str) -> float:
    return sum(row[column] == value for row in rows) / len(rows)


def test_it_has_exactly_as_many_points_as_asked(register: Register) -> None:
    assert len(register.points) == POINTS
    for points in (2, 3, 17, 100, 1_234):
        assert len(generate(points).points) == points


@pytest.mark.parametrize("points", [-1, 0, 1, MOST_POINTS + 1])
def test_a_number_of_points_that_cannot_be_is_refused(points: int) -> None:
    with pytest.raises(ValueError, match="meter points"):
        Generator(points=points, seed=1, as_at=AS_AT)


@pytest.mark.parametrize("seed", [-1, 2**31])
def test_a_seed_that_cannot_be_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="seed"):
        Generator(points=100, seed=seed, as_at=AS_AT)


def test_the_same_seed_gives_the_same_register_however_it_is_cut() -> None:
    assert sorted(lines(700)) == sorted(lines(700, size=50))
    assert list(lines(700)) != list(lines(700, seed=2))


def test_it_does_not_depend_on_the_hashing_of_the_process() -> None:
    program = (
        "import hashlib, datetime; from des.sample.generator import Generator\n"
        "rows = [chunk.lines for chunk in Generator(points=600, seed=5, as_at=datetime.date(2026, 1, 1)).chunks()]\n"
        "print(hashlib.sha256(repr(rows).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[4])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == hashlib.sha256().digest_size * 2


def test_it_streams() -> None:
    def peak(points: int) -> int:
        tracemalloc.start()
        for _ in Generator(points=points, seed=1, as_at=AS_AT).chunks(size=100):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    generate(100)  # reads the geography, which stays
    assert peak(1_000) < peak(300) * 1.5


def test_mprns_are_unique_and_valid_but_for_the_published_examples(register: Register) -> None:
    mprns = [int(row["mprn"]) for row in register.points]
    assert len(set(mprns)) == POINTS
    assert {mprn for mprn in mprns if not is_valid_mprn(mprn)} == set(PUBLISHED_MPRNS)


def test_the_published_example_is_at_its_postcode(register: Register) -> None:
    published = next(row for row in register.points if row["mprn"] == "5454555")
    assert (published["postcode"], published["status"]) == ("AB1 4BD", "LI")


def test_igt_numbers_belong_to_igt_points(register: Register) -> None:
    for row in register.points:
        has_igt_number = len(row["mprn"]) == 10 and "74" <= row["mprn"][:2] <= "77"
        assert has_igt_number == bool(row["csep_id"])
    assert 0.07 < 1 - share(register.points, "csep_id", "") < 0.11


def test_identifiers_are_as_they_are_searched(register: Register) -> None:
    for row in register.points:
        assert parse_postcode(row["postcode"]) == row["postcode"]
        assert not row["msn"] or parse_msn(row["msn"]) == row["msn"]
        assert row["uprn"] == NULL or (row["uprn"][:4] in {"9000", "9005"} and len(row["uprn"]) == 12)


def test_a_meter_serial_number_belongs_to_one_point(register: Register) -> None:
    points_of = {(row["msn"], row["mprn"]) for row in register.tables["meterpoints_meter"]}
    assert len(points_of) == len({msn for msn, _ in points_of})
    assert any(msn.isdigit() and len(msn) == 8 for msn, _ in points_of)


def test_real_postcodes_but_for_the_dummies(register: Register) -> None:
    dummies = sum(is_dummy_postcode(row["postcode"]) for row in register.points)
    assert dummies == pytest.approx(POINTS * 30_234 / 24_500_000, abs=1)


@pytest.mark.parametrize(
    ("column", "value", "least", "most"),
    [
        ("status", "LI", 0.94, 0.99),
        ("status", "EX", 0.015, 0.021),
        ("status", "DE", 0.007, 0.011),
        ("status", "PL", 0.001, 0.008),
        ("next_supplier", NULL, 0.994, 0.996),
        ("market_sector", "D", 0.90, 0.97),
        ("supply_point_size", "LSP", 0.005, 0.03),
    ],
)
def test_shares_are_plausible(register: Register, column: str, value: str, least: float, most: float) -> None:
    assert least < share(register.points, column, value) < most


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("status", {"LI", "DE", "EX", "PL"}),
        ("site_kind", {"STD", "NTS", "LPG", "SHARED", "EXEMPT"}),
        ("twin_stream", {"t", "f"}),
        ("priority_consumer", {"", "A", "B", "C"}),
        ("withdrawal_status", {"", "NR", "WD"}),
        ("isolation_status", {"NI", "IS"}),
    ],
)
def test_every_kind_occurs_at_least_three_times(register: Register, column: str, values: set[str]) -> None:
    counts = Counter(row[column] for row in register.points)
    assert set(counts) == values
    assert min(counts.values()) >= 3


def test_quantities_follow_the_bands(register: Register) -> None:
    use = sorted(
        int(row["annual_quantity"]) for row in register.tables["meterpoints_quantity"] if row["ended_on"] == NULL
    )
    assert 10_000 < use[len(use) // 2] < 14_000
    assert use[-1] > 58_600_000


def test_plots_names_and_towns_are_missing_as_often_as_they_are(register: Register) -> None:
    addresses = [row for row in register.tables["meterpoints_supplypointaddress"] if row["ended_on"] == NULL]
    plots = sum(row["plot_no"] != "" for row in addresses)
    assert 15 < plots < 55  # 136,102 of 24.5 million are 33 of 6,000
    unnamed = [row for row in addresses if not (row["house_no"] or row["house_name"] or row["plot_no"])]
    assert len(unnamed) == pytest.approx(POINTS * 185_344 / 24_500_000, rel=0.2)
    assert any(row["delivery_point_alias"] for row in unnamed)
    assert sum(row["town"] == "" for row in addresses) >= 3


def test_periods_of_a_role_follow_each_other(register: Register) -> None:
    periods: dict[tuple[str, str], list[Row]] = {}
    for row in register.tables["meterpoints_registration"]:
        periods.setdefault((row["mprn"], row["market_role"]), []).append(row)
    for rows in periods.values():
        rows.sort(key=lambda row: row["started_on"])
        for earlier, later in pairwise(rows):
            assert earlier["started_on"] < earlier["ended_on"] == later["started_on"]
            assert earlier["short_code"] != later["short_code"]


@pytest.mark.parametrize(
    ("table", "alone"),
    [
        ("meterpoints_meter", ("mprn", "started_on")),
        ("meterpoints_supplypointaddress", ("mprn", "started_on")),
        ("meterpoints_quantity", ("mprn", "started_on")),
        ("meterpoints_registration", ("mprn", "market_role", "started_on")),
        ("meterpoints_latestread", ("mprn",)),
        ("meterpoints_converter", ("mprn", "started_on")),
        ("addresses_reladdress", ("uprn",)),
        ("addresses_place", ("postcode", "street")),
    ],
)
def test_keys_are_unique_and_periods_end_after_they_start(
    register: Register, table: str, alone: tuple[str, ...]
) -> None:
    rows = register.tables[table]
    assert len({tuple(row[column] for column in alone) for row in rows}) == len(rows)
    assert all(row.get("ended_on", NULL) == NULL or row["started_on"] < row["ended_on"] for row in rows)


def test_the_row_of_a_point_repeats_its_periods(register: Register) -> None:
    today = AS_AT.isoformat()
    now: dict[tuple[str, str], str] = {}
    for row in register.tables["meterpoints_registration"]:
        if row["started_on"] <= today and (row["ended_on"] == NULL or row["ended_on"] > today):
            role = "network" if row["market_role"] in {"gt", "igt"} else row["market_role"]
            now[row["mprn"], role] = row["short_code"]
    for row in register.points:
        for role in ("supplier", "shipper", "mam", "map", "network"):
            assert row[role] == now.get((row["mprn"], role), "")
        assert bool(row["msn"]) == (row["status"] == "LI")


def test_a_next_value_has_its_day_to_come(register: Register) -> None:
    for name in ("address", "status", "supplier", "shipper", "network", "mam", "map", "msn"):
        dated = [row for row in register.points if row[f"next_{name}"] != NULL]
        assert all(row[f"next_{name}_from"] > AS_AT.isoformat() for row in dated)
        assert all((row[f"next_{name}"] == NULL) == (row[f"next_{name}_from"] == NULL) for row in register.points)


def test_matched_points_lead_to_a_rel_address_and_some_share_one(register: Register) -> None:
    known = {row["uprn"] for row in register.tables["addresses_reladdress"]}
    matched = [row["uprn"] for row in register.points if row["uprn"] != NULL]
    assert set(matched) == known
    assert len(matched) > len(known) + 15
    unmatched = [row for row in register.points if row["rel_match_score"] in set("0123456789")]
    assert len(unmatched) == pytest.approx(POINTS * 21_256 / 24_500_000, abs=1)
    assert all(row["uprn"] == NULL for row in unmatched)


def test_places_count_the_points_of_a_street(register: Register) -> None:
    counts = Counter((row["postcode"], row["street"]) for row in register.points)
    for place in register.tables["addresses_place"]:
        assert counts.pop((place["postcode"], place["street"])) == int(place["points"])
        assert place["postcode"] in place["words"]
    assert not counts


def test_values_fit_the_columns_of_the_register(register: Register) -> None:
    models = {model._meta.db_table: model for model in apps.get_models()}
    for table, columns in COLUMNS.items():
        fields = {field.column: field for field in models[table]._meta.concrete_fields}
        filled = {column for column, field in fields.items() if not (field.generated or column == "id")}
        assert filled == set(columns)
        for column in columns:
            longest = fields[column].max_length
            if longest is not None:
                assert (
                    max((len(row[column]) for row in register.tables[table] if row[column] != NULL), default=0)
                    <= longest
                )
