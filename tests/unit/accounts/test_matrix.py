"""The file of the access matrix says who sees what; anything in it that is not plain stops the start."""

import hashlib
from pathlib import Path

import pytest

from accounts.matrix import HEADINGS, AccessMatrix, Grant, MatrixError, access_matrix
from accounts.permissions import DataItem, MarketRole, Scope

FIRST = ",".join(HEADINGS)
READ_BY_SHIPPERS = "meter-points,read,shipper,portfolio,"


def matrix_of(tmp_path: Path, *lines: str) -> AccessMatrix:
    path = tmp_path / "matrix.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return AccessMatrix.read(path)


def test_a_line_grants_one_item_to_one_role(tmp_path):
    matrix = matrix_of(tmp_path, FIRST, "meter-points,read,shipper,portfolio,meter-reads")

    asked = {"enquiry": "meter-points", "item": DataItem.READ, "market_role": MarketRole.SHIPPER}

    assert matrix.grant(**asked) is None
    assert matrix.grant(**asked, accepted={"another"}) is None
    assert matrix.grant(**asked, accepted={"meter-reads"}) == Grant(Scope.PORTFOLIO, "meter-reads")


def test_a_term_widens_what_is_granted_without_it(tmp_path):
    matrix = matrix_of(tmp_path, FIRST, READ_BY_SHIPPERS, "meter-points,read,shipper,any,meter-reads")
    asked = {"enquiry": "meter-points", "item": DataItem.READ, "market_role": MarketRole.SHIPPER}

    assert matrix.grant(**asked) == Grant(Scope.PORTFOLIO)
    assert matrix.grant(**asked, accepted={"meter-reads"}) == Grant(Scope.ANY, "meter-reads")


@pytest.mark.parametrize(
    ("enquiry", "item", "role"),
    [
        ("meter-points", DataItem.READ, MarketRole.SUPPLIER),
        ("meter-points", DataItem.METER, MarketRole.SHIPPER),
        ("meter-history", DataItem.READ, MarketRole.SHIPPER),
    ],
)
def test_what_no_line_grants_is_denied(tmp_path, enquiry, item, role):
    matrix = matrix_of(tmp_path, FIRST, READ_BY_SHIPPERS)

    assert matrix.grant(enquiry=enquiry, item=item, market_role=role) is None


def test_a_matrix_without_lines_grants_nothing(tmp_path):
    assert matrix_of(tmp_path, FIRST).grants == {}


def test_the_version_is_the_digest_of_the_file(tmp_path):
    matrix = matrix_of(tmp_path, FIRST, READ_BY_SHIPPERS)

    assert matrix.version == hashlib.sha256((tmp_path / "matrix.csv").read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([""], "the first line must read enquiry,data_item,market_role,scope,term"),
        (["enquiry,data_item,role,scope,term", READ_BY_SHIPPERS], "the first line must read"),
        ([FIRST, "meter-points,read,shipper,portfolio"], r"line 2: not enough values"),
        ([FIRST, "meter-points,read,shipper,portfolio,,x"], r"line 2: too many values"),
        ([FIRST, "", READ_BY_SHIPPERS], "line 2"),
        ([FIRST, "meter-points,reads,shipper,portfolio,"], r"line 2: 'reads' is not a valid DataItem"),
        ([FIRST, "meter-points,read,everybody,portfolio,"], r"line 2: 'everybody' is not a valid MarketRole"),
        ([FIRST, "meter-points,read,shipper,all,"], r"line 2: 'all' is not a valid Scope"),
        ([FIRST, READ_BY_SHIPPERS, READ_BY_SHIPPERS], "line 3: a second line for meter-points, read, shipper"),
    ],
)
def test_a_file_that_is_not_plain_is_refused_with_its_line(tmp_path, lines, message):
    with pytest.raises(MatrixError, match=message):
        matrix_of(tmp_path, *lines)


def test_the_matrix_in_force_is_read_once(settings):
    assert access_matrix() is access_matrix()
    assert access_matrix().version == hashlib.sha256(settings.ACCESS_MATRIX.read_bytes()).hexdigest()
