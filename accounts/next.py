"""Where a page leads on to, when it was asked to lead on."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def next_of(request: HttpRequest, default: str = "home") -> str:
    """The page named by `next`, if it is one of ours; else a page of ours by its name."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    # Only paths: a host of ours in it would be believed by nobody who reads the address.
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse(default)
