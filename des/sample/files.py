"""Writes a sample register as CSV files, one for each table."""

import csv
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from des.sample.generator import Generator
from des.sample.rows import COLUMNS, NULL


def write_csv(directory: Path, *, points: int, seed: int, as_at: date, progress: Callable[[str], None]) -> None:
    """Write one file per table, with a heading; an absent value is an empty cell."""
    generator = Generator(points=points, seed=seed, as_at=as_at)
    directory.mkdir(parents=True, exist_ok=True)
    with ExitStack() as files:
        writers = {}
        for table, columns in COLUMNS.items():
            file = files.enter_context((directory / f"{table}.csv").open("w", newline="", encoding="ascii"))
            writers[table] = csv.writer(file, lineterminator="\n")
            writers[table].writerow(columns)
        written = 0
        for chunk in generator.chunks():
            for table, lines in chunk.lines.items():
                writers[table].writerows(
                    ["" if value == NULL else value for value in line.split("\t")] for line in lines
                )
            written += chunk.points
            progress(f"{written:,} of {points:,} meter points written")
