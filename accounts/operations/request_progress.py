"""What becomes of an access request without a decision: confirmed, followed, answered, withdrawn or run out."""

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import sealing
from accounts.events import record
from accounts.mail import post
from accounts.models import AccessRequest, Event, RequestNote, RequestState, User
from accounts.models.request import OVER
from accounts.operations.requests import WAITING, due, note_made
from accounts.origin import SERVICE, Origin

WARNED_BEFORE = timedelta(days=7)


class NotOpen(Exception):
    """The request was confirmed, answered, decided or withdrawn already, or has run out."""


def confirm_digest(token: str) -> bytes:
    return sealing.digest(f"confirm request:{token}")


def follow_token(request_id: UUID) -> str:
    """The secret of an applicant's private link: the same in every message, and kept nowhere."""
    return urlsafe_b64encode(sealing.digest(f"follow:{request_id}")).decode().rstrip("=")


def follow_digest(token: str) -> bytes:
    return sealing.digest(f"follow request:{token}")


def by_confirm_link(token: str, *, now: datetime) -> AccessRequest | None:
    """The request that a link confirms, while it is good."""
    waiting = AccessRequest.objects.filter(state=RequestState.UNCONFIRMED, expires_at__gt=now)
    return waiting.filter(confirm_digest=confirm_digest(token)).first()


def by_follow_link(token: str, *, now: datetime) -> AccessRequest | None:
    return followable(now=now).filter(follow_digest=follow_digest(token)).first()


def followed(request_id: str, *, now: datetime) -> AccessRequest | None:
    """The request that a session was led to by its private link."""
    return followable(now=now).filter(pk=request_id).first()


def followable(*, now: datetime) -> QuerySet[AccessRequest]:
    """The requests whose private link is good: those that wait, and those that ended not long ago."""
    ended_lately = Q(state__in=OVER, decided_at__gt=now - timedelta(days=settings.REQUEST_EXPIRY_DAYS))
    return AccessRequest.objects.filter(Q(state__in=WAITING) | ended_lately, follow_digest__isnull=False)


@transaction.atomic
def confirm(*, request_id: str, origin: Origin, now: datetime) -> AccessRequest:
    """Let a request count, since its address is confirmed: once. Raises `NotOpen`."""
    unconfirmed = AccessRequest.objects.filter(pk=request_id, state=RequestState.UNCONFIRMED, expires_at__gt=now)
    digest = follow_digest(follow_token(UUID(request_id)))
    if not unconfirmed.update(
        state=RequestState.OPEN, confirmed_at=now, confirm_digest=None, follow_digest=digest, **due(now)
    ):
        raise NotOpen
    request = AccessRequest.objects.get(pk=request_id)
    note_made(request, by_id=None, origin=origin)
    post("request_follow", to=request.email, request=request_id)
    return request


@transaction.atomic
def answer(*, request: AccessRequest, text: str, by: User | None, origin: Origin, now: datetime) -> None:
    """Answer the question that a request waits for; nobody is named where the applicant does. Raises `NotOpen`.

    The clock stood still meanwhile, and the request has its whole time again before it runs out.
    """
    held = AccessRequest.objects.select_for_update().get(pk=request.pk)
    if held.state != RequestState.QUESTION:
        raise NotOpen
    asked = held.notes.filter(for_applicant=True, by__isnull=False).last()
    if held.target_at and asked:
        held.target_at += now - asked.at
    held.state, held.expires_at, held.expiry_warned_at = RequestState.OPEN, due(now)["expires_at"], None
    held.save(update_fields=["state", "target_at", "expires_at", "expiry_warned_at"])
    RequestNote.objects.create(request=held, at=now, by=by, text=text, for_applicant=True)
    if held.assigned_to and held.assigned_to != by:
        post("request_answered", to=held.assigned_to.email, name=held.assigned_to.name, request=str(held.pk))


@transaction.atomic
def withdraw(*, request: AccessRequest, origin: Origin, now: datetime) -> None:
    """Take a request back, as its applicant. Raises `NotOpen`."""
    waiting = AccessRequest.objects.filter(pk=request.pk, state__in=WAITING)
    if not waiting.update(state=RequestState.WITHDRAWN, decided_at=now):
        raise NotOpen
    note_end(Event.REQUEST_WITHDRAWN, request, origin=origin)


def note_end(event: Event, request: AccessRequest, *, origin: Origin) -> None:
    record(
        event, origin=origin, person=request.person, organisation_id=request.organisation_id,
        detail=f"{request.get_kind_display()}, {request.reference}",
    )  # fmt: skip


def correspondent(request: AccessRequest) -> tuple[str, str]:
    """The address and name of whom to write to: the applicant, or the LSO who asked for somebody else."""
    if request.confirmed_at is None and request.filed_by:
        return request.filed_by.email, request.filed_by.name
    return request.email, request.name


def write_to(request: AccessRequest, template: str, **about: object) -> None:
    """Write to whoever a request is dealt with; its link is made when the message is sent."""
    to, name = correspondent(request)
    post(template, to=to, name=name, request=str(request.pk), **about)


def run_out(*, now: datetime) -> int:
    """End what has served its time, warn of what soon will, and say how many ended. A second time changes nothing."""
    ended = 0
    while end_one(now=now):
        ended += 1
    while warn_one(now=now):
        pass
    return ended


@transaction.atomic
def end_one(*, now: datetime) -> bool:
    """End one request whose time is over; False where there is none that nobody else is at."""
    request = next_of(Q(expires_at__lte=now, state__in=[RequestState.UNCONFIRMED, *WAITING]))
    if request is None:
        return False
    if request.state == RequestState.UNCONFIRMED:
        # Forget what was typed: whoever's address it is was never asked.
        request.name = request.telephone = request.purpose = request.data_wanted = request.area = ""
        request.confirm_digest = None
    else:
        note_end(Event.REQUEST_EXPIRED, request, origin=SERVICE)
        write_to(request, "request_expired")
    request.state, request.decided_at = RequestState.EXPIRED, now
    request.save()
    return True


@transaction.atomic
def warn_one(*, now: datetime) -> bool:
    """Warn whoever one request is dealt with that it ends soon; False where there is none."""
    request = next_of(
        Q(expires_at__lte=now + WARNED_BEFORE, expires_at__gt=now, expiry_warned_at__isnull=True, state__in=WAITING)
    )
    if request is None:
        return False
    request.expiry_warned_at = now
    request.save(update_fields=["expiry_warned_at"])
    write_to(request, "request_expiring")
    return True


def next_of(which: Q) -> AccessRequest | None:
    """One of some requests, locked; those that somebody else is at are left to them."""
    locked = AccessRequest.objects.select_for_update(of=("self",), skip_locked=True)
    return locked.select_related("person", "filed_by").filter(which).first()
