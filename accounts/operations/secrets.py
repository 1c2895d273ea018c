"""Secrets that are good once: made, and redeemed by exactly one of those who try at the same moment."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from accounts import sealing
from accounts.models import OneTimeSecret, SecretKind, User

WRONG_TRIES = 5


def digest_of(kind: SecretKind, secret: str) -> bytes:
    return sealing.digest(f"{kind}:{secret.strip()}")


def typed(code: str) -> str:
    """A code as it was made, from what somebody typed."""
    return code.replace("-", "").replace(" ", "").lower()


@transaction.atomic
def make(
    *, user: User, kind: SecretKind, secret: str, lasts: timedelta, now: datetime, by: User | None = None
) -> OneTimeSecret:
    """Keep a secret for a while; the one of its kind before it is good no more."""
    User.objects.select_for_update().get(pk=user.pk)
    OneTimeSecret.objects.filter(user=user, kind=kind, used_at__isnull=True).update(used_at=now)
    return OneTimeSecret.objects.create(
        user=user,
        kind=kind,
        digest=digest_of(kind, typed(secret) if kind != SecretKind.RESET else secret),
        made_at=now,
        expires_at=now + lasts,
        made_by=by,
    )


def by_link(token: str, *, kind: SecretKind, now: datetime) -> OneTimeSecret | None:
    """The secret of a link, while it is good; it stays so until it is redeemed."""
    good = OneTimeSecret.objects.filter(
        digest=digest_of(kind, token), kind=kind, used_at__isnull=True, expires_at__gt=now, user__is_active=True
    )
    return good.select_related("user").first()


def by_code(user: User, code: str, *, kind: SecretKind, now: datetime) -> OneTimeSecret | None:
    """The secret of a code that a person typed, while it is good; after some wrong tries it is good no more."""
    held = OneTimeSecret.objects.filter(user=user, kind=kind, used_at__isnull=True, expires_at__gt=now)
    held = held.filter(wrong_tries__lt=WRONG_TRIES)
    right = held.filter(digest=digest_of(kind, typed(code))).first()
    if right is None:
        held.update(wrong_tries=F("wrong_tries") + 1)
    return right


def redeem(secret: OneTimeSecret, *, now: datetime) -> bool:
    """Use a secret up; False where somebody was faster."""
    return OneTimeSecret.objects.filter(pk=secret.pk, used_at__isnull=True, expires_at__gt=now).update(used_at=now) == 1
