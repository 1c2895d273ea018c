"""Access requests: made, confirmed, handled and decided. One queue, whatever is asked for."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.events import record
from accounts.models import AccessRequest, Event, RequestKind, RequestState, User
from accounts.origin import Origin


@transaction.atomic
def ask_for_lost_factor(
    *, person: User, filed_by: User | None, reason: str, origin: Origin, now: datetime
) -> AccessRequest:
    """Ask that a person's factors be taken away; the request that is open already, where there is one."""
    User.objects.select_for_update().get(pk=person.pk)
    waiting = AccessRequest.objects.filter(
        person=person, kind=RequestKind.LOST_FACTOR, state__in=[RequestState.OPEN, RequestState.QUESTION]
    )
    if request := waiting.first():
        return request
    request = AccessRequest.objects.create(
        kind=RequestKind.LOST_FACTOR,
        state=RequestState.OPEN,
        email=person.email,
        name=person.name,
        telephone=person.telephone,
        person=person,
        filed_by=filed_by,
        purpose=reason,
        made_at=now,
        confirmed_at=now,
        target_at=now + timedelta(days=1),
        expires_at=now + timedelta(days=settings.REQUEST_EXPIRY_DAYS),
    )
    record(
        Event.REQUEST_MADE, origin=origin, person=person, by_id=filed_by.pk if filed_by else person.pk,
        detail=f"{request.get_kind_display()}, {request.reference}",
    )  # fmt: skip
    return request
