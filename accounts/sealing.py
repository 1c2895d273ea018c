"""Encryption and keyed digests of what must not be read from the database, with keys kept outside it.

The keys are derived from `FACTOR_KEYS`, the first of which seals; the others still open what they sealed, so that a key
can be replaced. `docs/operations.md` says how.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

# Characters that are not taken for one another when read aloud.
SPOKEN = "abcdefghjkmnpqrstuvwxyz23456789"


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    derived = (hashlib.blake2b(key.encode(), digest_size=32, person=b"des factor seal ").digest() for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in derived])


def sealed(secret: bytes) -> bytes:
    """A secret encrypted and authenticated, under the first key."""
    return _box(tuple(settings.FACTOR_KEYS)).encrypt(secret)


def opened(token: bytes) -> bytes:
    """What was sealed. Raises `cryptography.fernet.InvalidToken` where no key fits."""
    return _box(tuple(settings.FACTOR_KEYS)).decrypt(token)


def digest(secret: str) -> bytes:
    """A keyed digest: who reads the database can neither find the secret by trying nor make a digest of another."""
    key = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"des secret hash ").digest()
    return hmac.digest(key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256)


def new_token() -> str:
    """A secret for a link or a cookie: 256 bits."""
    return secrets.token_urlsafe(32)


def new_code(*, groups: int, length: int = 4) -> str:
    """A secret that people read and type, such as `k3mp-7wqa`; each character holds almost five bits."""
    return "-".join("".join(secrets.choice(SPOKEN) for _ in range(length)) for _ in range(groups))
