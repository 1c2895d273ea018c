"""The yearly round: opened in time, decided person by person, reminded of, and overdue."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import mail, tasks
from accounts.minting import MINTS
from accounts.models import Certification, Event, Membership
from accounts.operations import certifications
from accounts.operations.memberships import LastKeeper, NotGrantable, NotOnOneself
from accounts.origin import SERVICE
from tests.conftest import at_once
from tests.unit.accounts.operations.people_cast import events, held, mails, organisation


def opened(short_code="BGF"):
    return certifications.open_round(organisation(short_code), by_id=None, origin=SERVICE, now=timezone.now())


def decide(round_, user, by, *, confirm=True):
    certifications.decide(
        round_=round_, membership=held(user), confirm=confirm, by=by, origin=SERVICE, now=timezone.now()
    )


def finish(round_, by):
    return certifications.finish(round_=round_, by=by, origin=SERVICE, now=timezone.now())


def left(round_):
    return {membership.user_id for membership in certifications.undecided(round_, now=timezone.now())}


def test_a_round_opens_a_year_after_the_first_membership_and_the_lsos_are_told(lso, second_lso, reader, mailoutbox):
    tasks.see_to_certifications()
    tasks.see_to_certifications()

    (round_,) = Certification.objects.all()
    assert round_.due_on == timezone.localdate() + timedelta(days=30)
    assert len(events(Event.CERTIFICATION_OPENED)) == 1
    assert set(mails("certification")) == {lso.email, second_lso.email}
    assert len(mails("certification")) == 2
    mail.send_waiting(mints=MINTS, now=timezone.now())
    assert mailoutbox[0].subject.startswith(f"Confirm the people of {organisation().name} by ")
    assert "/people/certify/" in mailoutbox[0].body


@pytest.mark.parametrize(("days", "opens"), [(364, 0), (366, 1)])
def test_not_before_a_year_has_passed(lso, days, opens):
    Membership.objects.update(started_on=timezone.localdate() - timedelta(days=days))

    certifications.see_to_rounds(now=timezone.now())

    assert Certification.objects.count() == opens


@pytest.mark.parametrize(("days", "rounds"), [(300, 1), (366, 2)])
def test_the_next_opens_a_year_after_the_last(lso, days, rounds):
    long_ago = timezone.now() - timedelta(days=days)
    Certification.objects.create(
        organisation=organisation(), opened_at=long_ago, due_on=long_ago.date(), done_at=long_ago
    )

    certifications.see_to_rounds(now=timezone.now())

    assert Certification.objects.count() == rounds


def test_group_lsos_are_told_of_each_of_their_organisations(group_lso, other_shipper):
    certifications.see_to_rounds(now=timezone.now())

    assert mails("certification") == [group_lso.email, group_lso.email]


@pytest.mark.usefixtures("committed")
def test_a_round_opens_once_however_many_open_it_at_once(lso):
    opened_by_many = at_once(opened, 8)

    assert len({round_.pk for round_ in opened_by_many}) == 1
    assert len(mails("certification")) == 1


def test_confirmed_and_removed_are_decided_and_the_round_is_done_at_the_last(lso, second_lso, reader, shipper, actor):
    round_ = opened()
    decide(round_, reader, actor(lso))
    decide(round_, shipper, actor(lso), confirm=False)
    assert left(round_) == {lso.pk, second_lso.pk}
    assert not finish(round_, lso)

    decide(round_, second_lso, actor(lso))
    decide(round_, lso, actor(second_lso))

    assert finish(round_, second_lso)
    round_.refresh_from_db()
    assert (round_.confirmed, round_.removed, round_.done_by) == (3, 1, second_lso)
    assert held(shipper).ended_on == timezone.localdate()
    assert {event.person_id for event in events(Event.MEMBERSHIP_CERTIFIED)} == {reader.pk, lso.pk, second_lso.pk}
    (done,) = events(Event.CERTIFICATION_DONE)
    assert done.detail.endswith("3 confirmed, 1 removed")


def test_what_is_decided_stays_decided(lso, reader, actor):
    round_ = opened()
    decide(round_, reader, actor(lso))
    decide(round_, reader, actor(lso), confirm=False)

    assert held(reader).ended_on is None
    assert len(events(Event.MEMBERSHIP_CERTIFIED)) == 1


def test_another_lso_decides_about_an_lso(lso, second_lso, actor):
    with pytest.raises(NotOnOneself, match="Another Local Security Officer"):
        decide(opened(), lso, actor(lso))


def test_the_only_lso_confirms_themselves_and_cannot_remove_themselves(lso, actor):
    round_ = opened()
    with pytest.raises(NotOnOneself, match="cannot remove yourself"):
        decide(round_, lso, actor(lso), confirm=False)

    decide(round_, lso, actor(lso))

    assert left(round_) == set()


def test_the_last_lso_cannot_be_removed(lso, support, administrator, actor):
    with pytest.raises(LastKeeper):
        decide(opened(), lso, actor(support), confirm=False)


def test_a_plain_lso_confirms_a_group_lso_and_does_not_remove_them(lso, group_lso, actor):
    round_ = opened()
    with pytest.raises(NotGrantable):
        decide(round_, group_lso, actor(lso), confirm=False)
    assert left(round_) == {lso.pk, group_lso.pk}

    decide(round_, group_lso, actor(lso))
    decide(round_, lso, actor(group_lso))

    assert finish(round_, lso)


def test_a_round_asks_neither_about_other_organisations_nor_about_later_members(lso, other_lso, reader, actor):
    Membership.objects.filter(user=reader).update(started_on=timezone.localdate())
    round_ = opened()

    decide(round_, other_lso, actor(lso))

    assert left(round_) == {lso.pk}
    assert held(other_lso).certified_at is None


def test_the_lsos_are_reminded_once_a_week_before(lso):
    opened()
    for days in (22, 23, 24):
        certifications.see_to_rounds(now=timezone.now() + timedelta(days=days))

    assert mails("certification") == [lso.email, lso.email]


def test_the_operator_reads_of_an_overdue_round_once(lso, reader):
    opened()
    for days in (30, 31, 32):
        certifications.see_to_rounds(now=timezone.now() + timedelta(days=days))

    (overdue,) = events(Event.CERTIFICATION_OVERDUE)
    assert overdue.detail.endswith("2 still to confirm or remove")


def test_a_round_with_nobody_left_closes_by_itself(reader):
    round_ = opened()
    Membership.objects.filter(user=reader).update(ended_on=timezone.localdate())

    certifications.see_to_rounds(now=timezone.now())

    round_.refresh_from_db()
    assert (round_.done_by, round_.confirmed, round_.removed) == (None, 0, 0)
    assert round_.done_at
