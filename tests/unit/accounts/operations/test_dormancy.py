"""Who does not sign in is warned, then disabled with the roles kept; the last LSO is kept."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import tasks
from accounts.access import actor_for
from accounts.models import Event, SecurityEvent, User
from accounts.operations import dormancy, memberships, sessions
from accounts.origin import SERVICE
from tests.conftest import at_once
from tests.unit.accounts.operations.people_cast import also_acts, events, held, mails, unused_for


def test_who_has_not_signed_in_for_60_days_is_warned_once(reader, shipper):
    unused_for(59, shipper)
    unused_for(61, reader)

    tasks.see_who_is_dormant()
    tasks.see_who_is_dormant()

    assert mails("dormant") == [reader.email]
    assert [event.person_id for event in events(Event.DORMANCY_WARNED)] == [reader.pk]
    assert held(reader).disabled_at is None


def test_after_90_days_the_membership_is_disabled_with_its_roles_kept(shipper):
    unused_for(91, shipper)
    before = held(shipper).portal_roles

    tasks.see_who_is_dormant()
    tasks.see_who_is_dormant()

    paused = held(shipper)
    assert (paused.portal_roles, paused.disabled_because) == (before, "not signed in for 90 days")
    assert actor_for(shipper, now=timezone.now()) is None
    assert len(events(Event.MEMBERSHIP_DISABLED, person_id=shipper.pk, by_id=None)) == 1
    assert mails("dormant") == []  # the message about the pause says it
    assert mails("event") == [shipper.email]


@pytest.mark.parametrize(("days", "paused"), [(89, False), (91, True)])
def test_who_never_signed_in_is_counted_from_the_account(reader, days, paused):
    unused_for(0, reader, created=days)
    User.objects.update(last_login=None)

    dormancy.disable(now=timezone.now())

    assert (held(reader).disabled_at is not None) == paused


def test_a_new_membership_of_an_old_account_has_its_own_clock(reader):
    unused_for(200, reader)
    new = also_acts(reader, "BGF", "supplier")
    type(new).objects.filter(pk=new.pk).update(started_on=timezone.localdate() - timedelta(days=5))

    dormancy.disable(now=timezone.now())

    new.refresh_from_db()
    assert new.disabled_at is None
    assert reader.memberships.get(market_role="shipper").disabled_at


def test_enabling_begins_the_clock_anew_and_a_second_warning_can_come(lso, second_lso, reader):
    unused_for(200, reader)
    dormancy.see_to_everybody(now=timezone.now())

    memberships.enable(membership=held(reader), by_id=lso.pk, origin=SERVICE, now=timezone.now())
    dormancy.see_to_everybody(now=timezone.now() + timedelta(days=59))
    assert mails("dormant") == []

    unused_for(0, lso, second_lso)
    dormancy.see_to_everybody(now=timezone.now() + timedelta(days=61))
    assert reader.email in mails("dormant")
    assert held(reader).disabled_at is None


def test_signing_in_forgets_the_warning(reader):
    unused_for(61, reader)
    dormancy.warn(now=timezone.now())

    sessions.begin(user=reader, device_token="x", origin=SERVICE, now=timezone.now())

    reader.refresh_from_db()
    assert reader.dormancy_warned_at is None


def test_an_account_that_was_switched_on_again_is_left_alone(reader):
    unused_for(200, reader)
    SecurityEvent.objects.create(event=Event.ACCOUNT_SWITCHED_ON, person_id=reader.pk)

    dormancy.see_to_everybody(now=timezone.now())

    assert held(reader).disabled_at is None


def test_who_cannot_act_anyway_is_neither_warned_nor_disabled(reader):
    unused_for(61, reader)
    User.objects.filter(pk=reader.pk).update(is_active=False)

    dormancy.see_to_everybody(now=timezone.now())

    assert mails("dormant") == []


def test_the_last_lso_is_kept_and_told_once_and_so_is_the_operator(lso):
    unused_for(120, lso)

    for _ in range(2):
        dormancy.see_to_everybody(now=timezone.now())

    assert held(lso).disabled_at is None
    assert mails("dormant_last") == [lso.email]
    (spared,) = events(Event.DORMANCY_SPARED)
    assert (spared.person_id, spared.organisation_id) == (lso.pk, held(lso).organisation_id)


def test_of_two_dormant_lsos_one_is_kept(lso, second_lso):
    unused_for(120, lso, second_lso)

    dormancy.disable(now=timezone.now())

    assert sorted(held(user).disabled_at is None for user in (lso, second_lso)) == [False, True]


def test_everybody_is_seen_to_however_many_batches_that_takes(person, monkeypatch):
    monkeypatch.setattr(dormancy, "BATCH", 2)
    many = [person(f"reader{number}", "BGF", "shipper") for number in range(5)]
    late = [person(f"late{number}", "BGF", "shipper") for number in range(5)]
    unused_for(61, *many)
    unused_for(95, *late)

    dormancy.see_to_everybody(now=timezone.now())

    assert sorted(mails("dormant")) == sorted(user.email for user in many)
    assert all(held(user).disabled_at for user in late)


@pytest.mark.usefixtures("committed")
def test_two_runs_at_once_tell_nobody_twice(person):
    people = [person(f"reader{number}", "BGF", "shipper") for number in range(6)]
    unused_for(61, *people[:3])
    unused_for(95, *people[3:])
    lone = person("lone", "OCT", "shipper", "lso")
    unused_for(95, lone)

    assert at_once(lambda: dormancy.see_to_everybody(now=timezone.now()), 4) == [None] * 4

    assert sorted(mails("dormant")) == sorted(user.email for user in people[:3])
    assert len(events(Event.MEMBERSHIP_DISABLED)) == 3
    assert mails("dormant_last") == [lone.email]
