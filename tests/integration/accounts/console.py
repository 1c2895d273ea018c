"""What the tests of the operator's console share."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Organisation, SignIn
from tests.conftest import PortalClient


def signed_in(user):
    browser = PortalClient()
    browser.force_login(user)
    return browser


def long_ago_proved(user):
    """Signed in, and without a fresh proof."""
    browser = signed_in(user)
    SignIn.objects.filter(user=user).update(proved_at=timezone.now() - timedelta(minutes=6))
    return browser


def organisation(short_code="BGF", market_role="shipper"):
    return Organisation.objects.get(participants__short_code=short_code, participants__market_role=market_role)


def asks_for_proof(response):
    return response.status_code == 302 and response["Location"].startswith("/sign-in/proof/?next=")


def said(response):
    """What the page that follows says was done."""
    return [str(message) for message in response.context["messages"]]
