"""What each kind of person gets at each address: the reviewed table `routes_by_role.txt`."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import AccessRequest, AuthenticatorApp, Membership, Notice, TermsAcceptance
from accounts.operations import invitations
from accounts.origin import SERVICE
from accounts.permissions import MarketRole, PortalRole
from tests.conftest import PASSWORD, PortalClient, owning
from tests.contracts import snapshots
from tests.contracts.test_permissions import all_addresses

# Where somebody is led, by a short word.
LED = {
    "/sign-in/?next=": "sign-in",
    "/sign-in/second-factor/": "factor",
    "/sign-in/first-factor/": "enrol",
    "/sign-in/proof/": "proof",
    "/terms/?next=": "terms",
}


def said(response: Any) -> str:
    """An answer in a word: its status, or where it leads."""
    if response.status_code == 302:
        return next((word for start, word in LED.items() if response["Location"].startswith(start)), "302")
    return str(response.status_code)


@pytest.fixture
def people(
    person: Callable[..., Any],
    reader: Any,
    shipper: Any,
    lso: Any,
    other_lso: Any,
    group_lso: Any,
    support: Any,
    other_support: Any,
    security: Any,
    auditor: Any,
    administrator: Any,
    outsider: Any,
) -> dict[str, Any]:
    """One of each kind, in the order of the table; `None` is nobody."""
    unenrolled = person("unenrolled", "BGF", "shipper", "lso")
    AuthenticatorApp.objects.filter(user=unenrolled).delete()
    unagreed = person("unagreed", "BGF", "shipper", "user")
    with owning():
        TermsAcceptance.objects.filter(user=unagreed).delete()
    return {
        "nobody": None,
        "half": lso,
        "unenrolled": unenrolled,
        "no-terms": unagreed,
        "outsider": outsider,
        "reader": reader,
        "exporter": shipper,
        "lso": lso,
        "other-lso": other_lso,
        "group-lso": group_lso,
        "idle-support": other_support,
        "support": support,
        "security": security,
        "auditor": auditor,
        "admin": administrator,
    }


@pytest.fixture
def things(people: dict[str, Any], keys: dict[str, str]) -> dict[str, Any]:
    """What stands in the addresses: people and things of the organisation of `lso`, by the name of the parameter."""
    now, exporter = timezone.now(), people["exporter"]
    membership = Membership.objects.get(user=exporter)
    organisation = membership.organisation
    asked = AccessRequest.objects.create(
        kind="person",
        state="open",
        email="applicant@example.com",
        name="Applicant",
        organisation=organisation,
        market_role="shipper",
        portal_roles=["user"],
        purpose="Billing",
        made_at=now,
        confirmed_at=now,
        target_at=now,
        expires_at=now + timedelta(days=30),
    )
    attachment = asked.attachments.create(title="Agreement.pdf", size=10, sha256="", added_at=now)
    invitation = invitations.invite(
        email="invited@elsewhere.example",
        name="Invited",
        organisation=organisation,
        market_role=MarketRole.SHIPPER,
        portal_roles=[PortalRole.USER],
        by=None,
        origin=SERVICE,
        now=now,
    )
    notice = Notice.objects.create(
        kind="news", title="News", text="News", shown_from=now, published_by=people["admin"], published_at=now
    )
    return {
        "membership_id": membership.pk,
        "person": exporter.pk,
        "organisation": organisation.pk,
        "role": organisation.participants.first().pk,
        "domain": organisation.domains.create(domain="bgf.example").pk,
        "version": 1,
        "request_id": asked.pk,
        "attachment_id": attachment.pk,
        "invitation_id": invitation.pk,
        "invitation": invitation.pk,
        "notice": notice.pk,
        "mprn": keys["mprn"],
        "slug": "terms-of-use",
    }


# Where a parameter of the same name means another thing.
OTHERWISE = {"enquire": {"slug": "meter-points"}}
# These end the session, or hold what is somebody's own, so that nobody else's is there.
NOBODYS = {"uuid": "00000000-0000-4000-8000-000000000000", "int": "1", "slug": "app", "str": "not-a-token"}


def path_of(route: str, name: str, things: dict[str, Any]) -> str:
    """An address with something real in it, where it is about anything but what is one's own."""

    def value(match: re.Match[str]) -> str:
        kind, parameter = match[1], match[2]
        known = things | OTHERWISE.get(name, {})
        return str(known.get(parameter) or NOBODYS[kind])

    return "/" + re.sub(r"<(\w+):(\w+)>", value, route)


def browser_of(name: str, person: Any) -> PortalClient:
    """A browser in which somebody is signed in, or has given the password only."""
    browser = PortalClient()
    if name == "half":
        browser.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    elif person:
        browser.force_login(person)
    return browser


def answer(browser: PortalClient, method: str, path: str) -> str:
    """What a look, or an empty form, gets; whatever it does is undone."""
    again = PortalClient()
    again.cookies.load({name: morsel.value for name, morsel in browser.cookies.items()})
    with transaction.atomic():
        response = again.get(path) if method == "GET" else again.post(path, {})
        word = said(response)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return word


def test_what_each_gets_at_each_address(people, things, settings, monkeypatch) -> None:
    settings.LIMITS = {name: (100_000, seconds) for name, (_tries, seconds) in settings.LIMITS.items()}
    monkeypatch.setattr("des.exports.tasks.write.delay", lambda **_message: None)
    browsers = {name: browser_of(name, person) for name, person in people.items()}
    rows = [("method", "address", *people)]
    for route, pattern in all_addresses():
        path = path_of(route, pattern.name, things)
        for method in ("GET", "POST"):
            answers = [answer(browser, method, path) for browser in browsers.values()]
            assert "500" not in answers, f"{method} {path}"
            if set(answers) != {"405"}:
                rows.append((method, f"/{route}", *answers))

    snapshots.check("routes_by_role.txt", snapshots.columns(rows))


@pytest.mark.parametrize("name", ["half", "unenrolled", "no-terms"])
def test_before_a_gate_is_passed_nothing_answers_but_what_leads_through_it(people, things, name) -> None:
    """A half login, an LSO without a factor, a person with terms to accept: no page of the service, by any method."""
    browser = browser_of(name, people[name])
    led = {"half": {"sign-in"}, "unenrolled": {"enrol"}, "no-terms": {"terms"}}[name]
    for route, pattern in all_addresses():
        stands_before = getattr(pattern.callback, "stands_before", frozenset())
        if (
            pattern.callback.permission is None
            or stands_before & {"half": set(), "unenrolled": {"factor"}, "no-terms": {"terms"}}[name]
        ):
            continue
        for method in ("GET", "POST"):
            word = answer(browser, method, path_of(route, pattern.name, things))
            assert word in led | {"405"}, f"{method} /{route}: {word}"
