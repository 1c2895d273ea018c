"""The record page: what of a row is shown, and why the rest is not."""

import pytest
from django.utils import timezone

from accounts.permissions import DataItem, Scope
from des.meterpoints.enquiry import MeterPointEnquiry
from des.screens.records import REACH, related_tables, sections_of, value_of, why_withheld


@pytest.fixture
def opened(actor, shipper, keys):
    """The enquiry about the one meter point, its statement and its row."""

    def open_record():
        enquiry = MeterPointEnquiry({"mprn": keys["mprn"]}, actor=actor(shipper), on=timezone.localdate())
        assert enquiry.is_valid()
        statement = next(iter(enquiry.statements(listed=False)))
        return enquiry, statement, statement.rows.get()

    return open_record


def test_a_role_without_the_address_has_no_address_at_the_head_of_the_page(grant_only, opened, keys):
    grant_only({DataItem.METER_POINT: Scope.ANY})
    _enquiry, statement, row = opened()

    assert value_of(statement, row, "mprn") == keys["mprn"]
    assert value_of(statement, row, "address") is None


def test_every_column_has_its_place_even_where_it_is_withheld(grant_only, opened):
    grant_only({DataItem.METER_POINT: Scope.ANY, DataItem.READ: Scope.PORTFOLIO})
    enquiry, statement, row = opened()

    items = {item.label: item for _section, section in sections_of(enquiry, statement, row) for item in section}

    assert len(items) == len(enquiry.columns)
    assert items["MPRN"].withheld is None
    assert items["Reading"].withheld is None
    assert items["Address"].value is None
    assert items["Address"].withheld.reason == "Not released to the role of shipper (data item: address)."


def test_every_scope_that_narrows_has_its_words(actor, shipper):
    assert set(REACH) == set(Scope) - {Scope.ANY}
    for scope, words in REACH.items():
        assert words in why_withheld(actor(shipper), "meter-points", DataItem.READ, scope).reason


def test_a_history_that_is_not_released_says_so(grant_only, opened, keys):
    grant_only({DataItem.METER_POINT: Scope.ANY})
    enquiry, _statement, _row = opened()

    assert related_tables(enquiry, {"mprn": keys["mprn"]}) == [
        (kind.title, "", "Not released to the role of shipper.") for kind in enquiry.related
    ]
