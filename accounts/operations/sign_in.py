"""Signing in by address and password: how often it may be tried, and what is written of it."""

from datetime import datetime
from ipaddress import ip_address, ip_network

from django.db.models.functions import Lower

from accounts import limits
from accounts.events import record
from accounts.mail import post
from accounts.models import Event, KnownDevice, User
from accounts.operations.sessions import device_digest
from accounts.origin import Origin

LONGEST = 254  # of an address


def account_of(email: str) -> str:
    """An address as limits count it: for all ways to write it together."""
    return email.strip().casefold()[:LONGEST]  # which may be longer than it was typed, and is nobody's then


def mailbox_of(email: str) -> str:
    """Where mail to an address arrives: a tag behind a plus sign is the same person's."""
    name, _, domain = account_of(email).rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def network_of(address: str | None) -> str:
    """The network that an address is counted with: an IPv6 customer has a whole /64."""
    if address is None:
        return "unknown"
    if ip_address(address).version == 6:
        return str(ip_network(f"{address}/64", strict=False))
    return address


def tries_of(*, email: str, device_token: str, origin: Origin) -> list[limits.Try]:
    """What one try to sign in counts under.

    A browser on which this person has signed in before is counted by itself: who guesses cannot lock its owner out.
    """
    account, network = account_of(email), network_of(origin.address)
    digest = device_digest(device_token)
    known = KnownDevice.objects.annotate(of=Lower("user__email")).filter(digest=digest, of=account).exists()
    by_account: list[limits.Try] = (
        [(limits.SIGN_IN_BY_KNOWN_DEVICE, (account, digest.hex()))]
        if device_token and known
        else [
            (limits.SIGN_IN_BY_ACCOUNT_AND_NETWORK, (account, network)),
            (limits.SIGN_IN_BY_ACCOUNT, (account,)),
        ]
    )
    return [*by_account, (limits.SIGN_IN_BY_NETWORK, (network,)), (limits.SIGN_IN_BY_ANYBODY, ())]


def user_with(email: str) -> User | None:
    """The account that has an address now, switched off or not."""
    return User.objects.annotate(of=Lower("email")).filter(of=account_of(email)).first()


def note_failure(*, email: str, origin: Origin) -> None:
    """Write a wrong password down, under the person if the address is one's; the address itself is not kept."""
    record(Event.SIGN_IN_FAILED, origin=origin, person=user_with(email))


def note_pause(*, email: str, origin: Origin, now: datetime) -> None:
    """Write a pause down, and tell the person, once in its time.

    Known and unknown cost the same: whether there is an account is asked when the message is sent.
    """
    account = account_of(email)
    if limits.PAUSE_TOLD.take(account, now=now):
        record(Event.SIGN_IN_PAUSED, origin=origin, person=user_with(email))
        post("paused", to=account, address=origin.address)
