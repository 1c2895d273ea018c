"""A wrong declaration of an enquiry stops the start, with the reason."""

from types import SimpleNamespace

import pytest

from accounts.matrix import AccessMatrix, Grant, access_matrix
from accounts.permissions import DataItem, MarketRole, Scope
from des.catalogue import ENQUIRIES
from des.enquiries.checks import check_enquiries
from des.enquiries.columns import Column
from des.screens import checks

MPRN = Column("mprn", "MPRN", DataItem.METER_POINT)


def enquiry(slug="tests", columns=(MPRN,), fields=("mprn",), asks=None):
    return SimpleNamespace(
        slug=slug,
        columns=columns,
        base_fields=dict.fromkeys(fields),
        asks=asks or {},
        reaches=[(Scope.PORTFOLIO, MarketRole.SHIPPER)],
    )


def faults(*enquiries, grants=None):
    return [(error.id, error.msg) for error in check_enquiries(enquiries, AccessMatrix("test", grants or {}))]


def test_the_declared_enquiries_are_without_fault():
    assert check_enquiries(ENQUIRIES, access_matrix()) == []
    assert checks.enquiries_and_matrix() == []


@pytest.mark.parametrize(
    ("enquiries", "fault"),
    [
        ([enquiry(columns=(MPRN, MPRN))], ("enquiries.E001", "tests: two columns are named mprn.")),
        ([enquiry(fields=("mprn", "house"))], ("enquiries.E002", "tests: no data item for the field house.")),
        ([enquiry(), enquiry()], ("enquiries.E003", "Two enquiries have the slug tests.")),
    ],
)
def test_each_fault_is_named_once(enquiries, fault):
    assert faults(*enquiries) == [fault]


def test_a_field_without_a_column_may_name_its_item():
    assert faults(enquiry(fields=("mprn", "house"), asks={"house": DataItem.ADDRESS})) == []


@pytest.mark.parametrize(
    ("item", "role", "scope", "found"),
    [
        (DataItem.METER_POINT, MarketRole.SHIPPER, Scope.PORTFOLIO, None),
        (DataItem.METER_POINT, MarketRole.PCW, Scope.ANY, None),
        (
            DataItem.READ,
            MarketRole.SHIPPER,
            Scope.ANY,
            ("enquiries.E004", "The access matrix has tests, read, shipper, any: no such item."),
        ),
        (
            DataItem.METER_POINT,
            MarketRole.SHIPPER,
            Scope.NETWORK,
            (
                "enquiries.E005",
                "The access matrix has tests, meter-point, shipper, network:"
                " this enquiry knows no such scope for this role.",
            ),
        ),
    ],
)
def test_a_line_of_the_matrix_must_mean_something(item, role, scope, found):
    assert faults(enquiry(), grants={("tests", item, role): (Grant(scope),)}) == ([found] if found else [])


@pytest.mark.parametrize("content", [b"nonsense", b"\xff\xfe", None])
def test_a_matrix_that_cannot_be_read_stops_the_start(monkeypatch, tmp_path, content):
    path = tmp_path / "matrix.csv"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(checks, "access_matrix", lambda: AccessMatrix.read(path))

    (error,) = checks.enquiries_and_matrix()

    assert error.id == "enquiries.E000"
    assert error.msg.startswith("The access matrix cannot be read: ")
