"""Access requests for tests, as the form, the LSOs and support make them, and how they are looked at."""

import re
from datetime import timedelta

from django.utils import timezone

from accounts import mail
from accounts.minting import MINTS
from accounts.models import AccessRequest, MarketParticipant, Membership, RequestKind, RequestState
from accounts.operations import requests
from accounts.origin import SERVICE
from accounts.permissions import MarketRole, PortalRole
from tests.conftest import PortalClient
from tests.integration.pages import read

PERSON = {
    "kind": "person",
    "name": "Nora New",
    "email": "nora@example.com",
    "telephone": "0113 496 0000",
    "organisation_name": "BGF",
    "portal_roles": ["user"],
    "purpose": "To answer our customers’ questions.",
}
APPROVE = {"action": "approve", "market_role": "shipper", "portal_roles": ["user"]}
# What support approves of `new_organisation`.
NEW = APPROVE | {
    "organisation_name": "Newcomer Gas Ltd",
    "company_number": "01234567",
    "market_role": "supplier",
    "short_code": "NGL",
    "portal_roles": ["lso", "user"],
}


def organisation(short_code="BGF"):
    return MarketParticipant.objects.get(short_code=short_code, market_role="shipper").organisation


def asked(**about):
    """A request of a new person, confirmed a minute ago."""
    now = timezone.now() - timedelta(minutes=1)
    fields = {
        "kind": RequestKind.PERSON,
        "state": RequestState.OPEN,
        "email": "nora@example.com",
        "name": "Nora New",
        "organisation": organisation() if about.get("kind", RequestKind.PERSON) == RequestKind.PERSON else None,
        "organisation_name": "BGF",
        "market_role": "shipper",
        "portal_roles": ["exporter", "user"],
        "purpose": "To answer our customers.",
        "made_at": now,
        "confirmed_at": now,
        **requests.due(now),
    }
    return AccessRequest.objects.create(**fields | about)


def new_organisation(**about):
    return asked(
        **{
            "kind": RequestKind.ORGANISATION,
            "organisation_name": "Newcomer Gas Ltd",
            "company_number": "01234567",
            "portal_roles": ["lso", "user"],
            "market_role": "supplier",
        }
        | about
    )


def lso_asked(person, by, *roles):
    membership = Membership.objects.select_related("organisation").get(user=person)
    return requests.ask_for_lso(
        membership=membership, roles=roles or [PortalRole.LSO], by=by, origin=SERVICE, now=timezone.now()
    )


def lso_invitation_asked(by, email="nora@example.com"):
    return requests.ask_for_lso_invitation(
        email=email,
        name="Nora New",
        organisation=organisation(),
        market_role=MarketRole.SHIPPER,
        portal_roles=[PortalRole.LSO],
        by=by,
        origin=SERVICE,
        now=timezone.now(),
    )


def lost(person):
    return requests.ask_for_lost_factor(person=person, filed_by=None, reason="", origin=SERVICE, now=timezone.now())


def signed_in(user):
    browser = PortalClient()
    browser.force_login(user)
    return browser


def page_of(request):
    return f"/requests/{request.pk}/"


def decide(user, request, **form):
    return signed_in(user).post(f"/requests/{request.pk}/decide/", form)


def shown(response):
    """The references of the requests in a list."""
    return [row["Request"].split()[0] for row in read(response).rows if "Request" in row]


def late():
    return {"target_at": timezone.now() - timedelta(hours=1)}


def sent_links(mailbox):
    """The links of the messages sent since the last look."""
    seen = len(mailbox)
    mail.send_waiting(mints=MINTS, now=timezone.now())
    return [link for message in mailbox[seen:] for link in re.findall(r"http://localhost:8000(\S+)", message.body)]


def confirmed_by(client, mailbox):
    """A request from the public form, confirmed in a browser, which is then on its private page."""
    client.post("/request-access/", PERSON)
    (link,) = sent_links(mailbox)
    client.get(link)
    client.post("/request-access/confirm/")
    return AccessRequest.objects.get()
