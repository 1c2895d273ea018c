"""Support sessions: opened with a reason, one at a time, and told to the organisation."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Event, Mail, Organisation, SecurityEvent, SupportSession
from accounts.operations import support
from accounts.origin import SERVICE
from accounts.permissions import Permission
from tests.conftest import at_once

NOW = timezone.now()


def organisation(short_code="BGF", role="shipper"):
    return Organisation.objects.get(participants__short_code=short_code, participants__market_role=role)


def open_session(user, *, minutes=30, now=NOW, of=None):
    return support.open_session(
        user=user, organisation=of or organisation(), reason="Call 4711: no site.", minutes=minutes, origin=SERVICE,
        now=now,
    )  # fmt: skip


def events(kind):
    return list(SecurityEvent.objects.filter(event=kind))


def test_an_open_session_gives_data_and_its_lsos_are_told(idle_support, lso, second_lso, other_lso, reader, actor):
    assert not actor(idle_support).may(Permission.ENQUIRE)

    opened = open_session(idle_support)

    assert actor(idle_support).may(Permission.ENQUIRE)
    told = Mail.objects.filter(template="support_opened")
    assert sorted(mail.to for mail in told) == [lso.email, second_lso.email]
    assert told[0].about["reason"] == "Call 4711: no site."
    [event] = events(Event.SUPPORT_OPENED)
    assert (event.organisation_id, event.by_id) == (opened.organisation_id, idle_support.pk)


def test_a_session_lasts_no_longer_than_it_may(idle_support, settings):
    opened = open_session(idle_support, minutes=10_000)

    assert opened.closes_at - opened.opened_at == timedelta(minutes=settings.SUPPORT_MINUTES)


def test_a_second_session_is_refused_while_one_is_open(idle_support):
    open_session(idle_support)

    with pytest.raises(support.AlreadyOpen):
        open_session(idle_support)

    assert SupportSession.objects.filter(user=idle_support).count() == 1


def test_one_whose_time_is_up_is_ended_when_the_next_is_opened(idle_support):
    first = open_session(idle_support, minutes=5)

    open_session(idle_support, now=NOW + timedelta(minutes=6))

    first.refresh_from_db()
    assert first.ended_at == first.closes_at
    assert [event.detail for event in events(Event.SUPPORT_ENDED)] == ["Its time was up."]


def test_an_ended_session_gives_no_data(idle_support, actor):
    open_session(idle_support)

    assert support.end_session(user=idle_support, origin=SERVICE, now=NOW)
    assert not support.end_session(user=idle_support, origin=SERVICE, now=NOW)

    assert not actor(idle_support).may(Permission.ENQUIRE)
    [event] = events(Event.SUPPORT_ENDED)
    assert event.organisation_id == organisation().pk


def test_the_operator_itself_is_not_helped(idle_support):
    with pytest.raises(support.NotHelped):
        open_session(idle_support, of=organisation("DES", "operator"))


@pytest.mark.usefixtures("committed")
def test_of_many_that_are_opened_at_once_one_is(idle_support):
    raised = at_once(lambda: open_session(idle_support), 8)

    assert sum(isinstance(one, support.AlreadyOpen) for one in raised) == 7
    assert SupportSession.objects.filter(user=idle_support).count() == 1
    assert len(events(Event.SUPPORT_OPENED)) == 1
