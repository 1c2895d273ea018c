"""Who is asking, settled once for each request."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.access import Actor, actor_for

MEMBERSHIP_KEY = "membership"


class PortalRequest(HttpRequest):
    """A request as the views see it: with its actor, and the id under which it is logged and audited."""

    actor: Actor | None
    address: str | None
    request_id: str


def actor_of(request: HttpRequest) -> Actor | None:
    """The actor of a signed-in request, from what is true now; None when signed out or without a membership."""
    if not request.user.is_authenticated:
        return None
    return actor_for(request.user, on=timezone.localdate(), membership_id=request.session.get(MEMBERSHIP_KEY))


def address_of(request: HttpRequest) -> str | None:
    """The address that the nearest of our proxies saw, or the peer's where there is no proxy; None where unknown.

    A proxy appends whom it saw to `X-Forwarded-For`, so only as many entries from the right are believed as there are
    proxies of ours; what stands before them anybody may have written.
    """
    proxies: int = settings.TRUSTED_PROXIES
    if proxies:
        seen = [entry.strip() for entry in request.headers.get("X-Forwarded-For", "").split(",")]
        address = seen[-proxies] if len(seen) >= proxies else ""
    else:
        address = request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(address))
    except ValueError:
        return None


class ActorMiddleware:
    """Sets `request.actor`, found out only when something asks, and keeps signed-in pages out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cast(PortalRequest, request).actor = cast("Actor | None", SimpleLazyObject(lambda: actor_of(request)))
        cast(PortalRequest, request).address = address_of(request)
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
