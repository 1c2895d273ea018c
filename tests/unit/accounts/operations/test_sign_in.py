"""Addresses as they are compared."""

import pytest

from accounts.operations.sign_in import mailbox_of


@pytest.mark.parametrize("email", ["lso@example.com", " LSO@Example.com ", "lso+2@example.com", "LSO+a+b@example.com"])
def test_one_mailbox_has_many_addresses(email):
    assert mailbox_of(email) == "lso@example.com"


@pytest.mark.parametrize("email", ["lso@other.example", "lso2@example.com", "l+so@example.com"])
def test_another_mailbox_is_another(email):
    assert mailbox_of(email) != "lso@example.com"
