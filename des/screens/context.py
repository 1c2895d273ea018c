"""What every page needs beside its own content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from des.catalogue import data_as_at
from des.screens.browsers import is_below_the_floor


def page(request: HttpRequest) -> dict[str, Any]:
    return {
        "demo": settings.DEMO,
        "unsupported_browser": is_below_the_floor(request.headers.get("User-Agent", "")),
        "data_as_at": data_as_at() if request.user.is_authenticated else None,
    }
