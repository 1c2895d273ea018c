"""The sample register as CSV files."""

import csv
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from des.sample.files import write_csv
from des.sample.rows import COLUMNS


def test_one_file_per_table_with_a_heading(tmp_path: Path) -> None:
    told: list[str] = []
    write_csv(tmp_path / "new", points=50, seed=1, as_at=date(2026, 11, 22), progress=told.append)
    assert told == ["50 of 50 meter points written"]
    for table, columns in COLUMNS.items():
        with (tmp_path / "new" / f"{table}.csv").open(newline="") as file:
            assert next(csv.reader(file)) == list(columns)
    with (tmp_path / "new" / "meterpoints_meterpoint.csv").open(newline="") as file:
        points = list(csv.DictReader(file))
    assert len(points) == 50
    assert any("," in point["address"] for point in points)
    assert all(r"\N" not in point.values() for point in points)


def test_the_command_writes_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("generate", "--points=20", "--csv", str(tmp_path), "--as-at=2026-11-22")
    assert (tmp_path / "addresses_place.csv").exists()
    assert "20 of 20" in capsys.readouterr().out


def test_the_command_refuses_a_register_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="meter points"):
        call_command("generate", "--points=1", "--csv", str(tmp_path))


def test_the_command_says_when_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("generate", "--points=20", "--csv", str(tmp_path / "taken"))
