"""How values read on a screen."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import F, Value

from accounts.permissions import DataItem
from des.enquiries.columns import Column
from des.enquiries.formats import CODE, DATE, FLAG, KWH, MPRN, NUMBER, TEXT, quantity


@pytest.mark.parametrize(
    ("format_", "value", "read"),
    [
        (TEXT, "OAK ROAD", "OAK ROAD"),
        (CODE, "LS1 4AP", "LS1 4AP"),
        (MPRN, 4057369204, "4057369204"),
        (DATE, date(2026, 4, 5), "5 April 2026"),
        (FLAG, True, "Yes"),
        (FLAG, False, "No"),
        (NUMBER, 1234567, "1,234,567"),
        (KWH, 0, "0 kWh"),
        (KWH, 73_200, "73,200 kWh"),
        (quantity("p a day", places=4), Decimal("1234.5"), "1,234.5000 p a day"),
    ],
)
def test_a_value_reads_as_people_say_it(format_, value, read):
    assert format_.show(value) == read


@pytest.mark.parametrize(("source", "expression"), [("", F("mprn")), ("msn_now", F("msn_now")), (Value(1), Value(1))])
def test_a_column_comes_from_its_source_or_its_name(source, expression):
    assert Column("mprn", "MPRN", DataItem.METER_POINT, source).expression == expression
