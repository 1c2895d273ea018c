"""Who is asking, settled once for each request, and what stands before the page they ask for."""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts import gates
from accounts.access import Actor, Standing, standing_of
from accounts.models import SignIn, User
from accounts.operations import sessions
from accounts.origin import Origin

MEMBERSHIP_KEY = "membership"


class PortalRequest(HttpRequest):
    """A request as the views see it: with its actor, and the id under which it is logged and audited."""

    actor: Actor | None
    # What is true of the person now; None when signed out.
    standing: Standing | None
    # The sign-in that the session belongs to; None when signed out.
    sign_in: SignIn | None
    address: str | None
    origin: Origin
    request_id: str


def address_of(request: HttpRequest) -> str | None:
    """The address that the nearest of our proxies saw, or the peer's where there is no proxy; None where unknown.

    A proxy appends whom it saw to `X-Forwarded-For`, so only as many entries from the right are believed as there are
    proxies of ours; what stands before them anybody may have written. An IPv4 address is told as one, also by a
    listener for both: else all of IPv4 would be one network of IPv6.
    """
    proxies: int = settings.TRUSTED_PROXIES
    if proxies:
        seen = [entry.strip() for entry in request.headers.get("X-Forwarded-For", "").split(",")]
        address = seen[-proxies] if len(seen) >= proxies else ""
    else:
        address = request.META.get("REMOTE_ADDR", "")
    try:
        found = ip_address(address)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)


def origin_of(request: HttpRequest) -> Origin:
    """Where a request came from; what the browser calls itself is cut short and made printable."""
    agent = request.headers.get("User-Agent", "")[:300]
    return Origin(
        address=address_of(request),
        user_agent="".join(character if character.isprintable() else "?" for character in agent),
        request_id=getattr(request, "request_id", ""),
    )


class SignInMiddleware:
    """Makes a session worth nothing once its sign-in was ended, went idle or grew too old.

    Stands between Django's authentication and django-otp's, so that neither sees a person where this does not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        portal = cast(PortalRequest, request)
        portal.origin = origin_of(request)
        portal.address = portal.origin.address
        portal.sign_in = portal.standing = None
        claimed = request.user
        request.user = cast(User, SimpleLazyObject(lambda: settle(portal, claimed)))
        return self.get_response(request)


def settle(request: PortalRequest, claimed: Any) -> User | AnonymousUser:
    """The person of a session that still counts, with their standing; nobody for any other."""
    if not claimed.is_authenticated:
        return AnonymousUser()
    now = timezone.now()
    standing = standing_of(claimed, now=now)
    sign_in = sessions.current(request.session, standing=standing, now=now)
    if sign_in is None:
        request.session.flush()
        request.session[gates.ENDED_KEY] = True
        return AnonymousUser()
    request.standing, request.sign_in = standing, sign_in
    return cast(User, claimed)


def actor_of(request: PortalRequest) -> Actor | None:
    """The actor of a signed-in request; None when signed out, without a membership, or before a gate is passed."""
    if not request.user.is_authenticated or request.standing is None or gates.hindrance(request):
        return None
    return request.standing.actor(request.session.get(MEMBERSHIP_KEY))


class ActorMiddleware:
    """Sets `request.actor`, found out only when something asks, keeps pages out of caches, and holds the gates."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        portal = cast(PortalRequest, request)
        portal.actor = cast("Actor | None", SimpleLazyObject(lambda: actor_of(portal)))
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Lead a signed-in person to what they must do first, before any view that does not say it stands earlier."""
        if getattr(view, "permission", "") is None:  # marked as public
            return None
        portal = cast(PortalRequest, request)
        if not portal.user.is_authenticated:
            return None  # the view's own decorator leads to sign-in
        hindrance = gates.hindrance(portal)
        if hindrance is None or hindrance in getattr(view, "stands_before", ()):
            return None
        return gates.lead_to(hindrance, portal)
