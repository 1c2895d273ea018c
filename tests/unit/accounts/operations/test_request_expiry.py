"""Access requests that run out: warned of once, ended once, and what nobody confirmed is forgotten."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts import mail, tasks
from accounts.minting import MINTS
from accounts.models import AccessRequest, Mail, RequestState, SecurityEvent
from accounts.operations import request_progress
from tests.conftest import at_once
from tests.integration.accounts.request_cast import asked, lso_invitation_asked


def ending_in(**time):
    return {"expires_at": timezone.now() + timedelta(**time)}


def posted(template):
    return list(Mail.objects.filter(template=template).values_list("to", flat=True))


def test_what_nobody_confirmed_ends_in_silence_and_is_forgotten(db):
    request = asked(state=RequestState.UNCONFIRMED, target_at=None, telephone="0113", **ending_in(seconds=-1))

    tasks.end_requests()

    request.refresh_from_db()
    assert (request.state, request.purpose, request.name, request.telephone) == (RequestState.EXPIRED, "", "", "")
    assert not Mail.objects.exists()


@pytest.mark.parametrize("state", [RequestState.OPEN, RequestState.QUESTION])
def test_an_applicant_is_warned_a_week_before_once_and_told_of_the_end_once(db, state):
    request = asked(state=state, **ending_in(days=7))

    tasks.end_requests()
    tasks.end_requests()
    assert posted("request_expiring") == ["nora@example.com"]
    assert posted("request_expired") == []

    AccessRequest.objects.update(**ending_in(seconds=-1))
    tasks.end_requests()
    tasks.end_requests()
    request.refresh_from_db()
    assert (request.state, request.decided_at is None) == (RequestState.EXPIRED, False)
    assert posted("request_expired") == ["nora@example.com"]
    assert SecurityEvent.objects.filter(event="access:request:expired").count() == 1


def test_nobody_is_warned_sooner(db):
    asked(**ending_in(days=8))

    tasks.end_requests()

    assert posted("request_expiring") == []


def test_what_is_over_does_not_end_again(db):
    request = asked(state=RequestState.REJECTED, rejection="R01", decided_at=timezone.now(), **ending_in(days=-1))

    assert request_progress.run_out(now=timezone.now()) == 0
    request.refresh_from_db()
    assert request.state == RequestState.REJECTED


def test_the_lso_who_asked_is_told_and_not_the_person(lso):
    lso_invitation_asked(lso)
    AccessRequest.objects.update(**ending_in(seconds=-1))

    tasks.end_requests()

    assert posted("request_expired") == [lso.email]


@pytest.mark.usefixtures("committed")
def test_workers_at_once_end_each_request_once():
    for number in range(12):
        asked(email=f"n{number}@example.com", **ending_in(seconds=-1))

    ended = at_once(lambda: request_progress.run_out(now=timezone.now()), 6)

    assert sum(ended) == 12
    assert len(set(posted("request_expired"))) == len(posted("request_expired")) == 12


@pytest.mark.parametrize(
    "template",
    [
        "request_follow",
        "request_question",
        "request_answered",
        "request_decided",
        "request_expiring",
        "request_expired",
    ],
)
def test_every_message_reads_plainly_and_leads_on(db, mailoutbox, template):
    asked(
        name="Nora O’Neil & Co",
        reason='It\'s "done".',
        state=RequestState.REJECTED,
        rejection="R01",
        decided_at=timezone.now(),
    )
    mail.post(template, to="nora@example.com", request=str(AccessRequest.objects.get().pk))

    mail.send_waiting(mints=MINTS, now=timezone.now())

    (message,) = mailoutbox
    assert AccessRequest.objects.get().reference in message.subject + message.body
    assert "Nora O’Neil & Co" in message.body
    assert "http://localhost:8000/request-access/" in message.body
    assert "&#" not in message.body
    assert "&amp;" not in message.body


def test_beat_ends_requests_every_hour():
    assert {"task": "accounts.tasks.end_requests", "schedule": 3600} in settings.CELERY_BEAT_SCHEDULE.values()
