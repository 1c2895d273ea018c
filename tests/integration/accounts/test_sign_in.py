"""Signing in by e-mail and password."""

from datetime import date

import pytest
from django.utils import timezone

from accounts.models import LimitCount, Membership
from tests.conftest import PASSWORD
from tests.integration.pages import read


@pytest.fixture
def supplier_reader(person):
    return person("supplier-reader", "BGF", "supplier", "user")


WRONG = "The e-mail address or the password is not right."
TOO_MANY = "Too many attempts to sign in. Wait 15 minutes, then try again, or ask your Local Security Officer"


def sign_in(client, email="reader@example.com", password=PASSWORD, **fields):
    return client.post("/sign-in/", {"login": email, "password": password, **fields})


def is_signed_in(client):
    return client.get("/").status_code == 200


def test_a_page_that_needs_sign_in_leads_there_and_back(client, reader):
    offered = client.get(client.get("/search/", {"q": "LS1 4AP"}).url)

    response = sign_in(client, next=read(offered).hidden["next"])

    assert (response.status_code, response.url) == (302, "/search/?q=LS1+4AP")


def test_the_shipper_signs_in_and_is_home(client, reader):
    response = sign_in(client)

    assert (response.status_code, response.url) == (302, "/")
    assert is_signed_in(client)


@pytest.mark.parametrize("email", ["READER@EXAMPLE.COM", "Reader@example.com", " reader@example.com "])
def test_the_case_of_an_email_does_not_matter(client, reader, email):
    sign_in(client, email)

    assert is_signed_in(client)


def test_a_known_and_an_unknown_address_are_told_the_same(client, reader):
    known = sign_in(client, password="not the password at all")
    unknown = sign_in(client, "nobody@example.com")

    for response in (known, unknown):
        assert response.status_code == 200
        assert WRONG in response.text
    assert not is_signed_in(client)


def test_a_person_switched_off_is_told_what_anybody_is(client, reader):
    reader.is_active = False
    reader.save()

    response = sign_in(client)

    assert response.status_code == 200
    assert WRONG in response.text
    assert not is_signed_in(client)


def test_a_deleted_account_is_told_what_anybody_is(client, reader):
    reader.is_active, reader.deleted_at = False, timezone.now()
    reader.save()

    response = sign_in(client)

    assert WRONG in response.text
    assert not is_signed_in(client)


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_active": False, "deleted_at": timezone.now()}])
def test_a_person_switched_off_meanwhile_is_signed_out(client, reader, change):
    sign_in(client)
    for name, value in change.items():
        setattr(reader, name, value)
    reader.save()

    assert client.get("/").url == "/sign-in/?next=/"


def test_a_changed_password_ends_the_session(client, reader):
    sign_in(client)
    reader.set_password("another horse battery staple")
    reader.save()

    assert client.get("/").url == "/sign-in/?next=/"


def test_five_wrong_passwords_pause_sign_in_even_with_the_right_one(client, reader):
    for _ in range(5):
        assert WRONG in sign_in(client, password="guess").text

    response = sign_in(client)

    assert TOO_MANY in response.text
    assert not is_signed_in(client)


def test_the_pause_is_for_that_account_and_ends(client, reader, supplier_reader):
    for _ in range(6):
        sign_in(client, password="guess")

    sign_in(client, "supplier-reader@example.com")
    assert is_signed_in(client)

    client.logout()
    LimitCount.objects.all().delete()
    sign_in(client)
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_led_to_another_site(client, reader, elsewhere):
    response = sign_in(client, next=elsewhere)

    assert response.url == "/"


def test_who_is_signed_in_already_goes_home(client, reader):
    sign_in(client)

    assert client.get("/sign-in/").url == "/"


def test_an_outsider_signs_in_and_is_told_that_they_act_for_nobody(client, outsider):
    sign_in(client, "outsider@example.com")

    response = client.get("/")

    assert response.status_code == 403
    assert read(response).heading == "Your account is not in use"
    assert "you do not act for any organisation today" in response.text
    assert response["X-Request-ID"] in response.text


def test_a_membership_that_has_ended_leaves_an_outsider(client, reader):
    Membership.objects.filter(user=reader).update(ended_on=date(2021, 1, 1))
    sign_in(client)

    assert read(client.get("/")).heading == "Your account is not in use"


def test_there_is_no_way_to_sign_up_or_to_other_pages_of_the_library(client, db):
    for path in ("/signup/", "/accounts/signup/", "/password/reset/", "/email/", "/admin/"):
        assert client.get(path).status_code == 404


def test_a_password_is_not_shown_again(client, reader):
    assert "not the password" not in sign_in(client, password="not the password").text


def test_the_session_cookie_is_out_of_reach_and_new_at_sign_in(client, reader):
    client.get("/sign-in/")
    sign_in(client)

    cookie = client.cookies["session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    csrf = client.cookies["csrf"]
    assert (csrf["httponly"], csrf["samesite"]) == (True, "Lax")


def test_signing_in_changes_the_session_key(client, reader, supplier_reader):
    sign_in(client)
    before = client.cookies["session"].value
    client.post("/sign-out/")
    sign_in(client, "supplier-reader@example.com")

    assert client.cookies["session"].value != before
