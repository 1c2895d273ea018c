"""Who looks after whom, and every change of a membership; the last LSO stays, whoever changes what at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.access import actor_for
from accounts.models import Event, MarketParticipant, Membership, SupportSession
from accounts.operations import memberships, people
from accounts.operations.memberships import LastKeeper, NotGrantable, NotOnOneself, Overlaps
from accounts.origin import SERVICE
from accounts.permissions import MarketRole, PortalRole
from tests.conftest import at_once, owning
from tests.unit.accounts.operations.people_cast import also_acts, domain, events, held, organisation

TOMORROW = timedelta(days=1)


def managed(actor):
    return {one.pk for one in memberships.organisations_managed(actor, now=timezone.now())}


def change(membership, roles, by):
    memberships.change_roles(membership=membership, roles=roles, by=by, origin=SERVICE, now=timezone.now())


def end(membership, by, on=None):
    memberships.end(
        membership=membership, on=on or timezone.localdate(), by_id=by.pk, because="", origin=SERVICE,
        now=timezone.now(),
    )  # fmt: skip


def disable(membership, by):
    memberships.disable(membership=membership, by_id=by.pk, because="", origin=SERVICE, now=timezone.now())


# -- whose people


def test_an_lso_looks_after_their_own_organisation(lso, other_lso, actor):
    assert managed(actor(lso)) == {organisation().pk}


def test_a_group_lso_looks_after_every_organisation_of_the_group(group_lso, actor):
    assert managed(actor(group_lso)) == {organisation().pk, organisation("OCT").pk}


def test_a_plain_user_and_support_outside_a_session_look_after_nobody(reader, idle_support, actor):
    assert managed(actor(reader)) == managed(actor(idle_support)) == set()


def test_an_administrator_looks_after_the_operators_own_people_only(administrator, lso, actor):
    assert managed(actor(administrator)) == {held(administrator).organisation_id}


def test_support_looks_after_the_organisation_of_its_session_while_that_has_no_lso(support, reader, person, actor):
    assert managed(actor(support)) == {organisation().pk}

    person("lso", "BGF", "shipper", "lso")

    assert managed(actor(support)) == set()


def test_a_group_lso_counts_as_the_lso_of_each_of_the_group(support, group_lso, actor):
    with owning():
        SupportSession.objects.update(organisation=organisation("OCT"))

    assert managed(actor(support)) == set()


# -- the last LSO


@pytest.mark.parametrize("take_away", [end, disable, lambda membership, by: end_later(membership, by)])
def test_the_last_lso_stays(lso, second_lso, take_away):
    take_away(held(second_lso), lso)
    with pytest.raises(LastKeeper, match="nobody to look after the people of"):
        take_away(held(lso), second_lso)

    left = held(lso)
    assert (left.ended_on, left.disabled_at) == (None, None)


def end_later(membership, by):
    end(membership, by, timezone.localdate() + timedelta(days=30))


def test_the_last_lso_keeps_the_role(person, reader, actor):
    lso = person("lso", "BGF", "shipper", "user", "lso")

    with pytest.raises(LastKeeper):
        change(held(lso), [PortalRole.USER], actor(lso))

    assert held(lso).roles == {PortalRole.USER, PortalRole.LSO}


def test_the_last_administrator_is_called_so(administrator, other_support):
    with pytest.raises(LastKeeper, match="Make somebody else an administrator"):
        disable(held(administrator), other_support)


def test_a_group_lso_who_is_all_that_another_organisation_has_stays(group_lso, lso):
    """BGF has an LSO of its own; OCT has only the group's."""
    with pytest.raises(LastKeeper, match=organisation("OCT").name):
        end(held(group_lso), lso)


def test_an_lso_in_a_market_role_that_has_ended_looks_after_nobody(lso, person, support, actor):
    lapsed = person("lapsed", "BGF", "supplier", "lso")
    participants = MarketParticipant.objects.filter(organisation=organisation(), market_role="supplier")
    participants.update(ended_on=timezone.localdate())

    with pytest.raises(LastKeeper):
        end(held(lso), lapsed)

    Membership.objects.filter(user=lso).update(disabled_at=timezone.now())
    assert managed(actor(support)) == {organisation().pk}


def test_an_organisation_without_an_lso_is_no_hindrance(reader, outsider):
    end(held(reader), outsider)

    assert held(reader).ended_on == timezone.localdate()


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("take_away", [end, disable])
def test_of_two_lsos_who_remove_each_other_at_once_one_stays(lso, second_lso, take_away):
    pairs = [(held(lso), second_lso), (held(second_lso), lso)]

    outcomes = at_once(lambda: take_away(*pairs.pop()), 2)

    assert sorted(type(outcome) for outcome in outcomes if outcome) == [LastKeeper]
    assert memberships.keepers_of(organisation(), on=timezone.localdate()).count() == 1


@pytest.mark.usefixtures("committed")
def test_of_two_lsos_who_take_each_others_role_at_once_one_stays(lso, second_lso, reader, actor):
    pairs = [(held(lso), actor(second_lso)), (held(second_lso), actor(lso))]

    def take_role():
        membership, by = pairs.pop()
        change(membership, [PortalRole.USER], by)

    outcomes = at_once(take_role, 2)

    assert sorted(str(type(outcome).__name__) for outcome in outcomes) == ["LastKeeper", "NoneType"]
    assert memberships.keepers_of(organisation(), on=timezone.localdate()).count() == 1


@pytest.mark.usefixtures("committed")
def test_crossed_changes_of_many_end_in_order(lso, second_lso, reader, shipper, actor):
    """No deadlock, whatever two LSOs do to the same people at once."""
    both = [actor(lso), actor(second_lso)]
    work = [(user, by) for user in (reader, shipper) for by in both for _ in range(5)]

    def change_back_and_forth():
        user, by = work.pop()
        change(held(user), [PortalRole.USER], by)
        change(held(user), [PortalRole.USER, PortalRole.EXPORTER], by)

    assert at_once(change_back_and_forth, 20) == [None] * 20
    assert {frozenset(held(user).roles) for user in (reader, shipper)} == {
        frozenset({PortalRole.USER, PortalRole.EXPORTER})
    }


# -- roles


def test_an_lso_gives_and_takes_roles_and_each_is_written_down(lso, reader, actor):
    change(held(reader), [PortalRole.EXPORTER], actor(lso))

    assert held(reader).roles == {PortalRole.EXPORTER}
    (given,), (taken,) = events(Event.ROLE_GRANTED), events(Event.ROLE_REMOVED)
    assert (given.by_id, given.person_id, given.organisation_id) == (lso.pk, reader.pk, organisation().pk)
    assert given.detail.endswith(": Exporter")
    assert taken.detail.endswith(": User")


def test_the_right_holds_from_the_next_request_on(lso, reader, actor):
    change(held(reader), [PortalRole.USER, PortalRole.EXPORTER], actor(lso))

    assert PortalRole.EXPORTER in actor(reader).portal_roles


@pytest.mark.parametrize("role", [PortalRole.GROUP_LSO, PortalRole.SUPPORT, PortalRole.ADMINISTRATOR])
def test_no_lso_gives_more_than_they_may(lso, reader, actor, role):
    with pytest.raises(NotGrantable, match=role.label):
        change(held(reader), [PortalRole.USER, role], actor(lso))

    assert held(reader).roles == {PortalRole.USER}


def test_the_role_of_lso_is_not_given_by_one_alone(lso, reader, actor):
    with pytest.raises(NotGrantable, match="second approval"):
        change(held(reader), [PortalRole.USER, PortalRole.LSO], actor(lso))


def test_nobody_gives_roles_to_themselves(lso, second_lso, actor):
    with pytest.raises(NotGrantable, match="to themselves"):
        change(held(lso), [PortalRole.LSO, PortalRole.EXPORTER], actor(lso))


def test_a_plain_lso_does_not_reach_a_group_lso(lso, group_lso, actor):
    with pytest.raises(NotGrantable, match="Group Local Security Officer"):
        memberships.check_reach(actor(lso), held(group_lso))


def test_nobody_reaches_themselves(lso, second_lso, actor):
    with pytest.raises(NotOnOneself):
        memberships.check_reach(actor(lso), held(lso))


# -- dates and pauses


def test_a_membership_that_ends_today_gives_nothing_any_more(lso, reader):
    end(held(reader), lso)

    assert actor_for(reader, now=timezone.now()) is None


def test_one_that_began_today_is_paused_until_it_can_end(lso, reader):
    Membership.objects.filter(user=reader).update(started_on=timezone.localdate())

    end(held(reader), lso)

    assert actor_for(reader, now=timezone.now()) is None
    assert held(reader).ended_on == timezone.localdate() + TOMORROW


def test_ending_what_is_over_changes_nothing(lso, reader):
    Membership.objects.filter(user=reader).update(ended_on=timezone.localdate() - TOMORROW)

    end(held(reader), lso)

    assert held(reader).ended_on == timezone.localdate() - TOMORROW
    assert events(Event.MEMBERSHIP_ENDED) == []


def test_an_end_date_is_set_and_lifted(lso, reader, actor):
    day = timezone.localdate() + timedelta(days=30)
    for ends_on in (day, None):
        memberships.set_end(membership=held(reader), ends_on=ends_on, by_id=lso.pk, origin=SERVICE, now=timezone.now())
        assert held(reader).ended_on == ends_on

    assert [event.detail.rpartition(": ")[2] for event in events(Event.MEMBERSHIP_DATED)] == [
        f"ends on {day:%-d %B %Y}", "has no end date",
    ]  # fmt: skip


def test_an_end_date_does_not_reach_into_a_later_membership(lso, reader):
    first = held(reader)
    first.ended_on = timezone.localdate() + timedelta(days=10)
    first.save()
    later = also_acts(reader, "BGF", "shipper")
    Membership.objects.filter(pk=later.pk).update(started_on=timezone.localdate() + timedelta(days=20))

    for ends_on in (None, timezone.localdate() + timedelta(days=21)):
        with pytest.raises(Overlaps):
            memberships.set_end(membership=first, ends_on=ends_on, by_id=lso.pk, origin=SERVICE, now=timezone.now())


def test_a_pause_keeps_the_roles_and_enabling_begins_the_clock_anew(lso, shipper):
    before = held(shipper).portal_roles
    disable(held(shipper), lso)
    assert actor_for(shipper, now=timezone.now()) is None
    now = timezone.now()

    memberships.enable(membership=held(shipper), by_id=lso.pk, origin=SERVICE, now=now)

    again = held(shipper)
    assert (again.portal_roles, again.certified_at) == (before, now)
    assert actor_for(shipper, now=timezone.now())


def test_an_invitation_to_what_is_held_never_shortens_it(lso, shipper):
    memberships.add(
        user=shipper, organisation=organisation(), market_role=MarketRole.SHIPPER, portal_roles=[PortalRole.USER],
        starts_on=timezone.localdate(), ends_on=timezone.localdate() + TOMORROW, by_id=lso.pk, origin=SERVICE,
    )  # fmt: skip

    assert held(shipper).ended_on is None


# -- whole accounts


def test_nobody_leads_the_mail_of_a_colleague_to_themselves(lso, reader, actor):
    domain()
    with pytest.raises(NotGrantable, match="your own mailbox"):
        people.change_email(
            membership=held(reader), email="LSO+reader@example.com", by=actor(lso), asker=lso, origin=SERVICE,
            now=timezone.now(),
        )  # fmt: skip


def test_the_account_of_a_person_of_two_organisations_is_supports(lso, reader, actor):
    also_acts(reader, "OCT", "supplier")

    with pytest.raises(people.NotWholeAccount, match="operator support"):
        people.check_whole_account(actor(lso), held_for(reader, "BGF"), now=timezone.now())


def test_a_membership_elsewhere_that_is_over_is_no_hindrance(lso, reader, actor):
    elsewhere = also_acts(reader, "OCT", "supplier")
    Membership.objects.filter(pk=elsewhere.pk).update(ended_on=timezone.localdate())

    people.check_whole_account(actor(lso), held_for(reader, "BGF"), now=timezone.now())


def test_a_group_lso_reaches_who_acts_within_the_group(group_lso, reader, actor):
    also_acts(reader, "OCT", "shipper")

    people.check_whole_account(actor(group_lso), held_for(reader, "BGF"), now=timezone.now())


def held_for(user, short_code):
    return Membership.objects.select_related("user", "organisation").get(
        user=user, organisation=organisation(short_code)
    )
