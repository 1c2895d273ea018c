"""How sign-in behaves here."""

from allauth.account.adapter import get_adapter

from accounts.adapter import AccountAdapter


def test_nobody_signs_up(rf):
    adapter = get_adapter(rf.get("/"))

    assert isinstance(adapter, AccountAdapter)
    assert not adapter.is_open_for_signup(rf.get("/"))
