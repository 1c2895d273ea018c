"""What a reader sees when a page cannot be shown: what happened, what to do next, and the request's id."""

import logging
import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from psycopg_pool import PoolTimeout

from accounts.asking import about_refusal, about_stale_form
from accounts.decorators import NeedsSupportSession, NoMembership, StaleForm

logger = logging.getLogger("des.faults")
refusals = logging.getLogger("des.refusals")


def fault(request: HttpRequest, status: int, template: str = "", about: dict[str, Any] | None = None) -> HttpResponse:
    """The page of a status, by the request's id, which the log has too."""
    context = {"request_id": getattr(request, "request_id", "")} | (about or {})
    # What the page is about may be the request itself, or what reads it: then it is rendered without.
    content = render_to_string(template or f"{status}.html", context, request if status in {403, 404, 409} else None)
    response = HttpResponse(content, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return fault(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What stands in the way, and what to do or whom to ask next."""
    if isinstance(exception, StaleForm):
        return fault(request, 409, "409_stale_form.html", about_stale_form(request))
    if isinstance(exception, NeedsSupportSession):
        return fault(request, 403, "403_support_session.html")
    template = "403_no_membership.html" if isinstance(exception, NoMembership) else "403.html"
    return fault(request, 403, template, about_refusal(request))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return fault(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Logged here by its route, since Django would name the path; the end of a reason may name another."""
    refusals.warning(
        "a form was refused: %s",
        reason.partition(" - ")[0],
        extra={
            "request_id": getattr(request, "request_id", ""),
            "route": request.resolver_match.view_name if request.resolver_match else None,
        },
    )
    return fault(request, 403, "403_csrf.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """Ours, and logged; 503 where the database cannot be reached, since without an audit row there is no answer."""
    error = sys.exception()
    logger.exception("a page could not be shown", extra={"request_id": getattr(request, "request_id", "")})
    unreachable = isinstance(error, OperationalError | InterfaceError | PoolTimeout)
    response = fault(request, 503 if unreachable else 500)
    if unreachable:
        response.headers["Retry-After"] = "30"
    return response
