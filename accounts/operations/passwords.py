"""Passwords: changed, and set anew by a link or by a code that an LSO reads over the telephone.

Setting one never signs anybody in, and leaves the second factor as it is.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts import limits, sealing
from accounts.events import record
from accounts.mail import post
from accounts.models import Event, LimitCount, OneTimeSecret, SecretKind, User
from accounts.operations import secrets, sessions
from accounts.operations.sign_in import account_of, network_of, user_with
from accounts.origin import Origin

HELPED_LATELY = timedelta(days=7)

OF_RESETS = [SecretKind.RESET, SecretKind.ASSISTED_RESET]


class NotGood(Exception):
    """The link or code was used, has been replaced, or its time is up."""


class NotForOneself(Exception):
    """An LSO wanted to read a code to themselves."""


class SameHelper(Exception):
    """Who gave the code for the password may not give the one for the second factor as well."""


class SwitchedOff(Exception):
    """The account cannot be signed in to, so no password helps."""


class TooManyTries(Exception):
    """So many tries that no more are looked at for a while."""


@transaction.atomic
def change(*, user: User, password: str, keep_sign_in: int, origin: Origin, now: datetime) -> User:
    """Change one's own password, ending every other session; the person as they are now, for the session that stays.

    `password_set_at` stays: who knew the password before has not shown that the mailbox is theirs, and the first second
    factor is made without a code by mail only by those who have.
    """
    held = User.objects.select_for_update().get(pk=user.pk)
    _set(held, password, now=now)
    record(Event.PASSWORD_CHANGED, origin=origin, person=held, by_id=held.pk)
    sessions.end(user=held, by_id=held.pk, because="the password was changed", origin=origin, now=now, but=keep_sign_in)
    return held


def _set(user: User, password: str, *, now: datetime) -> None:
    """Set the password of a locked person; links and codes to another are good no more."""
    user.set_password(password)
    user.save(update_fields=["password", "password_set_at"])
    OneTimeSecret.objects.filter(user=user, kind__in=OF_RESETS, used_at__isnull=True).update(used_at=now)


def ask_for_link(*, email: str, origin: Origin, now: datetime) -> None:
    """Ask for a link to a new password. Raises `TooManyTries` for the network, which says nothing of the address.

    Known, unknown and over its limits cost the same: whether there is an account is asked when the message is sent.
    """
    account = account_of(email)
    if not limits.RESET_BY_NETWORK.take(network_of(origin.address), now=now):
        raise TooManyTries
    if limits.take_all([(limits.RESET_HOUR, (account,)), (limits.RESET_DAY, (account,))], now=now):
        # To the address as accounts are found by it, never as it was typed: other letters may be taken for the same.
        post("reset", to=account, address=origin.address, request_id=origin.request_id)


@transaction.atomic
def reset(*, secret: OneTimeSecret, password: str, origin: Origin, now: datetime) -> User:
    """Set a new password by a link or code, once, ending every session. Raises `NotGood`."""
    # The person is locked first, as where secrets are made.
    held = User.objects.select_for_update().filter(pk=secret.user_id, is_active=True).first()
    if held is None or not secrets.redeem(secret, now=now):
        raise NotGood
    if secret.kind == SecretKind.RESET:  # a code that somebody else read out shows nothing of the mailbox
        held.password_set_at = now
    _set(held, password, now=now)
    detail = "by a code read over the telephone" if secret.kind == SecretKind.ASSISTED_RESET else "by a link"
    record(Event.PASSWORD_RESET, origin=origin, person=held, by_id=held.pk, detail=detail)
    sessions.end(user=held, by_id=held.pk, because="a new password was set", origin=origin, now=now)
    # Whoever tried the forgotten password too often need not wait to use the new one.
    subject = limits.subject_digest(account_of(held.email))
    LimitCount.objects.filter(subject=subject, name__in=limits.OF_SIGN_IN).delete()
    return held


@transaction.atomic
def start_assisted_reset(*, user: User, by: User, origin: Origin, now: datetime) -> str:
    """A code for a new password, told once and here only, for `by` to read over the telephone; the person gets mail.

    Raises `NotForOneself` and `SwitchedOff`. Whose people `by` looks after is for the caller to know.
    """
    if user.pk == by.pk:
        raise NotForOneself
    held = User.objects.select_for_update().get(pk=user.pk)
    if not held.is_active:
        raise SwitchedOff
    code = sealing.new_code(groups=3)
    lasts = timedelta(minutes=settings.CODE_MINUTES)
    secrets.make(user=held, kind=SecretKind.ASSISTED_RESET, secret=code, lasts=lasts, now=now, by=by)
    record(Event.RESET_ASSISTED, origin=origin, person=held, by_id=by.pk, detail=f"by {by.name}")
    return code


@transaction.atomic
def start_assisted_enrolment(*, user: User, by: User, origin: Origin, now: datetime) -> str:
    """A code in place of the one by mail that comes before the first second factor, for `by` to read out.

    Who gave the code for the password does not give this one too: nobody alone may come in as somebody else. Raises
    `NotForOneself`, `SwitchedOff` and `SameHelper`.
    """
    if user.pk == by.pk:
        raise NotForOneself
    held = User.objects.select_for_update().get(pk=user.pk)
    if not held.is_active:
        raise SwitchedOff
    helped = OneTimeSecret.objects.filter(user=held, kind=SecretKind.ASSISTED_RESET, made_at__gt=now - HELPED_LATELY)
    if helped.filter(made_by=by).exists():
        raise SameHelper
    code = sealing.new_code(groups=2)
    lasts = timedelta(minutes=settings.CODE_MINUTES)
    secrets.make(user=held, kind=SecretKind.ENROLMENT, secret=code, lasts=lasts, now=now, by=by)
    record(Event.ENROLMENT_ASSISTED, origin=origin, person=held, by_id=by.pk, detail=f"by {by.name}")
    return code


def by_telephone_code(*, email: str, code: str, origin: Origin, now: datetime) -> OneTimeSecret | None:
    """The secret of a code that an LSO read out, while it is good; None where it is not. Raises `TooManyTries`.

    Of an address without an account the same is asked: the person looked for is one that nobody is.
    """
    if not limits.take_all(tries_of(email, origin), now=now):
        raise TooManyTries
    known = user_with(email)
    secret = secrets.by_code(known or User(), code, kind=SecretKind.ASSISTED_RESET, now=now)
    if secret is None:
        record(Event.RESET_FAILED, origin=origin, person=known)
    return secret


def give_back(*, email: str, origin: Origin, now: datetime) -> None:
    """Uncount a try whose code was right."""
    limits.give_all_back(tries_of(email, origin), now=now)


def tries_of(email: str, origin: Origin) -> list[limits.Try]:
    return [
        (limits.RESET_CODE_BY_ACCOUNT, (account_of(email),)),
        (limits.RESET_CODE_BY_NETWORK, (network_of(origin.address),)),
    ]
