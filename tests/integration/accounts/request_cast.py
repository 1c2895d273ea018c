"""Access requests for the tests of their handlers, as the form, the LSOs and support make them."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import AccessRequest, MarketParticipant, Membership, RequestKind, RequestState
from accounts.operations import requests
from accounts.origin import SERVICE
from accounts.permissions import MarketRole, PortalRole


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
