"""The pages of an LSO's people, for tests: where they are, and what they show."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Membership, SignIn
from tests.integration.pages import read
from tests.unit.accounts.operations.people_cast import organisation

LISTED = "/people/"


def page_of(user, rest="", short_code=""):
    found = Membership.objects.filter(user=user)
    if short_code:
        found = found.filter(organisation=organisation(short_code))
    return f"/people/{found.earliest('pk').pk}/{rest}"


def names(response):
    return [row["Name"] for row in read(response).rows]


def not_fresh(user):
    """Let the last proof of somebody who is signed in be too old for what asks for a fresh one."""
    SignIn.objects.filter(user=user).update(proved_at=timezone.now() - timedelta(minutes=6))
