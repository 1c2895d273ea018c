"""What every page says of the person who reads it, and of the service."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.access import Actor
from accounts.models import Notice, NoticeKind, SupportSession
from accounts.permissions import Permission

NEWS = 5  # on the home page
# Entries of the navigation by the first part of an address.
SECTIONS = {
    "people": "people",
    "requests": "requests",
    "operator": "operator",
    "account": "account",
    "terms": "account",
}


def account(request: HttpRequest) -> dict[str, Any]:
    # A request refused before the sign-in was read has no standing.
    standing = getattr(request, "standing", None) if request.user.is_authenticated else None
    actor = getattr(request, "actor", None)
    shown = Notice.objects.shown(now=timezone.now())
    return {
        "actor": actor,
        "memberships": standing.memberships if standing and actor else (),
        "section": section_of(request.path_info, actor),
        "may": {str(permission) for permission in actor.permissions} if actor else set(),
        "outages": shown.filter(kind=NoticeKind.OUTAGE),
        "news": shown.filter(kind=NoticeKind.NEWS)[:NEWS],  # asked for by the page that shows it
        "support_session": open_support_session(actor),
        "terms_by_notice": settings.TERMS_BY_NOTICE,
        "support_email": settings.SUPPORT_EMAIL,
        "support_telephone": settings.SUPPORT_TELEPHONE,
    }


def section_of(path: str, actor: Actor | None) -> str:
    """Which entry of the navigation a page about accounts belongs to, by its address; none for any other page."""
    first = path.strip("/").partition("/")[0]
    if first == "requests" and not (actor and actor.permissions & {Permission.QUEUE, Permission.ORGANISATIONS}):
        return "people"  # an LSO comes to a request from their people
    return SECTIONS.get(first, "")


def open_support_session(actor: Actor | None) -> SupportSession | None:
    """The support session within which the actor sees data, for the banner that says so."""
    if not actor or actor.support_session_id is None:
        return None
    return SupportSession.objects.select_related("organisation").filter(pk=actor.support_session_id).first()
