"""What a signed-in person must pass before anything works: the second factor, then the terms of use."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_otp import user_has_device

if TYPE_CHECKING:
    from accounts.middleware import PortalRequest

# In the session of somebody who has just made an account: the sign-in page fills the address in, once.
EMAIL_KEY = "sign_in_email"
# In the session of somebody whose sign-in was ended: the sign-in page says so, once.
ENDED_KEY = "sign_in_ended"


class Gate(StrEnum):
    FACTOR = "factor"
    TERMS = "terms"


def hindrance(request: "PortalRequest") -> Gate | None:
    """The first gate that a signed-in person has not passed."""
    standing = request.standing
    if standing is None:
        return None
    if standing.needs_factor and not is_verified(request.user):
        return Gate.FACTOR
    if standing.outstanding:
        return Gate.TERMS
    return None


def is_verified(user: Any) -> bool:
    """Whether django-otp says that this session was verified by a factor the person still has."""
    return bool(user.is_verified())


def lead_to(gate: Gate, request: "PortalRequest") -> HttpResponseRedirect:
    """Where a gate is passed, and back from there."""
    if gate == Gate.TERMS:
        return lead("terms", request)
    return lead("proof" if user_has_device(request.user) else "enrol", request)


def lead(name: str, request: "PortalRequest") -> HttpResponseRedirect:
    """To a page that leads back here; after a form, to the page that it was on."""
    here = request.get_full_path() if request.method in {"GET", "HEAD"} else back_of(request)
    return HttpResponseRedirect(f"{resolve_url(name)}?{urlencode({'next': here}, safe='/')}")


def back_of(request: "PortalRequest") -> str:
    """The page that a form was on, as far as the browser says and it is ours; else the address of the form."""
    referer = request.headers.get("Referer", "")
    host = request.get_host()
    if url_has_allowed_host_and_scheme(referer, {host}) and f"//{host}/" in referer:
        path = "/" + referer.partition(f"//{host}/")[2]
        # What follows a second slash would be read as another host.
        if url_has_allowed_host_and_scheme(path, allowed_hosts=None):
            return path
    return request.path
