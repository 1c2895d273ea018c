"""Second factors, as devices of django-otp, which alone says whether a person is verified.

What is stored cannot be used by who reads it: the seed of an authenticator app is encrypted and recovery codes are
hashed, with keys that are kept outside the database (`accounts/sealing.py`).
"""

import time
from typing import ClassVar

from django.db import models
from django_otp.models import Device, DeviceManager
from django_otp.oath import TOTP

from accounts import sealing

STEP = 30  # seconds
TOLERANCE = 1  # steps of 30 seconds that a clock may be off
RECOVERY_CODES = 10


class Factor(Device):
    """One second factor of a person."""

    # The kind as people read it.
    kind: ClassVar[str]

    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[DeviceManager] = DeviceManager()

    class Meta:
        abstract = True


class AuthenticatorApp(Factor):
    """A time-based code (RFC 6238): six digits, 30 seconds, SHA-1, as every authenticator app has it."""

    kind = "Authenticator app"

    sealed_key = models.BinaryField(help_text="The seed, encrypted.")
    last_step = models.BigIntegerField(default=-1, help_text="The step of the last code taken: none before is taken.")

    def verify_token(self, token: str) -> bool:
        """Whether a code is right and new. Call it through `django_otp.verify_token`, which locks the row."""
        if not (token.isascii() and token.isdecimal() and len(token) == 6):
            return False
        totp = TOTP(sealing.opened(bytes(self.sealed_key)), step=STEP)
        totp.time = time.time()
        if not totp.verify(int(token), tolerance=TOLERANCE, min_t=self.last_step + 1):
            return False
        self.last_step = totp.t()
        self.save(update_fields=["last_step"])
        return True


class Passkey(Factor):
    """A WebAuthn credential: only the device that holds its private key can sign for it."""

    kind = "Passkey"

    credential_id = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField()
    transports = models.JSONField(default=list)

    def verify_token(self, token: str) -> bool:
        """Never: a passkey answers a challenge, which `accounts/operations/passkeys.py` checks."""
        return False


class RecoveryCodes(Factor):
    """Ten codes to sign in with when the other factors are lost, each good once."""

    kind = "Recovery codes"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], name="recovery_codes_are_one_set")]

    def verify_token(self, token: str) -> bool:
        """Whether a code is one of those left, and use it up. Call it through `django_otp.verify_token`."""
        taken, _ = self.codes.filter(digest=sealing.digest(f"recovery:{self.user_id}:{plain(token)}")).delete()
        return taken == 1


class RecoveryCode(models.Model):
    """One recovery code that has not been used."""

    device = models.ForeignKey(RecoveryCodes, on_delete=models.CASCADE, related_name="codes")
    digest = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "digest"], name="recovery_code_is_held_once")]

    def __str__(self) -> str:
        return "a recovery code"


def plain(code: str) -> str:
    """A recovery code without what people add to read it."""
    return code.replace("-", "").replace(" ", "").lower()
