"""Who a person is today: the actor is built from what is true now."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from accounts import access
from accounts.access import actor_for, memberships_of
from accounts.matrix import AccessMatrix, Grant
from accounts.models import MarketParticipant, Membership, TermsAcceptance
from accounts.operations import terms
from accounts.origin import SERVICE
from accounts.permissions import DataItem, MarketRole, Permission, PortalRole, Scope
from tests.conftest import accept_terms, owning

TODAY = date(2026, 11, 22)


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def membership(shipper):
    return Membership.objects.get(user=shipper)


def test_a_shipper_acts_for_their_company_under_its_short_codes(shipper, membership):
    actor = actor_for(shipper, now=noon(TODAY))

    assert (actor.person_id, actor.name, actor.email) == (shipper.pk, "Shipper", "shipper@example.com")
    assert (actor.membership_id, actor.organisation_id) == (membership.pk, membership.organisation_id)
    assert actor.organisation_name == membership.organisation.name
    assert (actor.market_role, actor.role_label) == (MarketRole.SHIPPER, "Shipper")
    assert "BGF" in actor.short_codes
    assert actor.portal_roles == {PortalRole.USER, PortalRole.EXPORTER}


def test_an_outsider_is_nobody(outsider):
    assert actor_for(outsider, now=noon(TODAY)) is None


def test_a_membership_holds_from_its_first_day_until_before_its_end(shipper, membership):
    membership.started_on, membership.ended_on = TODAY, TOMORROW
    membership.save()

    assert actor_for(shipper, now=noon(YESTERDAY)) is None
    assert actor_for(shipper, now=noon(TODAY))
    assert actor_for(shipper, now=noon(TOMORROW)) is None


def test_a_person_switched_off_is_nobody(shipper):
    shipper.is_active = False

    assert memberships_of(shipper, on=TODAY) == []
    assert actor_for(shipper, now=noon(TODAY)) is None


def test_a_company_that_left_the_market_role_has_nobody_acting(shipper, membership):
    MarketParticipant.objects.filter(organisation=membership.organisation, market_role="shipper").update(ended_on=TODAY)

    assert actor_for(shipper, now=noon(YESTERDAY))
    assert actor_for(shipper, now=noon(TODAY)) is None


def test_someone_with_two_memberships_acts_under_the_longest_held_or_the_one_named(shipper, membership):
    second = Membership.objects.create(
        user=shipper,
        organisation=membership.organisation,
        market_role=MarketRole.SUPPLIER,
        portal_roles=["user"],
        started_on=YESTERDAY,
    )

    assert actor_for(shipper, now=noon(TODAY)).market_role == MarketRole.SHIPPER
    assert actor_for(shipper, now=noon(TODAY), membership_id=second.pk).market_role == MarketRole.SUPPLIER


def test_a_membership_whose_market_role_has_ended_does_not_keep_the_next_from_holding(shipper, membership):
    second = Membership.objects.create(
        user=shipper,
        organisation=membership.organisation,
        market_role=MarketRole.SUPPLIER,
        portal_roles=["user"],
        started_on=YESTERDAY,
    )
    MarketParticipant.objects.filter(organisation=membership.organisation, market_role="shipper").update(ended_on=TODAY)

    assert actor_for(shipper, now=noon(TODAY)).membership_id == second.pk
    assert actor_for(shipper, now=noon(TODAY), membership_id=membership.pk) is None


def test_nobody_acts_under_the_membership_of_another(shipper, other_shipper):
    another = Membership.objects.get(user=other_shipper)

    assert actor_for(shipper, now=noon(TODAY), membership_id=another.pk) is None


def test_short_codes_of_other_roles_of_the_company_do_not_count(person):
    actor = actor_for(person("supplier", "BGF", "supplier"), now=noon(TODAY))

    held = MarketParticipant.objects.filter(organisation=actor.organisation_id, market_role="supplier")
    assert set(actor.short_codes) == set(held.values_list("short_code", flat=True))


def test_an_lso_may_look_after_people_and_no_more(lso):
    actor = actor_for(lso, now=noon(TODAY))

    assert actor.permissions == {Permission.ENTER, Permission.PEOPLE}


def test_support_has_no_power_over_data_outside_a_support_session(idle_support):
    actor = actor_for(idle_support, now=timezone.now())

    assert not actor.may(Permission.ENQUIRE)
    assert not any(actor.scope(enquiry="meter-points", item=item) for item in DataItem)


def test_support_sees_data_while_a_support_session_is_open(support):
    now = timezone.now()

    assert actor_for(support, now=now).scope(enquiry="meter-points", item=DataItem.READ) == Scope.ANY
    assert actor_for(support, now=now).may(Permission.ENQUIRE)
    assert not actor_for(support, now=now + timedelta(minutes=61)).may(Permission.ENQUIRE)


def test_a_disabled_membership_gives_nothing(shipper, membership):
    membership.disabled_at = timezone.now()
    membership.save()

    assert actor_for(shipper, now=noon(TODAY)) is None


def test_nobody_acts_who_has_terms_to_accept(shipper):
    terms.publish(
        slug="terms-of-use",
        title="Terms of use",
        text="Changed.",
        effective_from=TODAY,
        required=True,
        opens="",
        by=None,
        origin=SERVICE,
        now=noon(TODAY),
    )

    assert actor_for(shipper, now=noon(YESTERDAY))
    assert actor_for(shipper, now=noon(TODAY)) is None


def test_additional_terms_hold_nobody_up_and_open_what_the_matrix_names_them_for(person):
    user = person("newcomer", "BGF", "shipper", "user")
    with owning():
        TermsAcceptance.objects.filter(user=user, document__slug="other-suppliers").delete()
    asked = {"enquiry": "meter-points", "item": DataItem.SUPPLIER}
    actor = actor_for(user, now=timezone.now())

    assert actor.scope(**asked) == Scope.PORTFOLIO
    assert actor.missing_term(**asked) == "other-suppliers"

    accept_terms(user)
    actor = actor_for(user, now=timezone.now())

    assert actor.scope(**asked) == Scope.ANY
    assert actor.missing_term(**asked) == ""


def test_the_matrix_says_how_far_a_right_reaches(shipper, transporter):
    ship, transport = actor_for(shipper, now=noon(TODAY)), actor_for(transporter, now=noon(TODAY))

    assert ship.scope(enquiry="meter-points", item=DataItem.READ) == Scope.PORTFOLIO
    assert ship.scope(enquiry="meter-points", item=DataItem.ADDRESS) == Scope.ANY
    assert transport.scope(enquiry="meter-points", item=DataItem.READ) is None
    assert ship.scope(enquiry="no-such-enquiry", item=DataItem.READ) is None
    assert len(ship.matrix.version) == 64


def test_a_right_that_asks_for_a_term_is_none_until_that_is_accepted(shipper, monkeypatch):
    grants = {("meter-points", DataItem.READ, MarketRole.SHIPPER): (Grant(Scope.ANY, "meter-reads"),)}
    monkeypatch.setattr(access, "access_matrix", lambda: AccessMatrix("test", grants))

    assert actor_for(shipper, now=noon(TODAY)).scope(enquiry="meter-points", item=DataItem.READ) is None
