"""Whether the process lives, and whether it can answer: for whoever watches the service."""

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from psycopg_pool import PoolTimeout

from accounts.decorators import public


@require_safe
@public
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"live": True})


@require_safe
@public
def ready(request: HttpRequest) -> JsonResponse:
    """The database answers, so that an enquiry can be audited and shown."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (Error, PoolTimeout):
        return JsonResponse({"ready": False, "database": False}, status=503)
    return JsonResponse({"ready": True, "database": True})
