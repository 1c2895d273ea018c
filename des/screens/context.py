"""What every page needs beside its own content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.access import Actor
from accounts.permissions import Permission
from des.catalogue import data_as_at
from des.screens.browsers import is_below_the_floor


def page(request: HttpRequest) -> dict[str, Any]:
    # A request refused before the sign-in was read has no actor.
    actor: Actor | None = getattr(request, "actor", None)
    return {
        "demo": settings.DEMO,
        "unsupported_browser": is_below_the_floor(request.headers.get("User-Agent", "")),
        "data_as_at": data_as_at() if actor else None,
        "may_export": actor.may(Permission.EXPORT) if actor else False,
    }
