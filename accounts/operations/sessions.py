"""Sign-ins: begun, looked at on every request, proved again, and ended."""

from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts import sealing
from accounts.access import Standing
from accounts.events import record
from accounts.models import Event, KnownDevice, SignIn, User
from accounts.origin import Origin

SIGN_IN_KEY = "sign_in"
SEEN_EVERY = timedelta(minutes=1)


@transaction.atomic
def begin(*, user: User, device_token: str, origin: Origin, now: datetime) -> tuple[SignIn, bool]:
    """Write a sign-in down, and whether its browser was new; the person is told by mail of a new one."""
    device, is_new = KnownDevice.objects.get_or_create(
        user=user, digest=device_digest(device_token), defaults={"first_seen_at": now, "last_seen_at": now}
    )
    if not is_new:
        KnownDevice.objects.filter(pk=device.pk).update(last_seen_at=now)
    sign_in = SignIn.objects.create(
        user=user,
        started_at=now,
        seen_at=now,
        proved_at=now,
        address=origin.address,
        user_agent=origin.user_agent,
        device=device,
    )
    User.objects.filter(pk=user.pk).update(dormancy_warned_at=None)
    record(Event.SIGN_IN, origin=origin, person=user, by_id=user.pk)
    # The first browser of an account is no news to whoever has just made it.
    if is_new and KnownDevice.objects.filter(user=user).exclude(pk=device.pk).exists():
        record(Event.NEW_DEVICE, origin=origin, person=user, by_id=user.pk, detail=origin.user_agent)
    return sign_in, is_new


def device_digest(token: str) -> bytes:
    return sealing.digest(f"device:{token}")


def current(session: MutableMapping[str, Any], *, standing: Standing, now: datetime) -> SignIn | None:
    """The sign-in of a session if it still counts: not ended, not idle for too long, not too old."""
    claimed = session.get(SIGN_IN_KEY, 0)
    sign_in = SignIn.objects.filter(pk=claimed, user=standing.user, ended_at__isnull=True).first()
    if sign_in is None:
        return None
    idle, absolute = limits_of(standing)
    over = "idle" if now - sign_in.seen_at > idle else "too old" if now - sign_in.started_at > absolute else ""
    if over:
        SignIn.objects.filter(pk=sign_in.pk, ended_at__isnull=True).update(ended_at=now, ended_because=over)
        return None
    if now - sign_in.seen_at > SEEN_EVERY:
        SignIn.objects.filter(pk=sign_in.pk).update(seen_at=now)
    return sign_in


def limits_of(standing: Standing) -> tuple[timedelta, timedelta]:
    """How long a person's session may lie idle, and how long it may last at all."""
    if standing.is_privileged:
        return timedelta(minutes=settings.PRIVILEGED_IDLE_MINUTES), timedelta(hours=settings.PRIVILEGED_SESSION_HOURS)
    return timedelta(minutes=settings.SESSION_IDLE_MINUTES), timedelta(hours=settings.SESSION_HOURS)


def prove(sign_in: SignIn, *, now: datetime) -> None:
    """Note that the person proved again who they are."""
    sign_in.proved_at = now
    SignIn.objects.filter(pk=sign_in.pk).update(proved_at=now)


def is_fresh(sign_in: SignIn, *, now: datetime) -> bool:
    """Whether the person proved within minutes who they are."""
    proved = sign_in.proved_at
    return proved is not None and now - proved <= timedelta(minutes=settings.PROOF_MINUTES)


def open_sign_ins(user: User, *, now: datetime) -> QuerySet[SignIn]:
    return SignIn.objects.open(now=now).filter(user=user).order_by("-seen_at")


@transaction.atomic
def end(
    *,
    user: User,
    by_id: UUID | None,
    because: str,
    origin: Origin,
    now: datetime,
    only: int | None = None,
    but: int | None = None,
) -> int:
    """End the sign-ins of a person, all, only one or all but one, and say how many; they stop at the next request."""
    wanted = SignIn.objects.filter(user=user, ended_at__isnull=True)
    if only is not None:
        wanted = wanted.filter(pk=only)
    if but is not None:
        wanted = wanted.exclude(pk=but)
    ended = wanted.update(ended_at=now, ended_because=because[:100])
    if ended:
        record(Event.SESSIONS_ENDED, origin=origin, person=user, by_id=by_id, detail=f"{ended}: {because}")
    return ended


@transaction.atomic
def sign_out(sign_in: SignIn, *, origin: Origin, now: datetime) -> None:
    """End the sign-in that its person leaves."""
    if SignIn.objects.filter(pk=sign_in.pk, ended_at__isnull=True).update(ended_at=now, ended_because="signed out"):
        record(Event.SIGN_OUT, origin=origin, person=sign_in.user, by_id=sign_in.user_id)
