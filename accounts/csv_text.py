"""CSV that is safe to open in a spreadsheet, written a line at a time.

The exports of the register have the same rule, in SQL (`des/exports/csv_file.py`), which accounts may not import.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from django.utils import timezone

# Spreadsheets run a cell that starts with one of these; an apostrophe before it makes it text.
FORMULA = re.compile(r"[-=+@\t\r]")


def cell(value: object) -> str:
    """A value as it stands in a file: local times to the second, dates as ISO 8601, text that no spreadsheet runs."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | int):
        return str(value)
    text = str(value)
    return f"'{text}" if FORMULA.match(text) else text


def lines(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The file, line by line: headings, then rows, in UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)

    def line(cells: Iterable[str]) -> bytes:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(cells)
        return buffer.getvalue().encode("utf-8", "replace")

    yield line(headings)
    for row in rows:
        yield line(map(cell, row))
