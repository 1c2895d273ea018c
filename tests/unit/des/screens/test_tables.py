"""One results table for every enquiry."""

from accounts.permissions import DataItem
from des.enquiries.columns import Column
from des.enquiries.formats import DATE, KWH
from des.screens.tables import EnquiryTable, shown

AQ = Column("annual_quantity", "Annual quantity", DataItem.QUANTITY, format=KWH)


def test_headings_are_the_labels_in_order():
    table = EnquiryTable.of([AQ, Column("mprn", "MPRN", DataItem.METER_POINT)])

    assert [column.header for column in table.columns] == ["Annual quantity", "MPRN"]
    assert not any(column.orderable for column in table.columns)


def test_nothing_held_is_none_and_nought_is_not():
    assert shown(AQ, None) is None
    assert shown(AQ, "") is None
    assert shown(AQ, 0) == "0 kWh"
    assert shown(Column("read_on", "Read on", DataItem.READ, format=DATE), None) is None
