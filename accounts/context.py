"""What every page says of the person who reads it, and of the service."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Notice, NoticeKind


def account(request: HttpRequest) -> dict[str, Any]:
    # A request refused before the sign-in was read has no standing.
    standing = getattr(request, "standing", None) if request.user.is_authenticated else None
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "memberships": standing.memberships if standing and actor else (),
        "may": {str(permission) for permission in actor.permissions} if actor else set(),
        "outages": Notice.objects.shown(now=timezone.now()).filter(kind=NoticeKind.OUTAGE),
        "terms_by_notice": settings.TERMS_BY_NOTICE,
    }
