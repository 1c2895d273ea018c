"""The meter point enquiry: exact first, then wider, saying which; within one's rights."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.permissions import MarketRole, Scope
from des.meterpoints import enquiry as module
from des.meterpoints.enquiry import (
    MeterAgentHistoryEnquiry,
    MeterHistoryEnquiry,
    MeterPointEnquiry,
    SupplyHistoryEnquiry,
    held_by,
)
from des.meterpoints.models import Meter, MeterPoint, Registration
from tests.conftest import owning

TODAY = timezone.localdate()
HISTORIES = (SupplyHistoryEnquiry, MeterHistoryEnquiry, MeterAgentHistoryEnquiry)


@pytest.fixture
def ask(actor, shipper):
    def bound(kind=MeterPointEnquiry, by=None, **criteria):
        return kind(criteria, actor=actor(by or shipper), on=TODAY)

    return bound


@pytest.fixture
def point(keys):
    return MeterPoint.objects.get(mprn=keys["mprn"])


def answer(enquiry):
    """The note of the first search that finds anything, and the MPRNs that it finds."""
    assert enquiry.is_valid(), enquiry.errors
    for statement in enquiry.statements():
        if found := [row[0] for row in statement.rows]:
            return statement.search.note, found
    return None


# -- what may be asked


@pytest.mark.parametrize(
    ("criteria", "field", "message"),
    [
        ({}, "__all__", "Enter an MPRN, a postcode, a meter serial number, a UPRN or part of an address."),
        ({"house": "12"}, "postcode", "Enter the postcode of this house."),
        ({"mprn": "4057369204", "msn": "M1"}, "__all__", "Search by one of these at a time"),
        ({"mprn": "4057369204", "house": "12"}, "house", "Use this with a postcode."),
        ({"address": "1ab 2cd 3ef"}, "address", "Enter at least 3 letters of a street or town."),
        ({"address": "12 Oa"}, "address", "Enter at least 3 letters of a street or town."),
        ({"postcode": "nowhere"}, "postcode", "A postcode looks like LS1 4AP."),
    ],
)
def test_a_question_that_cannot_be_asked_is_said_beside_its_box(ask, criteria, field, message):
    enquiry = ask(**criteria)

    assert not enquiry.is_valid()
    assert enquiry.errors[field][0].startswith(message)


def test_a_wrong_box_is_not_also_called_empty(ask):
    assert list(ask(mprn="12").errors) == ["mprn"]


def test_a_question_that_cannot_be_asked_looks_for_nothing(ask):
    enquiry = ask()

    assert not enquiry.is_valid()
    assert list(enquiry.statements()) == []


# -- the six kinds of key


def test_an_mprn_finds_its_one_meter_point(ask, keys):
    assert answer(ask(mprn=keys["mprn"])) == ("", [int(keys["mprn"])])


def test_a_uprn_finds_its_one_meter_point(ask, keys):
    assert answer(ask(uprn=keys["uprn"])) == ("", [int(keys["mprn"])])


def test_a_meter_serial_number_finds_where_it_is(ask, keys):
    assert answer(ask(msn=keys["msn"].lower())) == ("", [int(keys["mprn"])])


def test_a_meter_that_was_removed_finds_where_it_was(ask, point):
    with owning():
        Meter.objects.create(
            meter_point=point, started_on=date(1999, 1, 2), ended_on=date(1999, 3, 4), msn="ZQ99000001"
        )

    note, found = answer(ask(msn="ZQ99000001"))

    assert note == "ZQ99000001 is not the meter in place now. Showing where it was, or will be."
    assert found == [point.mprn]


def test_the_start_of_a_serial_number_finds_meters_that_begin_with_it(ask, keys):
    start = keys["msn"][:6]

    note, found = answer(ask(msn=start))

    assert note == f"No meter {start}. Showing serial numbers that start with it."
    assert int(keys["mprn"]) in found


def test_too_little_of_a_serial_number_is_not_widened(ask, keys):
    assert answer(ask(msn=keys["msn"][:3])) is None


def test_a_postcode_lists_its_houses_as_people_count(ask, keys):
    note, found = answer(ask(postcode=keys["postcode"]))

    order = dict(MeterPoint.objects.filter(postcode=keys["postcode"]).values_list("mprn", "address_order"))
    assert note == ""
    assert found == sorted(order, key=lambda mprn: (order[mprn].encode(), mprn))


def test_flat_two_comes_before_flat_ten(ask, point):
    with owning():
        for mprn, order in [(9_000_000_001, "FLAT 210"), (9_000_000_002, "FLAT 12")]:
            MeterPoint.objects.create(mprn=mprn, postcode="ZE9 9ZZ", address_order=order)

    assert answer(ask(postcode="ZE9 9ZZ"))[1] == [9_000_000_002, 9_000_000_001]


def test_an_empty_postcode_shows_its_sector(ask, point):
    with owning():
        MeterPoint.objects.create(mprn=9_000_000_001, postcode="ZE9 9ZZ")

    assert answer(ask(postcode="ZE9 9AA")) == (
        "No meter points in ZE9 9AA. Showing postcodes that start ZE9 9.",
        [9_000_000_001],
    )


def test_the_start_of_a_postcode_does_not_reach_a_longer_outcode(ask, point):
    with owning():
        MeterPoint.objects.create(mprn=9_000_000_001, postcode="ZE9 1ZZ")
        MeterPoint.objects.create(mprn=9_000_000_002, postcode="ZE91 1ZZ")

    assert answer(ask(postcode="ZE9")) == ("", [9_000_000_001])


def test_an_empty_sector_shows_its_outcode(ask, point):
    with owning():
        MeterPoint.objects.create(mprn=9_000_000_001, postcode="ZE9 1ZZ")

    assert answer(ask(postcode="ZE9 8")) == ("Nothing in ZE9 8. Showing all of ZE9.", [9_000_000_001])
    assert answer(ask(postcode="ZE8")) is None


def test_a_house_in_a_postcode_finds_it_alone(ask, keys, point):
    assert answer(ask(postcode=keys["postcode"], house=point.house_no)) == ("", [point.mprn])


def test_a_house_may_be_named_by_words_of_its_address(ask, keys, point):
    words = f"{point.house_no} {point.street}"

    assert answer(ask(postcode=keys["postcode"], house=words)) == ("", [point.mprn])


def test_a_house_in_part_of_a_postcode_is_looked_for_in_all_of_it(ask, point):
    _note, found = answer(ask(postcode=point.postcode.split()[0], house=point.house_no))

    assert point.mprn in found


@pytest.mark.parametrize("house", ["99999", "--"])
def test_a_house_that_is_not_there_shows_the_postcode(ask, keys, house):
    note, found = answer(ask(postcode=keys["postcode"], house=house))

    assert note == f"No “{house}” in {keys['postcode']}. Showing all of {keys['postcode']}."
    assert len(found) == MeterPoint.objects.filter(postcode=keys["postcode"]).count()


def test_words_of_an_address_find_the_house(ask, keys):
    assert answer(ask(address=keys["address"].lower())) == ("", [int(keys["mprn"])])


def test_words_without_a_number_find_the_street(ask, point):
    note, found = answer(ask(address=f"{point.street} {point.place.town}"))

    assert note == ""
    assert point.mprn in found


def test_a_number_that_is_not_in_the_street_shows_the_street(ask, point):
    note, found = answer(ask(address=f"99999 {point.street} {point.place.town}"))

    assert note == "No “99999” there. Showing the whole street."
    assert point.mprn in found


def test_words_cut_short_find_what_starts_like_them(ask, point):
    note, found = answer(ask(address=f"{point.house_no} {point.street[:-2]} {point.place.town[:-2]}"))

    assert note.startswith("No exact match. Showing addresses with words that start like these.")
    assert point.mprn in found


def test_a_slip_of_the_pen_finds_what_is_spelled_alike(ask, point):
    slip = point.place.town[:-1] + "QX"

    note, found = answer(ask(address=f"{point.street} {slip}"))

    assert note.startswith("No exact match. Showing addresses with words spelled much like these.")
    assert point.mprn in found


@pytest.mark.parametrize("address", ["zzzzqqqq xxxx", "²³¹ abc"])
def test_words_that_are_nowhere_find_nothing(ask, address):
    assert answer(ask(address=address)) is None


def test_a_search_that_reaches_too_many_streets_says_so(ask, point, monkeypatch):
    enquiry = ask(address=point.place.town)
    assert enquiry.is_valid()

    monkeypatch.setattr(module, "PLACES", 1)
    cut = any(statement.search.cut_short() for statement in enquiry.statements())
    monkeypatch.setattr(module, "PLACES", 3_000)

    assert cut
    assert not any(statement.search.cut_short() for statement in enquiry.statements())


# -- clues


def test_a_street_that_is_in_many_towns_is_narrowed_by_town(ask, point):
    enquiry = ask(address=point.place.town)
    assert enquiry.is_valid()

    clues = enquiry.clues()

    assert 0 < len(clues) <= module.CLUES
    assert [clue.count for clue in clues] == sorted((clue.count for clue in clues), reverse=True)
    assert clues[0].criteria == {"address": f"{point.place.town} {clues[0].text}"}


def test_an_outcode_is_narrowed_by_sector(ask, point):
    outcode = point.postcode.split()[0]
    enquiry = ask(postcode=outcode)
    assert enquiry.is_valid()

    clues = enquiry.clues()

    assert clues
    assert all(clue.text.startswith(f"{outcode} ") for clue in clues)
    assert clues[0].criteria == {"postcode": clues[0].text}


@pytest.mark.parametrize("key", ["mprn", "postcode", "msn"])
def test_what_is_narrow_already_has_no_clue(ask, keys, key):
    enquiry = ask(**{key: keys[key]})
    assert enquiry.is_valid()

    assert enquiry.clues() == []


def test_a_transporter_is_given_no_count_of_what_they_may_not_see(ask, point, transporter):
    enquiry = ask(by=transporter, postcode=point.postcode.split()[0])
    assert enquiry.is_valid()

    assert enquiry.clues() == []


# -- how far a right reaches


def test_a_switch_changes_whose_meter_point_it_is_on_its_day(actor, shipper, other_shipper, point):
    with owning():
        MeterPoint.objects.filter(pk=point.pk).update(next_shipper="OCT", next_shipper_from=TODAY)
    new_holder = held_by(actor(other_shipper), Scope.PORTFOLIO)
    old_holder = held_by(actor(shipper), Scope.PORTFOLIO)

    def reached(within, on):
        return MeterPoint.objects.as_at(on).filter(within, pk=point.pk).exists()

    assert reached(old_holder, TODAY - timedelta(days=1))
    assert not reached(new_holder, TODAY - timedelta(days=1))
    assert reached(new_holder, TODAY)
    assert not reached(old_holder, TODAY)


@pytest.mark.parametrize("scope", [Scope.AREA, Scope.NETWORK, Scope.ASSETS])
def test_a_scope_that_a_role_cannot_have_is_an_error_and_no_answer(actor, shipper, scope):
    with pytest.raises(KeyError):
        held_by(actor(shipper), scope)


def test_a_transporter_finds_only_what_is_on_their_network(ask, other_transporter, point):
    enquiry = ask(by=other_transporter, mprn=str(point.mprn))

    assert answer(enquiry) is None


# -- histories


@pytest.mark.parametrize("kind", HISTORIES)
def test_a_history_asks_for_the_meter_point(ask, kind):
    assert ask(kind).errors == {"mprn": ["This field is required."]}


def test_a_history_is_of_one_meter_point_the_newest_first(ask, support, point):
    enquiry = ask(SupplyHistoryEnquiry, by=support, mprn=str(point.mprn))
    assert enquiry.is_valid()

    (statement,) = enquiry.statements()

    held = Registration.objects.filter(
        meter_point=point.mprn, market_role__in=[MarketRole.SUPPLIER, MarketRole.SHIPPER]
    )
    rows = list(statement.rows)
    began = [row[3] for row in rows]
    assert len(rows) == held.count()
    assert began == sorted(began, reverse=True)


def test_meters_and_their_agents_have_a_history_too(ask, support, point):
    for kind, expected in [
        (MeterHistoryEnquiry, Meter.objects.filter(meter_point=point.mprn)),
        (
            MeterAgentHistoryEnquiry,
            Registration.objects.filter(meter_point=point.mprn, market_role__in=[MarketRole.MAM, MarketRole.MAP]),
        ),
    ]:
        enquiry = ask(kind, by=support, mprn=str(point.mprn))
        assert enquiry.is_valid()
        (statement,) = enquiry.statements()
        assert statement.rows.count() == expected.count() > 0


def test_the_past_of_a_meter_point_is_withheld_from_another_shipper(ask, other_shipper, point):
    enquiry = ask(SupplyHistoryEnquiry, by=other_shipper, mprn=str(point.mprn))
    assert enquiry.is_valid()

    assert not any(statement.rows.exists() for statement in enquiry.statements())
