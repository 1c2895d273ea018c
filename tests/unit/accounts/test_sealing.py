"""What is sealed opens with its key only; digests need the key; codes can be read aloud."""

import pytest
from cryptography.fernet import InvalidToken

from accounts import sealing


def test_what_is_sealed_is_opened_and_never_looks_the_same_twice():
    first, second = sealing.sealed(b"seed"), sealing.sealed(b"seed")

    assert first != second
    assert sealing.opened(first) == sealing.opened(second) == b"seed"


def test_a_key_can_be_replaced_while_the_old_one_still_opens(settings):
    settings.FACTOR_KEYS = ["old " * 8]
    old = sealing.sealed(b"seed")
    settings.FACTOR_KEYS = ["new " * 8, "old " * 8]
    assert sealing.opened(old) == b"seed"

    settings.FACTOR_KEYS = ["new " * 8]
    with pytest.raises(InvalidToken):
        sealing.opened(old)


def test_what_was_tampered_with_does_not_open():
    token = bytearray(sealing.sealed(b"seed"))
    token[20] ^= 1

    with pytest.raises(InvalidToken):
        sealing.opened(bytes(token))


def test_a_digest_needs_the_key(settings):
    digest = sealing.digest("secret")
    assert digest == sealing.digest("secret")
    assert digest != sealing.digest("secret2")

    settings.SECRET_KEY = "another key of thirty-two characters"
    assert digest != sealing.digest("secret")


def test_any_text_has_a_digest():
    assert sealing.digest("\ud800\0")


def test_codes_are_read_aloud_without_doubt():
    code = sealing.new_code(groups=4)

    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert not set("ilo01") & set(sealing.SPOKEN)
    assert len({sealing.new_code(groups=4) for _ in range(1_000)}) == 1_000
