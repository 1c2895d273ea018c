"""Second factors: added, checked, replaced by recovery codes, and taken away."""

import time
from datetime import datetime
from uuid import UUID

import django_otp
from django.db import transaction
from django_otp.oath import TOTP

from accounts import limits, sealing
from accounts.events import record
from accounts.models import AuthenticatorApp, Event, Factor, Passkey, RecoveryCode, RecoveryCodes, User
from accounts.models.factors import RECOVERY_CODES, STEP, TOLERANCE, plain
from accounts.operations import sessions
from accounts.operations.sign_in import network_of
from accounts.origin import Origin


class TooManyTries(Exception):
    """So many codes were wrong that even the right one is not looked at for a while."""


class LastFactor(Exception):
    """A person who must have a second factor cannot remove the only one."""


def factors_of(user: User) -> list[Factor]:
    """The second factors of a person, the oldest first; recovery codes last, since they stand in for the others."""
    kept: list[Factor] = [*AuthenticatorApp.objects.filter(user=user), *Passkey.objects.filter(user=user)]
    return [*sorted(kept, key=lambda factor: factor.created_at), *RecoveryCodes.objects.filter(user=user)]


def has_passkey(user: User) -> bool:
    return Passkey.objects.filter(user=user).exists()


def codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(device__user=user).count()


def tries_of(user: User, origin: Origin) -> list[limits.Try]:
    return [
        (limits.FACTOR_SHORT, (user.pk,)),
        (limits.FACTOR_HOUR, (user.pk,)),
        (limits.FACTOR_DAY, (user.pk,)),
        (limits.FACTOR_BY_NETWORK, (network_of(origin.address),)),
    ]


def check_code(*, user: User, code: str, origin: Origin, now: datetime) -> Factor | None:
    """The factor that a typed code is of, used up if it is right; None where it is wrong. Raises `TooManyTries`.

    Only the devices of the kind that the code can be of are asked, each under its row lock, so that of all who send
    the same code at once one passes.
    """
    tries = tries_of(user, origin)
    if not limits.take_all(tries, now=now):
        raise TooManyTries
    typed = code.strip().replace(" ", "")
    kind: type[AuthenticatorApp | RecoveryCodes] = (
        AuthenticatorApp if typed.isdecimal() and len(typed) == 6 else RecoveryCodes
    )
    devices: list[Factor] = list(kind.objects.filter(user=user))
    for device in devices:
        if django_otp.verify_token(user, device.persistent_id, typed):
            limits.give_all_back(tries, now=now)
            used(device, origin=origin, now=now)
            return device
    record(Event.FACTOR_FAILED, origin=origin, person=user, by_id=user.pk, detail=kind.kind)
    return None


@transaction.atomic
def used(device: Factor, *, origin: Origin, now: datetime) -> None:
    """Note that a factor was used; of a recovery code its owner hears."""
    type(device).objects.filter(pk=device.pk).update(used_at=now)
    if isinstance(device, RecoveryCodes):
        left = device.codes.count()
        record(Event.RECOVERY_CODE_USED, origin=origin, person=device.user, by_id=device.user_id, detail=f"{left} left")


def new_seed() -> bytes:
    """The seed of a new authenticator app: 160 bits."""
    import secrets

    return secrets.token_bytes(20)


def is_code_of_seed(seed: bytes, code: str) -> int | None:
    """The time step that a code of a new seed is of, or None where it is wrong."""
    typed = code.strip().replace(" ", "")
    if not (typed.isascii() and typed.isdecimal() and len(typed) == 6):
        return None
    totp = TOTP(seed, step=STEP)
    totp.time = time.time()
    return int(totp.t()) if totp.verify(int(typed), tolerance=TOLERANCE) else None


@transaction.atomic
def add_app(*, user: User, seed: bytes, step: int, name: str, origin: Origin, now: datetime) -> AuthenticatorApp:
    """Add an authenticator app whose first code was right; that code is used up."""
    app: AuthenticatorApp = AuthenticatorApp.objects.create(
        user=user, name=name[:64] or AuthenticatorApp.kind, sealed_key=sealing.sealed(seed), last_step=step,
        created_at=now, used_at=now,
    )  # fmt: skip
    record(Event.FACTOR_ADDED, origin=origin, person=user, by_id=user.pk, detail=f"{app.kind}: {app.name}")
    return app


@transaction.atomic
def make_recovery_codes(*, user: User, origin: Origin, now: datetime) -> list[str]:
    """Ten fresh codes, which are told once and here only; those before are good no more."""
    User.objects.select_for_update().get(pk=user.pk)
    RecoveryCodes.objects.filter(user=user).delete()
    device = RecoveryCodes.objects.create(user=user, name=RecoveryCodes.kind, created_at=now)
    codes = [sealing.new_code(groups=4) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(device=device, digest=sealing.digest(f"recovery:{user.pk}:{plain(code)}")) for code in codes
    )
    record(Event.RECOVERY_CODES_MADE, origin=origin, person=user, by_id=user.pk, detail=f"{RECOVERY_CODES} codes")
    return codes


@transaction.atomic
def remove(*, factor: Factor, compulsory: bool, keep_sign_in: int, origin: Origin, now: datetime) -> None:
    """Remove one factor of a person, ending their other sessions. Raises `LastFactor` where one is compulsory."""
    user = User.objects.select_for_update().get(pk=factor.user_id)
    left = [other for other in factors_of(user) if other.persistent_id != factor.persistent_id]
    if not any(not isinstance(other, RecoveryCodes) for other in left):
        if compulsory:
            raise LastFactor
        RecoveryCodes.objects.filter(user=user).delete()  # they stand in for a factor that is gone
    factor.delete()
    record(Event.FACTOR_REMOVED, origin=origin, person=user, by_id=user.pk, detail=f"{factor.kind}: {factor.name}")
    sessions.end(
        user=user, by_id=user.pk, because="a second factor was removed", origin=origin, now=now, but=keep_sign_in
    )


@transaction.atomic
def take_all_away(*, user: User, by_id: UUID, detail: str, origin: Origin, now: datetime) -> None:
    """After a loss: take every factor away and end every session; the next sign-in leads to a new one."""
    for factor in factors_of(user):
        factor.delete()
    record(Event.FACTORS_RESET, origin=origin, person=user, by_id=by_id, detail=detail)
    sessions.end(user=user, by_id=by_id, because="the second factors were reset", origin=origin, now=now)
