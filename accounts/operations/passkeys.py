"""Passkeys: what the browser is asked, and what it answers, checked by the library `webauthn`.

The challenge lies in the session, is good for one answer, and a person must have proved to their device who they are.
"""

import json
from collections.abc import MutableMapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.db import transaction
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts import limits
from accounts.events import record
from accounts.models import Event, Passkey, User
from accounts.operations.factors import TooManyTries, tries_of, used
from accounts.origin import Origin

CHALLENGE_KEY = "passkey_challenge"
SECONDS = 300
MOST = 10
NAME = "Data Enquiry Service"
LONGEST_ANSWER = 20_000


class NotAccepted(Exception):
    """The browser's answer does not prove what it should; the message is for people."""


def site() -> str:
    """The relying party: the host of the service's public address."""
    return urlsplit(settings.PUBLIC_BASE_URL).hostname or ""


def _remember(session: MutableMapping[str, Any], purpose: str, challenge: bytes, now: datetime) -> None:
    session[CHALLENGE_KEY] = [purpose, bytes_to_base64url(challenge), now.timestamp()]


def _challenge(session: MutableMapping[str, Any], purpose: str, now: datetime) -> bytes:
    """The challenge last given for a purpose, taken out of the session: it is good for one answer."""
    held = session.pop(CHALLENGE_KEY, None)
    if not held or held[0] != purpose or now.timestamp() - held[2] > SECONDS:
        raise NotAccepted("That took too long. Try the passkey again.")
    return base64url_to_bytes(held[1])


def ask_to_register(*, user: User, session: MutableMapping[str, Any], now: datetime) -> str:
    """What the browser needs to make a passkey, as JSON."""
    known = Passkey.objects.filter(user=user)
    options = webauthn.generate_registration_options(
        rp_id=site(),
        rp_name=NAME,
        user_id=user.pk.bytes,
        user_name=user.email,
        user_display_name=user.name,
        timeout=SECONDS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=bytes(passkey.credential_id)) for passkey in known],
    )
    _remember(session, f"register:{user.pk}", options.challenge, now)
    return webauthn.options_to_json(options)


@transaction.atomic
def register(
    *, user: User, answer: str, name: str, session: MutableMapping[str, Any], origin: Origin, now: datetime
) -> Passkey:
    """Add the passkey that a browser has made. Raises `NotAccepted`."""
    challenge = _challenge(session, f"register:{user.pk}", now)
    try:
        proved = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=site(),
            expected_origin=settings.PUBLIC_BASE_URL,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise NotAccepted("This passkey could not be added. Try again, or use an authenticator app.") from error
    if Passkey.objects.filter(credential_id=proved.credential_id).exists():
        raise NotAccepted("This passkey has been added already.")
    if Passkey.objects.filter(user=user).count() >= MOST:
        raise NotAccepted(f"An account has at most {MOST} passkeys. Remove one first.")
    passkey: Passkey = Passkey.objects.create(
        user=user,
        name=name[:64] or Passkey.kind,
        credential_id=proved.credential_id,
        public_key=proved.credential_public_key,
        sign_count=proved.sign_count,
        created_at=now,
        used_at=now,
    )
    record(Event.FACTOR_ADDED, origin=origin, person=user, by_id=user.pk, detail=f"{passkey.kind}: {passkey.name}")
    return passkey


def ask_to_prove(*, user: User, session: MutableMapping[str, Any], now: datetime) -> str:
    """What the browser needs to use one of a person's passkeys, as JSON; empty where they have none."""
    known = Passkey.objects.filter(user=user)
    if not known:
        return ""
    options = webauthn.generate_authentication_options(
        rp_id=site(),
        timeout=SECONDS * 1000,
        allow_credentials=[
            PublicKeyCredentialDescriptor(
                id=bytes(passkey.credential_id),
                transports=[AuthenticatorTransport(transport) for transport in passkey.transports],
            )
            for passkey in known
        ],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _remember(session, f"prove:{user.pk}", options.challenge, now)
    return webauthn.options_to_json(options)


def prove(*, user: User, answer: str, session: MutableMapping[str, Any], origin: Origin, now: datetime) -> Passkey:
    """The passkey that signed the challenge. Raises `NotAccepted` and `TooManyTries`."""
    tries = tries_of(user, origin)
    if not limits.take_all(tries, now=now):
        raise TooManyTries
    challenge = _challenge(session, f"prove:{user.pk}", now)
    passkey = _signed(user, answer, challenge)
    if passkey is None:
        record(Event.FACTOR_FAILED, origin=origin, person=user, by_id=user.pk, detail=Passkey.kind)
        raise NotAccepted("This passkey was not accepted. Try again, or use another way.")
    limits.give_all_back(tries, now=now)
    used(passkey, origin=origin, now=now)
    return passkey


@transaction.atomic
def _signed(user: User, answer: str, challenge: bytes) -> Passkey | None:
    """The passkey whose signature the answer holds, its counter moved on under the row's lock."""
    try:
        credential = _read(answer)
        wanted = base64url_to_bytes(str(credential["id"]))
        mine = Passkey.objects.select_for_update().filter(user=user, credential_id=wanted)
        passkey: Passkey | None = mine.first()
        if passkey is None:
            return None
        proved = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site(),
            expected_origin=settings.PUBLIC_BASE_URL,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    Passkey.objects.filter(pk=passkey.pk).update(sign_count=proved.new_sign_count)
    return passkey


def _read(answer: str) -> dict[str, Any]:
    """The browser's answer as an object. Raises ValueError for anything else."""
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long")
    try:
        credential = json.loads(answer)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(credential, dict):
        raise ValueError("not an object")
    return credential
