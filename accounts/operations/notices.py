"""What the operator tells the users: published for a time, and withdrawn."""

from datetime import datetime

from django.db import transaction

from accounts.events import record
from accounts.models import Event, Notice, NoticeKind, User
from accounts.origin import Origin


@transaction.atomic
def publish(
    *,
    kind: NoticeKind,
    title: str,
    text: str,
    shown_from: datetime,
    shown_until: datetime | None,
    by: User,
    origin: Origin,
    now: datetime,
) -> Notice:
    """Publish a message, which is shown from one moment until another."""
    notice = Notice.objects.create(
        kind=kind,
        title=title,
        text=text,
        shown_from=shown_from,
        shown_until=shown_until,
        published_by=by,
        published_at=now,
    )
    record(Event.NOTICE_PUBLISHED, origin=origin, by_id=by.pk, detail=f"{notice.get_kind_display()}: {title}")
    return notice


@transaction.atomic
def withdraw(*, notice: Notice, by: User, origin: Origin, now: datetime) -> bool:
    """Show a message no more; False where it was withdrawn before."""
    if not Notice.objects.filter(pk=notice.pk, withdrawn_at__isnull=True).update(withdrawn_at=now):
        return False
    record(Event.NOTICE_WITHDRAWN, origin=origin, by_id=by.pk, detail=f"{notice.get_kind_display()}: {notice.title}")
    return True
