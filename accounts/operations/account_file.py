"""The file of an import of accounts: read line by line, and refused as a whole where it is no such file."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

REQUIRED = ("email", "name", "short_code", "market_role", "portal_roles")
OPTIONAL = ("telephone", "started_on", "ended_on")
COLUMNS = (*REQUIRED, *OPTIONAL)

MOST_LINES = 50_000
LONGEST_LINE = 5_000  # bytes: several times what the longest cells come to

# Content that is no text, by how it begins, and what it is called.
NOT_TEXT = {
    b"\x1f\x8b": "a compressed file (gzip)",
    b"PK\x03\x04": "a spreadsheet (.xlsx) or another zip file",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet (.xls)",
    b"\xff\xfe": "in UTF-16",
    b"\xfe\xff": "in UTF-16",
    b"%PDF": "a PDF",
}
BOM = b"\xef\xbb\xbf"
AS_UTF_8 = "Save it as “CSV UTF-8 (comma delimited)”."
# A column that is called so would hold what nobody may take from one service to another.
SECRET_WORDS = ("password", "passwd", "passphrase", "pwd", "hash", "salt", "secret")


class FileRefused(Exception):
    """Nothing can be read of the file; the message is for people."""


@dataclass(slots=True)
class Line:
    """One line after the header: its cells by column, or why they cannot be read."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.problem and not any(cell.strip() for cell in self.cells.values())


class AccountFile:
    """The lines of a file, read once and in order. Raises `FileRefused`.

    A line of the file is a row, whatever its quotation marks: one that is never closed spoils its own line only.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of what was read."""
        return self._sha256.hexdigest()

    def __iter__(self) -> Iterator[Line]:
        raw = self._next()
        for start, what in NOT_TEXT.items():
            if raw.startswith(start):
                raise FileRefused(f"This file is {what}, not CSV. Open it in a spreadsheet. {AS_UTF_8}")
        header = header_of(raw.removeprefix(BOM))
        number = 1
        while raw := self._next():
            number += 1
            if number > MOST_LINES + 1:
                raise FileRefused(f"This file has more than {MOST_LINES:,} lines. Split it, and import the parts.")
            yield line_of(raw, number=number, header=header)

    def _next(self) -> bytes:
        """The next line with its end, cut where it is far too long; nothing at the end of the file."""
        raw = self._file.readline(LONGEST_LINE + 1)
        self._sha256.update(raw)
        rest = raw
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = self._file.readline(LONGEST_LINE + 1)
            self._sha256.update(rest)
        return raw


def header_of(raw: bytes) -> list[str]:
    """The columns in their order. Raises `FileRefused`."""
    if not raw.strip():
        raise FileRefused(f"This file is empty, or begins with an empty line. {columns_wanted()}")
    if b"\0" in raw:
        raise FileRefused(f"This file has NUL characters in its first line: it is not UTF-8 text. {AS_UTF_8}")
    try:
        text = raw.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise FileRefused(f"The first line is not in UTF-8 (byte {error.start + 1}). {AS_UTF_8}") from error
    if "\r" in text:
        raise FileRefused("The lines of this file end in a carriage return only. Save it as CSV for Windows or Linux.")
    cells, problem = cells_of(text)
    if problem:
        raise FileRefused(f"The first line cannot be read. {problem}")
    header = [cell.strip().casefold().replace(" ", "_").replace("-", "_") for cell in cells]
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and separator in text:
            raise FileRefused(f"The cells of this file are separated by {name}. Save it with commas between them.")
    for cell, column in zip(cells, header, strict=True):
        if any(word in column for word in SECRET_WORDS):
            raise FileRefused(
                f"This file has a column “{shown(cell)}”. No password or secret is ever read: everybody sets a new "
                "password. Take the column out, and delete the copies of the file that have it."
            )
    if not set(header) & set(COLUMNS):
        raise FileRefused(f"The first line does not name the columns. {columns_wanted()}")
    for column in header:
        if not column:
            raise FileRefused("A column has no name. Name it, or take it out.")
        if column not in COLUMNS:
            raise FileRefused(f"There is no column “{shown(column)}”. Take it out. {columns_wanted()}")
        if header.count(column) > 1:
            raise FileRefused(f"The column “{column}” is there twice. Take one of them out.")
    missing = [column for column in REQUIRED if column not in header]
    if missing:
        raise FileRefused(f"These columns are missing: {', '.join(missing)}. {columns_wanted()}")
    return header


def columns_wanted() -> str:
    return f"The first line must name the columns {', '.join(REQUIRED)}, and may name {', '.join(OPTIONAL)}."


def line_of(raw: bytes, *, number: int, header: list[str]) -> Line:
    """One line, with its cells as far as they can be read: the report tells the e-mail address of a bad line too."""
    problem = ""
    if len(raw) > LONGEST_LINE:
        begun, _ = cells_of(raw.decode(errors="replace"))
        too_long = f"The line has more than {LONGEST_LINE:,} bytes. Shorten its cells."
        return Line(number, dict(zip(header, begun, strict=False)), too_long)
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        text = raw.decode(errors="replace")
        problem = f"The line is not in UTF-8 (byte {error.start + 1}: {raw[error.start]:02X}). {AS_UTF_8}"
    text = text.rstrip("\r\n")
    if "\0" in text or "\r" in text:
        problem = problem or "The line has a control character (NUL or carriage return). Type the line anew."
    cells, unread = cells_of(text)
    if len(cells) == len(header):
        return Line(number, dict(zip(header, cells, strict=True)), problem or unread)
    if not text.strip(" ,"):
        return Line(number, problem=problem)
    ragged = (
        f"The line has {len(cells)} cells, the header {len(header)}. A comma within a cell needs quotation marks "
        "around the cell."
    )
    return Line(number, dict(zip(header, cells, strict=False)), problem or unread or ragged)


def cells_of(text: str) -> tuple[list[str], str]:
    """The cells of a line, and what is wrong with its quotation marks."""
    try:
        return next(csv.reader([text], strict=True), []), ""
    except csv.Error as error:
        open_one = "end of data" in str(error)
    loose = next(csv.reader([text.replace("\r", " ")]), [])
    if open_one:
        return loose, "A quotation mark is opened and never closed on this line. Close it, or take it out."
    return loose, "A quotation mark stands within a cell. Write it twice, or take it out."


def shown(text: str) -> str:
    """What somebody wrote, for a message: short, and with what cannot be seen spelt out."""
    short = text if len(text) <= 60 else f"{text[:60]}…"
    return "".join(character if character.isprintable() else f"[U+{ord(character):04X}]" for character in short)
