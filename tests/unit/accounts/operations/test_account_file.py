"""What can be read of a file of accounts, and what is said of one that cannot."""

import gzip
import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.operations.account_file import COLUMNS, MOST_LINES, AccountFile, FileRefused
from accounts.operations.account_lines import row_of

HEADER = b"email,name,short_code,market_role,portal_roles\n"
GOOD = b"ann@example.com,Ann Other,BGF,shipper,user\n"


def lines(content: bytes):
    return list(AccountFile(io.BytesIO(content)))


def spreadsheet() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return file.getvalue()


REFUSED = {
    "nothing": (b"", "is empty"),
    "only a mark": (b"\xef\xbb\xbf", "is empty"),
    "an empty first line": (b"\n" + HEADER + GOOD, "begins with an empty line"),
    "no header": (GOOD, "does not name the columns"),
    "an unknown column": (
        b"email,name,short_code,market_role,portal_roles,second_factor\n",
        "no column “second_factor”",
    ),
    "a missing column": (b"email,name,short_code\n", "missing: market_role, portal_roles"),
    "a column twice": (b"email,name,short_code,market_role,portal_roles,Email\n", "“email” is there twice"),
    "a column without a name": (b"email,name,short_code,market_role,portal_roles,\n", "has no name"),
    "semicolons": (HEADER.replace(b",", b";") + GOOD, "separated by semicolons"),
    "tabs": (HEADER.replace(b",", b"\t") + GOOD, "separated by tabs"),
    "carriage returns only": (HEADER.replace(b"\n", b"\r") + GOOD.replace(b"\n", b"\r"), "carriage return only"),
    "a first line in Windows-1252": (b"email,nam\xe9\n", "first line is not in UTF-8 (byte 10)"),
    "UTF-16": ((HEADER + GOOD).decode().encode("utf-16"), "is in UTF-16"),
    "UTF-16 without its mark": ((HEADER + GOOD).decode().encode("utf-16-le"), "NUL characters"),
    "gzip": (gzip.compress(HEADER + GOOD), "compressed file"),
    "a spreadsheet": (spreadsheet(), "a spreadsheet (.xlsx)"),
    "an old spreadsheet": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old spreadsheet"),
    "a PDF": (b"%PDF-1.7\n", "is a PDF"),
    "an open quotation mark in the header": (b'email,"name\n', "opened and never closed"),
}


@pytest.mark.parametrize(("content", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_such_file_is_refused_with_the_reason(content, why):
    with pytest.raises(FileRefused) as refusal:
        lines(content)

    assert why in str(refusal.value)


@pytest.mark.parametrize("column", ["password", "Password Hash", "pwd", "hash", "salt", "temporary-password", "secret"])
def test_a_file_with_passwords_is_refused_before_a_line_is_read(column):
    content = HEADER.strip() + b"," + column.encode() + b"\n" + GOOD.strip() + b",hunter2\n"
    file = io.BytesIO(content)

    with pytest.raises(FileRefused, match="No password or secret is ever read") as refusal:
        list(AccountFile(file))

    assert "hunter2" not in str(refusal.value)
    assert file.readline() == GOOD.strip() + b",hunter2\n"  # it stopped at the header


def test_the_columns_may_be_in_any_order_and_written_as_a_spreadsheet_shows_them():
    (line,) = lines(b"Portal roles,MARKET-ROLE,short_code,name,email\nuser,shipper,BGF,Ann,a@example.com\n")

    assert line.cells["portal_roles"] == "user"
    assert line.cells["email"] == "a@example.com"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_utf_8_is_read_with_or_without_its_mark_and_with_any_end_of_line(mark, end):
    (line,) = lines(mark + (HEADER + "zoë@example.com,Zoë,BGF,shipper,user".encode()).replace(b"\n", end))

    assert (line.number, line.cells["name"], line.problem) == (2, "Zoë", "")


BAD_LINES = {
    "Windows-1252": ("zoe@example.com,Zoë,BGF,shipper,user\n".encode("cp1252"), "not in UTF-8 (byte 19: EB)"),
    "a lone surrogate": (b"zoe@example.com,Zo\xed\xa0\x80,BGF,shipper,user\n", "not in UTF-8 (byte 19: ED)"),
    "NUL": (b"zoe@example.com,Z\0oe,BGF,shipper,user\n", "control character (NUL"),
    "a carriage return": (b"zoe@example.com,Z\roe,BGF,shipper,user\n", "carriage return"),
    "too few cells": (b"zoe@example.com,Zoe,BGF,shipper\n", "has 4 cells, the header 5"),
    "too many cells": (b"zoe@example.com,Doe, Zoe,BGF,shipper,user\n", "has 6 cells, the header 5"),
    "an open quotation mark": (b'zoe@example.com,"Zoe,BGF,shipper,user\n', "never closed on this line"),
    "a stray quotation mark": (b'zoe@example.com,"Zoe" D,BGF,shipper,user\n', "stands within a cell"),
}


@pytest.mark.parametrize(("raw", "why"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_line_that_cannot_be_read_spoils_no_other_and_tells_whose_it_is(raw, why):
    before, bad, after = lines(HEADER + GOOD + raw + GOOD)

    assert (before.problem, after.problem) == ("", "")
    assert why in bad.problem
    assert (bad.number, bad.cells["email"]) == (3, "zoe@example.com")


def test_a_line_that_is_far_too_long_is_not_held_in_memory_and_counts_as_one():
    bad, after = lines(HEADER + b"zoe@example.com," + b"x" * 3_000_000 + b"\n" + GOOD)

    assert "more than 5,000 bytes" in bad.problem
    assert bad.cells["email"] == "zoe@example.com"
    assert (after.number, after.cells["name"]) == (3, "Ann Other")


@pytest.mark.parametrize("raw", [b"\n", b"\r\n", b",,,,\n", b"  \n", b",\n", b'"",,,,""\n'])
def test_an_empty_line_is_no_bad_one(raw):
    line, _after = lines(HEADER + raw + GOOD)

    assert line.is_empty


def test_a_quoted_cell_may_hold_commas_and_quotation_marks():
    (line,) = lines(HEADER + b'ann@example.com,"Other, Ann ""Annie""",BGF,shipper,user\n')

    assert line.cells["name"] == 'Other, Ann "Annie"'


def test_as_many_lines_as_are_allowed_are_read():
    assert len(lines(HEADER + GOOD * MOST_LINES)) == MOST_LINES


def test_a_file_of_a_million_lines_is_refused_long_before_its_end(tmp_path):
    path = tmp_path / "million.csv"
    path.write_bytes(HEADER + GOOD * 1_000_000)

    with path.open("rb") as file:
        with pytest.raises(FileRefused, match="more than 50,000 lines"):
            for _line in AccountFile(file):
                pass
        assert file.tell() < path.stat().st_size / 10


def test_what_was_read_is_known_by_its_hash():
    import hashlib

    file = AccountFile(io.BytesIO(HEADER + GOOD))
    list(file)

    assert file.sha256 == hashlib.sha256(HEADER + GOOD).hexdigest()


def test_no_column_is_for_anything_that_a_sign_in_needs():
    assert set(COLUMNS) == {
        "email", "name", "telephone", "short_code", "market_role", "portal_roles", "started_on", "ended_on",
    }  # fmt: skip


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_no_content_breaks_the_reading(content):
    """Every line comes back as what it asks for or with what is wrong with it."""
    read = lines(HEADER + GOOD + content)
    rows = [row_of(line, on=date(2026, 11, 25)) for line in read]

    assert [row.number for row in rows] == list(range(2, len(rows) + 2))
    assert all(row.is_good or row.is_empty or all(row.problems) for row in rows)
    assert rows[0].is_good
