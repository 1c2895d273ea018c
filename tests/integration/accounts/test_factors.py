"""One's own second factors: seen, added and taken away after a fresh proof."""

import html
import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from django_otp.oath import TOTP

from accounts import sealing
from accounts.models import AuthenticatorApp, Passkey, RecoveryCode, SecurityEvent, SignIn
from accounts.operations import factors
from accounts.origin import SERVICE
from accounts.views.factors import MOST_APPS, NEW_APP_KEY
from tests.conftest import PortalClient, code_of_app, give_factor
from tests.integration.pages import read
from tests.unit.accounts.operations.test_passkeys import Authenticator

LIST, ADD_APP, ADD_PASSKEY = "/account/factors/", "/account/factors/app/", "/account/factors/passkey/"
CODES = "/account/factors/recovery-codes/"


def app_of(user):
    return AuthenticatorApp.objects.filter(user=user).latest("pk")


def removal(factor, kind="app"):
    return f"/account/factors/{kind}/{factor.pk}/remove/"


def code_of_new_app(client):
    """What an app shows that has read the picture on the page."""
    totp = TOTP(sealing.opened(client.session[NEW_APP_KEY].encode()))
    totp.time = time.time()
    return f"{totp.token():06d}"


@pytest.fixture
def signed_in(client, shipper):
    client.force_login(shipper)
    return client


def second_app(user):
    return AuthenticatorApp.objects.create(
        user=user, name="Work telephone", sealed_key=sealing.sealed(factors.new_seed()), created_at=timezone.now()
    )


# -- the list


def test_the_list_says_what_one_has(signed_in, shipper):
    factors.make_recovery_codes(user=shipper, origin=SERVICE, now=timezone.now())
    response = signed_in.get(LIST)

    assert read(response).rows[0]["Name"] == "App"
    assert read(response).rows[0]["Kind"] == "Authenticator app"
    assert read(response).rows[0]["Last used"] == "Never"
    assert "10 of ten left" in response.text
    assert "Your role needs at least one." in response.text


def test_who_has_none_is_offered_one(client, reader):
    client.force_login(reader)

    assert read(client.get(LIST)).links["Set up a second factor"] == "/sign-in/first-factor/?next=/account/factors/"


@pytest.mark.parametrize("path", [ADD_APP, ADD_PASSKEY, CODES, "/account/factors/app/1/remove/"])
def test_who_has_none_makes_the_first_one_where_the_mailbox_is_asked_for(client, reader, path):
    client.force_login(reader)

    for response in (client.get(path), client.post(path)):
        assert response.url == "/sign-in/first-factor/"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", [ADD_APP, ADD_PASSKEY, CODES, "/account/factors/app/1/remove/"])
def test_each_change_asks_for_a_fresh_proof(signed_in, shipper, path, method):
    SignIn.objects.filter(user=shipper).update(proved_at=timezone.now() - timedelta(minutes=6))
    path = path.replace("/1/", f"/{app_of(shipper).pk}/")

    assert getattr(signed_in, method)(path).url == f"/sign-in/proof/?next={path}"
    assert AuthenticatorApp.objects.filter(user=shipper).count() == 1
    assert not RecoveryCode.objects.exists()


def test_the_proof_is_a_factor_and_leads_back(signed_in, shipper):
    SignIn.objects.filter(user=shipper).update(proved_at=timezone.now() - timedelta(minutes=6))
    asked = signed_in.get(ADD_APP).url
    assert 'name="password"' not in signed_in.get(asked).text

    response = signed_in.post(asked, {"code": code_of_app(), "next": ADD_APP})

    assert response.url == ADD_APP
    assert signed_in.get(ADD_APP).status_code == 200


# -- added


def test_another_app_is_added_by_its_first_code(signed_in, shipper):
    page = signed_in.get(ADD_APP)
    assert "<svg" in page.text
    before = signed_in.cookies["session"].value

    response = signed_in.post(ADD_APP, {"code": code_of_new_app(signed_in), "name": "Work telephone"}, follow=True)

    assert "The authenticator app has been added." in response.text
    assert [row["Name"] for row in read(response).rows] == ["App", "Work telephone"]
    assert signed_in.cookies["session"].value != before
    assert NEW_APP_KEY not in signed_in.session
    assert SecurityEvent.objects.filter(person_id=shipper.pk, event="account:factor:added").exists()


def test_the_seed_stays_the_same_while_the_page_is_tried_again(signed_in):
    signed_in.get(ADD_APP)
    seed = signed_in.session[NEW_APP_KEY]
    signed_in.post(ADD_APP, {"code": "000000"})
    signed_in.get(ADD_APP)

    assert signed_in.session[NEW_APP_KEY] == seed


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"code": ""}, "Enter the code."),
        ({"code": "000000"}, "This code is not right."),
        ({"code": "x" * 41}, "A code has six digits"),
        ({"code": "1\0"}, "Null characters are not allowed"),
        ({"code": "²²²²²²"}, "This code is not right."),
        ({"code": "000000", "name": "x" * 65}, "at most 64 characters"),
        ({"code": "000000", "name": "a\nb"}, "on one line"),
    ],
)
def test_a_code_or_name_that_will_not_do_gets_a_message(signed_in, shipper, form, said):
    signed_in.get(ADD_APP)

    response = signed_in.post(ADD_APP, form)

    assert response.status_code == 200
    assert said in response.text
    assert AuthenticatorApp.objects.filter(user=shipper).count() == 1


def test_codes_of_a_new_app_are_tried_five_times(signed_in, shipper):
    signed_in.get(ADD_APP)
    for _ in range(5):
        signed_in.post(ADD_APP, {"code": "000000"})

    assert "Too many wrong codes" in signed_in.post(ADD_APP, {"code": code_of_new_app(signed_in)}).text
    assert AuthenticatorApp.objects.filter(user=shipper).count() == 1


def test_an_account_has_so_many_apps_and_no_more(signed_in, shipper):
    for _ in range(MOST_APPS - 1):
        second_app(shipper)

    assert "Remove one first." in signed_in.get(ADD_APP, follow=True).text


def asked_of_browser(page):
    """What the page asks the browser to make a passkey of."""
    return html.unescape(re.search(r'data-passkey="create" data-options="([^"]+)"', page.text)[1])


def test_a_passkey_is_added_under_its_name(signed_in, shipper):
    before = signed_in.cookies["session"].value
    answer = Authenticator().make(asked_of_browser(signed_in.get(ADD_PASSKEY)))

    response = signed_in.post(ADD_PASSKEY, {"passkey": answer, "name": "Security key"}, follow=True)

    assert "The passkey has been added." in response.text
    assert (read(response).rows[1]["Name"], read(response).rows[1]["Kind"]) == ("Security key", "Passkey")
    assert signed_in.cookies["session"].value != before
    assert signed_in.post(removal(Passkey.objects.get(user=shipper), "passkey")).url == LIST
    assert not Passkey.objects.exists()


def test_an_answer_is_good_for_the_page_that_asked_for_it(signed_in):
    authenticator, other = Authenticator(), Authenticator()
    old = asked_of_browser(signed_in.get(ADD_PASSKEY))
    signed_in.get(ADD_PASSKEY)

    response = signed_in.post(ADD_PASSKEY, {"passkey": authenticator.make(old)})

    assert "This passkey could not be added." in response.text
    assert signed_in.post(ADD_PASSKEY, {"passkey": other.make(asked_of_browser(response))}).url == LIST
    assert Passkey.objects.count() == 1


@pytest.mark.parametrize("answer", ["", "x", "[]", "{}", "\0", "[" * 19_000, "x" * 30_000])
def test_an_answer_that_is_none_gets_a_message(signed_in, answer):
    signed_in.get(ADD_PASSKEY)

    response = signed_in.post(ADD_PASSKEY, {"passkey": answer})

    assert response.status_code == 200
    assert "This passkey could not be added." in response.text


# -- taken away


def test_one_of_two_is_removed_and_the_other_sessions_end(signed_in, shipper):
    old, new = app_of(shipper), second_app(shipper)
    other = PortalClient()
    other.force_login(shipper)
    assert "Remove “Work telephone”?" in signed_in.get(removal(new)).text

    response = signed_in.post(removal(new), follow=True)

    assert "Work telephone has been removed." in response.text
    assert list(AuthenticatorApp.objects.filter(user=shipper)) == [old]
    assert other.get("/").url == "/sign-in/?next=/"


def test_who_removes_the_factor_they_signed_in_with_is_asked_for_the_other(signed_in, shipper):
    old = app_of(shipper)
    second_app(shipper)

    assert signed_in.post(removal(old)).url == LIST
    assert signed_in.get(LIST).url == f"/sign-in/proof/?next={LIST}"


def test_the_last_one_stays_where_the_role_needs_one(signed_in, shipper):
    last = app_of(shipper)
    page = signed_in.get(removal(last))
    assert "Add another one first." in page.text
    assert "Remove it" not in page.text

    response = signed_in.post(removal(last), follow=True)

    assert "is your only second factor, and your role needs one. Add another one first." in response.text
    assert AuthenticatorApp.objects.filter(user=shipper).exists()


def test_the_last_one_of_who_need_not_have_one_is_removed_with_the_codes(client, reader):
    factor = give_factor(reader)
    factors.make_recovery_codes(user=reader, origin=SERVICE, now=timezone.now())
    client.force_login(reader)
    assert "your recovery codes are gone too" in client.get(removal(factor)).text

    client.post(removal(factor))

    assert not factors.factors_of(reader)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_sees_or_removes_the_factor_of_another(signed_in, lso, method):
    assert getattr(signed_in, method)(removal(app_of(lso))).status_code == 404
    assert AuthenticatorApp.objects.filter(user=lso).exists()


@pytest.mark.parametrize("path", ["app/0", "app/" + "9" * 19, "app/" + "9" * 40, "passkey/1", "codes/1", "x/1"])
def test_a_factor_that_never_was_is_not_found(signed_in, path):
    assert signed_in.post(f"/account/factors/{path}/remove/").status_code == 404


def test_recovery_codes_are_not_removed_by_themselves(signed_in, shipper):
    factors.make_recovery_codes(user=shipper, origin=SERVICE, now=timezone.now())
    codes = next(factor for factor in factors.factors_of(shipper) if factor.kind == "Recovery codes")

    assert signed_in.post(removal(codes, "recovery-codes")).status_code == 404


# -- recovery codes


def test_new_codes_are_shown_once_and_take_the_place_of_the_old(signed_in, shipper):
    old = factors.make_recovery_codes(user=shipper, origin=SERVICE, now=timezone.now())
    assert "The 10 that you have left are good no more." in signed_in.get(CODES).text

    page = signed_in.post(CODES)

    assert read(page).heading == "Your recovery codes"
    assert page.text.count("<li><code>") == 10
    assert not any(code in page.text for code in old)
    assert read(page).links["I have kept them. Continue"] == LIST
    assert page["Cache-Control"] == "no-store"
    assert "<li><code>" not in signed_in.get(CODES).text
    assert factors.check_code(user=shipper, code=old[0], origin=SERVICE, now=timezone.now()) is None
