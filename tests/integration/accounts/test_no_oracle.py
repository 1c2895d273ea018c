"""Nobody learns from an answer, or from what it costs, whether an address has an account."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

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


def asked(path, form):
    """The status, the address, the page and the statements of one form, in a browser of its own."""
    LimitCount.objects.all().delete()
    client = PortalClient()
    client.get(path)
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


def test_a_pause_says_the_same_for_every_address(client, addresses):
    def paused(address):
        for _ in range(6):
            response = client.post("/sign-in/", {"login": address, "password": "not it"})
        return response.status_code, body(response)

    answers = [paused(address) for address in addresses]

    assert all(answer == answers[0] for answer in answers)
    assert "Too many attempts" in answers[0][1]


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
