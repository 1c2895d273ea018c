"""Nobody learns from an answer, or from what it costs, whether an address has an account."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import mail
from accounts.minting import MINTS
from accounts.models import LimitCount, Mail
from tests.conftest import PortalClient


def shape(sql: str) -> str:
    """A statement without its values, and without the names that the driver gives."""
    sql = re.sub(r"\b_django_curs_\w+|\bs\d+_x\d+\b", "name", sql)
    return re.sub(r"'(?:[^']|'')*'|\b\d+\b", "?", sql).replace("?::uuid", "NULL")


def body(response) -> str:
    """A page without what is its own each time."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.text)
    return re.sub(r"Request \w+|[\w.-]+@example\.com", "", text)


def asked(path, form, *, before=0):
    """The status, the address, the page and the statements of one form, in a browser of its own.

    The same form may have been sent some times before.
    """
    LimitCount.objects.all().delete()
    client = PortalClient()
    client.get(path)
    for _ in range(before):
        client.post(path, form)
    with CaptureQueriesContext(connection) as queries:
        response = client.post(path, form)
    return response.status_code, response.get("Location"), body(response), [shape(query["sql"]) for query in queries]


@pytest.fixture
def addresses(reader, outsider, person):
    off = person("off")
    off.is_active = False
    off.save()
    gone = person("gone")
    gone.is_active, gone.deleted_at = False, timezone.now()
    gone.save()
    return ["reader@example.com", "outsider@example.com", "off@example.com", "gone@example.com", "nobody@example.com"]


def test_a_wrong_password_says_and_costs_the_same_for_every_address(addresses):
    answers = [asked("/sign-in/", {"login": address, "password": "not it"}) for address in addresses]

    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 200


def test_a_pause_says_and_costs_the_same_for_every_address(addresses, mailoutbox):
    answers = [asked("/sign-in/", {"login": address, "password": "not it"}, before=5) for address in addresses]

    assert all(answer == answers[0] for answer in answers)
    assert "Too many attempts" in answers[0][2]
    assert Mail.objects.filter(template="paused").count() == len(addresses)
    mail.send_waiting(mints=MINTS, now=timezone.now())
    told = [message for message in mailoutbox if message.subject.startswith("Sign-in to your account is paused")]
    assert [message.to for message in told] == [["reader@example.com"], ["outsider@example.com"]]
    assert "For 15 minutes" in told[0].body
    assert "http://localhost:8000/reset/" in told[0].body


@pytest.mark.parametrize(("path", "name"), [("/sign-in/", "login"), ("/reset/", "email")])
def test_an_address_that_grows_in_small_letters_is_nobodys(db, path, name):
    """A sharp s is two letters then."""
    address = "a@" + ".".join(["ß" * 31] * 7) + ".de"

    statuses = {asked(path, {name: address, "password": "not it"}, before=5)[0] for _ in range(2)}

    assert statuses <= {200, 302, 422}


def test_asking_for_a_link_says_and_costs_the_same_for_every_address(addresses):
    answers = [asked("/reset/", {"email": address}) for address in addresses]

    assert all(answer == answers[0] for answer in answers)
    assert Mail.objects.filter(template="reset").count() == len(addresses)


def test_a_code_by_telephone_says_and_costs_the_same_for_every_address(addresses):
    form = {"code": "aaaa-bbbb-cccc", "password": "drift lantern cobble wharf"}
    answers = [asked("/reset/code/", form | {"email": address}) for address in addresses]

    assert all(answer == answers[0] for answer in answers)


def test_asking_for_access_says_and_costs_the_same_for_every_address(addresses):
    form = {
        "kind": "person",
        "name": "Sam",
        "organisation": "BGF",
        "organisation_name": "BGF",
        "market_role": "shipper",
        "portal_roles": ["user"],
        "purpose": "Billing enquiries of our own customers",
    }
    answers = [asked("/request-access/", form | {"email": address}) for address in addresses]

    assert all(answer == answers[0] for answer in answers)
