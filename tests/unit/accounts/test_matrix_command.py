"""A change of the access matrix, explained."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.matrix import HEADINGS

FIRST = ",".join(HEADINGS)


def explained(tmp_path, old, new):
    for name, lines in (("old.csv", old), ("new.csv", new)):
        (tmp_path / name).write_text("\n".join([FIRST, *lines, ""]), encoding="utf-8")
    out = StringIO()
    call_command("matrix", "diff", str(tmp_path / "old.csv"), str(tmp_path / "new.csv"), stdout=out)
    return out.getvalue().splitlines()[1:]


def test_what_each_role_gains_and_loses_is_said_in_words(tmp_path):
    old = ["meter-points,read,shipper,portfolio,", "meter-points,read,supplier,any,", "meter-points,rel,mam,any,"]
    new = [
        "meter-points,read,shipper,portfolio,",
        "meter-points,read,shipper,any,reads",
        "meter-points,read,gt,network,",
        "meter-points,rel,mam,any,",
    ]

    assert explained(tmp_path, old, new) == [
        "Gas transporter gains read of meter-points: the own network.",
        "Shipper has changed read of meter-points: "
        "the own portfolio or every meter point with the term reads, before the own portfolio.",
        "Supplier loses read of meter-points: every meter point.",
        "3 changes.",
    ]


def test_another_order_of_the_same_lines_is_no_change(tmp_path):
    lines = ["meter-points,read,shipper,portfolio,", "meter-points,read,supplier,any,"]

    assert explained(tmp_path, lines, lines[::-1]) == ["Nobody gains or loses anything."]


def test_a_file_that_is_no_matrix_is_refused_with_its_name(tmp_path):
    with pytest.raises(CommandError, match=r"new\.csv does not read as an access matrix"):
        explained(tmp_path, [], ["meter-points,reads,shipper,portfolio,"])
    with pytest.raises(CommandError, match=r"none\.csv"):
        call_command("matrix", "diff", str(tmp_path / "none.csv"), str(tmp_path / "old.csv"))
