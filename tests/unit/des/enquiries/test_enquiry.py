"""What an enquiry releases follows from the matrix alone: masks, order and search fields."""

from datetime import date

import pytest

from accounts.permissions import DataItem, Scope
from des.enquiries.enquiry import Enquiry
from des.meterpoints.enquiry import MeterPointEnquiry
from des.meterpoints.histories import MeterHistoryEnquiry
from des.meterpoints.models import MeterPoint

TODAY = date(2026, 11, 22)
IDENTITY = {DataItem.METER_POINT: Scope.ANY}


@pytest.fixture
def ask(actor, shipper):
    """Ask the meter point enquiry as the shipper."""

    def bound(**criteria):
        enquiry = MeterPointEnquiry(criteria, actor=actor(shipper), on=TODAY)
        assert enquiry.is_valid(), enquiry.errors
        return enquiry

    return bound


@pytest.fixture
def neighbours(keys):
    """The meter points of the postcode of the shipper's own."""
    return MeterPoint.objects.filter(postcode=keys["postcode"])


def first(enquiry, **options):
    return next(iter(enquiry.statements(**options)))


def test_without_a_right_to_the_meter_point_there_is_no_row(grant_only, actor, shipper, keys):
    grant_only({DataItem.ADDRESS: Scope.ANY})
    enquiry = MeterPointEnquiry({"postcode": keys["postcode"]}, actor=actor(shipper), on=TODAY)

    assert enquiry.is_valid()
    assert list(enquiry.statements()) == []


def test_a_role_without_any_right_has_no_box_to_type_in(grant_only, actor, shipper):
    grant_only({})

    assert not MeterPointEnquiry(actor=actor(shipper), on=TODAY).fields


def test_what_is_not_released_is_not_selected(grant_only, ask, keys):
    grant_only(IDENTITY)

    statement = first(ask(mprn=keys["mprn"]), listed=False)

    assert [column.name for column in statement.columns] == ["mprn", "market_sector_code"]
    sql = str(statement.rows.query)
    assert "supplier" not in sql
    assert "CASE" not in sql


def test_a_narrower_right_is_a_mask_in_the_database(grant_only, ask, keys, neighbours):
    grant_only(IDENTITY | {DataItem.ADDRESS: Scope.ANY, DataItem.METER: Scope.PORTFOLIO})

    statement = first(ask(postcode=keys["postcode"]))

    msn = [column.name for column in statement.columns].index("msn")
    own = set(neighbours.filter(shipper="BGF").values_list("mprn", flat=True))
    rows = list(statement.rows)
    assert 0 < len(own) < len(rows)
    assert {row[0] for row in rows if not statement.withheld(row, msn)} == own
    assert all(row[msn] is None for row in rows if row[0] not in own)
    assert "CASE WHEN" in str(statement.rows.query)


def test_a_search_by_what_is_withheld_is_not_offered(grant_only, ask, keys):
    grant_only(IDENTITY | {DataItem.ADDRESS: Scope.ANY})

    assert set(ask(mprn=keys["mprn"]).fields) == {"mprn", "postcode", "house", "address"}


def test_a_question_with_a_withheld_field_is_refused_and_not_widened(grant_only, actor, shipper, keys):
    grant_only(IDENTITY | {DataItem.ADDRESS: Scope.ANY})

    enquiry = MeterPointEnquiry({"mprn": keys["mprn"], "uprn": "1"}, actor=actor(shipper), on=TODAY)

    assert enquiry.non_field_errors() == ["Your role may not search by UPRN."]


def test_a_history_whose_key_is_withheld_has_no_rows(grant_only, actor, shipper, keys):
    grant_only({})
    enquiry = MeterHistoryEnquiry({"mprn": keys["mprn"]}, actor=actor(shipper), on=TODAY)

    assert not enquiry.is_valid()
    assert list(enquiry.statements()) == []


def test_a_search_by_what_is_partly_withheld_finds_only_what_may_be_seen(grant_only, ask, keys, neighbours):
    grant_only(IDENTITY | {DataItem.ADDRESS: Scope.PORTFOLIO})

    found = {row[0] for row in first(ask(postcode=keys["postcode"])).rows}

    assert found == set(neighbours.filter(shipper="BGF").values_list("mprn", flat=True))


def test_rows_are_not_sorted_by_what_is_partly_withheld(grant_only, ask, keys):
    grant_only(IDENTITY | {DataItem.ADDRESS: Scope.PORTFOLIO})

    statement = first(ask(mprn=keys["mprn"]))

    assert statement.sorted_by == ("mprn",)
    assert "address_order" not in str(statement.rows.query)


def test_where_the_row_is_reached_the_same_way_nothing_needs_a_mask(grant_only, ask, keys):
    grant_only({DataItem.METER_POINT: Scope.PORTFOLIO, DataItem.ADDRESS: Scope.PORTFOLIO})

    statement = first(ask(postcode=keys["postcode"]))

    assert statement.flag_of == {}
    assert statement.sorted_by == ("postcode", "address_order", "mprn")


def test_the_page_behind_a_row_starts_after_it(ask, keys):
    statement = first(ask(postcode=keys["postcode"]))
    rows = list(statement.rows)

    assert list(statement.after(statement.position(rows[1]))) == rows[2:]


def test_rows_are_counted_no_further_than_is_worth_it(ask, keys, neighbours):
    statement = first(ask(postcode=keys["postcode"]))

    assert statement.count(limit=2) == 2
    assert statement.count(limit=1_000) == neighbours.count()


def test_what_was_asked_can_be_asked_again(ask):
    criteria = ask(postcode="ls14ap", house=" 12  a").criteria()

    assert criteria == {"postcode": "LS1 4AP", "house": "12 A"}
    assert ask(**criteria).criteria() == criteria


def test_an_enquiry_reads_and_narrows_nothing_unless_it_says_how(actor, shipper):
    class Silent(Enquiry):
        slug, title, columns, order = "silent", "Silent", (), ()

    silent = Silent({}, actor=actor(shipper), on=TODAY)

    assert Silent.readings("LS1 4AP") == []
    assert silent.clues() == []
