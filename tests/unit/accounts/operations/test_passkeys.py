"""Passkeys, with an authenticator made of a key and a counter."""

import hashlib
import json
import os
import struct
from datetime import timedelta

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from accounts.models import Passkey, SecurityEvent
from accounts.operations import passkeys
from accounts.operations.factors import TooManyTries
from accounts.origin import SERVICE

ORIGIN, SITE = "http://localhost:8000", "localhost"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """What a telephone does: makes a key for a site, and signs challenges with it."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(32)
        self.count = 0

    def data(self, flags: int, site: str = SITE) -> bytes:
        self.count += 1
        return hashlib.sha256(site.encode()).digest() + struct.pack(">BI", flags, self.count)

    def answer(self, **response: bytes) -> str:
        said = {name: bytes_to_base64url(value) for name, value in response.items()}
        own = bytes_to_base64url(self.id)
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": said})

    def make(self, options: str, *, flags: int = PRESENT | VERIFIED, origin: str = ORIGIN) -> str:
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        data = self.data(flags | ATTESTED) + attested
        client = client_data("webauthn.create", options, origin)
        return self.answer(
            clientDataJSON=client, attestationObject=cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        )

    def sign(self, options: str, *, flags: int = PRESENT | VERIFIED, origin: str = ORIGIN, site: str = SITE) -> str:
        client = client_data("webauthn.get", options, origin)
        data = self.data(flags, site)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self.answer(clientDataJSON=client, authenticatorData=data, signature=signature)


def client_data(kind: str, options: str, origin: str) -> bytes:
    challenge = json.loads(options)["challenge"]
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()


class Person:
    """One person with their session, at a moment."""

    def __init__(self, user):
        self.user, self.session, self.now = user, {}, timezone.now()

    def register(self, authenticator, **how):
        options = passkeys.ask_to_register(user=self.user, session=self.session, now=self.now)
        return self.give(authenticator.make(options, **how))

    def give(self, answer):
        return passkeys.register(
            user=self.user, answer=answer, name="Key", session=self.session, origin=SERVICE, now=self.now
        )

    def asked(self):
        return passkeys.ask_to_prove(user=self.user, session=self.session, now=self.now)

    def prove(self, answer):
        return passkeys.prove(user=self.user, answer=answer, session=self.session, origin=SERVICE, now=self.now)


@pytest.fixture
def somebody(reader):
    return Person(reader)


@pytest.fixture
def telephone():
    return Authenticator()


def test_a_passkey_is_made_and_proves_who_holds_it(somebody, telephone):
    made = somebody.register(telephone)

    assert bytes(made.credential_id) == telephone.id
    assert somebody.prove(telephone.sign(somebody.asked())) == made
    assert Passkey.objects.get().sign_count == telephone.count
    assert SecurityEvent.objects.filter(event="account:factor:added", detail="Passkey: Key").exists()


def test_the_browser_is_asked_for_proof_of_the_person_and_for_their_own_passkeys_only(somebody, telephone):
    assert somebody.asked() == ""
    somebody.register(telephone)
    asked = json.loads(somebody.asked())

    assert asked["userVerification"] == "required"
    assert [base64url_to_bytes(allowed["id"]) for allowed in asked["allowCredentials"]] == [telephone.id]


def test_a_challenge_is_good_for_one_answer(somebody, telephone):
    somebody.register(telephone)
    answer = telephone.sign(somebody.asked())
    somebody.prove(answer)

    with pytest.raises(passkeys.NotAccepted):
        somebody.prove(answer)


def test_a_challenge_is_good_for_five_minutes(somebody, telephone):
    somebody.register(telephone)
    answer = telephone.sign(somebody.asked())
    somebody.now += timedelta(minutes=6)

    with pytest.raises(passkeys.NotAccepted, match="took too long"):
        somebody.prove(answer)


@pytest.mark.parametrize(
    "how",
    [{"flags": PRESENT}, {"flags": 0}, {"origin": "https://evil.example"}, {"site": "evil.example"}],
    ids=["person not verified", "nobody there", "another site's page", "another site's key"],
)
def test_what_does_not_prove_it_is_refused_and_written_down(somebody, telephone, how):
    somebody.register(telephone)

    with pytest.raises(passkeys.NotAccepted, match="was not accepted"):
        somebody.prove(telephone.sign(somebody.asked(), **how))
    assert SecurityEvent.objects.filter(event="account:factor:failure").count() == 1


def test_a_copied_passkey_whose_counter_stands_back_is_refused(somebody, telephone):
    somebody.register(telephone)
    somebody.prove(telephone.sign(somebody.asked()))
    telephone.count = 0

    with pytest.raises(passkeys.NotAccepted):
        somebody.prove(telephone.sign(somebody.asked()))


def test_the_passkey_of_another_proves_nothing(somebody, telephone, lso):
    other, own = Person(lso), Authenticator()
    other.register(telephone)
    somebody.register(own)

    with pytest.raises(passkeys.NotAccepted):
        somebody.prove(telephone.sign(somebody.asked()))


@pytest.mark.parametrize(
    "answer",
    ["", "x", "[]", "{}", "null", '{"id": 1}', '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
     "[" * 10_000, "9" * 30_000, '{"id": "\\ud800"}'],
)  # fmt: skip
def test_nonsense_is_refused(somebody, telephone, answer):
    somebody.register(telephone)
    somebody.asked()
    with pytest.raises(passkeys.NotAccepted):
        somebody.prove(answer)
    passkeys.ask_to_register(user=somebody.user, session=somebody.session, now=somebody.now)
    with pytest.raises(passkeys.NotAccepted):
        somebody.give(answer)


def test_guessing_ends_after_five_tries(somebody, telephone):
    somebody.register(telephone)
    for _ in range(5):
        somebody.asked()
        with pytest.raises(passkeys.NotAccepted):
            somebody.prove("{}")

    with pytest.raises(TooManyTries):
        somebody.prove(telephone.sign(somebody.asked()))


@pytest.mark.parametrize("how", [{"flags": PRESENT}, {"origin": "https://evil.example"}])
def test_a_passkey_is_not_added_from_elsewhere_or_without_proof_of_the_person(somebody, telephone, how):
    with pytest.raises(passkeys.NotAccepted, match="could not be added"):
        somebody.register(telephone, **how)
    assert not Passkey.objects.exists()


def test_a_passkey_is_added_once(somebody, telephone):
    somebody.register(telephone)

    with pytest.raises(passkeys.NotAccepted, match="has been added already"):
        somebody.register(telephone)


def test_an_account_has_ten_passkeys_at_most(somebody):
    for _ in range(10):
        somebody.register(Authenticator())

    with pytest.raises(passkeys.NotAccepted, match="at most 10"):
        somebody.register(Authenticator())


def test_a_typed_code_is_never_that_of_a_passkey(somebody, telephone):
    assert not somebody.register(telephone).verify_token("123456")
