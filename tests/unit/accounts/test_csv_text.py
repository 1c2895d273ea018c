"""CSV that no spreadsheet runs."""

from datetime import UTC, date, datetime

import pytest

from accounts.csv_text import cell, lines


@pytest.mark.parametrize("text", ["=1+1", "+44 113", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_text_that_a_spreadsheet_would_run_begins_with_an_apostrophe(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "Yes"),
        (False, "No"),
        (-3, "-3"),
        ("plain = text", "plain = text"),
        (date(2026, 4, 5), "2026-04-05"),
        (datetime(2026, 7, 1, 12, 0, 1, 5, tzinfo=UTC), "2026-07-01 13:00:01+01:00"),
    ],
)
def test_values_are_written_plainly(value, written):
    assert cell(value) == written


def test_a_file_has_its_headings_and_quotes_what_must_be():
    file = b"".join(lines(("a", "b"), [("x,y", 'say "hi"'), ("line\nbreak", "=1")]))

    assert file == b'a,b\r\n"x,y","say ""hi"""\r\n"line\nbreak",\'=1\r\n'
