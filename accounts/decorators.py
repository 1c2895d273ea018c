"""What stands before a view: each has exactly one of these, and the contract test lists them all."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.access import Actor
from accounts.middleware import PortalRequest
from accounts.permissions import Permission


class ActingRequest(PortalRequest):
    """A request whose actor is known to be there."""

    actor: Actor


class NoMembership(PermissionDenied):
    """Signed in, but acting for nobody: no membership, or none that holds today."""


class NotPermitted(PermissionDenied):
    """The actor's portal roles do not include what the page needs."""


def permission_required[**P](
    permission: Permission,
) -> Callable[[Callable[Concatenate[ActingRequest, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Let a view run only for an actor with a permission; the signed-out are sent to sign in."""

    def decorate(
        view: Callable[Concatenate[ActingRequest, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            acting = cast(ActingRequest, request)
            if not acting.actor:
                raise NoMembership
            if not acting.actor.may(permission):
                raise NotPermitted
            return view(acting, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the contract test
        return guarded

    return decorate


def public[V: Callable[..., HttpResponseBase]](view: V) -> V:
    """Mark a view that anyone may open."""
    view.permission = None  # type: ignore[attr-defined]  # read by the contract test
    return view
