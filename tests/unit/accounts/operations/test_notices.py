"""Messages to users: shown from one moment until another, and withdrawn."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Notice, NoticeKind, SecurityEvent
from accounts.operations import notices
from accounts.origin import SERVICE

NOW = timezone.now()
HOUR = timedelta(hours=1)


def publish(by, *, begins=NOW, ends=NOW + HOUR):
    return notices.publish(
        kind=NoticeKind.NEWS, title="New columns", text="Look.", shown_from=begins, shown_until=ends, by=by,
        origin=SERVICE, now=NOW,
    )  # fmt: skip


def shown(now):
    return list(Notice.objects.shown(now=now))


def test_a_message_is_shown_in_its_time(administrator):
    notice = publish(administrator)

    assert shown(NOW - HOUR) == []
    assert shown(NOW) == [notice]
    assert shown(NOW + HOUR) == []


def test_a_withdrawn_message_is_shown_no_more_and_withdrawn_once(administrator):
    notice = publish(administrator, ends=None)

    assert notices.withdraw(notice=notice, by=administrator, origin=SERVICE, now=NOW)
    assert not notices.withdraw(notice=notice, by=administrator, origin=SERVICE, now=NOW)

    assert shown(NOW) == []
    kinds = SecurityEvent.objects.filter(event__startswith="service:notice").order_by("pk")
    assert [event.detail for event in kinds] == ["News: New columns", "News: New columns"]
