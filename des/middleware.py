"""What happens to every request before anything knows who sent it."""

import logging
import secrets
import time
from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse

from accounts.middleware import PortalRequest

logger = logging.getLogger("des.requests")


# What no page of ours asks of a browser, and no other site may load from us.
LIMITS = {
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class BrowserLimits:
    """Adds to every answer the headers that limit what a browser does with it and that Django does not know."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in LIMITS.items():
            response.headers[name] = value
        return response


class RequestLog:
    """Gives each request an id, answers it as `X-Request-ID`, and logs one line without path or query string."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request_id = secrets.token_hex(8)
        cast(PortalRequest, request).request_id = request_id
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        route = request.resolver_match.view_name if request.resolver_match else None
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        logger.info(
            "request",
            extra={
                "request_id": request_id,
                "route": route,
                "method": request.method if request.method in {"GET", "HEAD", "POST"} else "other",
                "status": response.status_code,
                "milliseconds": milliseconds,
            },
        )
        return response
