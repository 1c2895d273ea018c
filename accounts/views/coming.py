"""Stands in for pages that are being made."""

from django.http import HttpRequest, HttpResponse

from accounts.decorators import public


@public
def coming(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    return HttpResponse("coming")
