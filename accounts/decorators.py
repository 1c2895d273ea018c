"""What stands before a view: each has exactly one of the first three, and the contract test lists them all."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django_otp import user_has_device

from accounts import gates
from accounts.access import DATA, Actor, Standing
from accounts.gates import Gate
from accounts.middleware import PortalRequest
from accounts.models import SignIn, User
from accounts.operations.sessions import is_fresh
from accounts.permissions import Permission


class OwnRequest(PortalRequest):
    """A request of a person who is signed in."""

    user: User
    standing: Standing
    sign_in: SignIn


class ActingRequest(OwnRequest):
    """A request whose actor is known to be there."""

    actor: Actor


class NoMembership(PermissionDenied):
    """Signed in, but acting for nobody: no membership, or none that holds today."""


class NotPermitted(PermissionDenied):
    """The actor's portal roles do not include what the page needs."""


class NeedsSupportSession(PermissionDenied):
    """Operator support asked for data outside a support session."""


class StaleForm(PermissionDenied):
    """The form was made while the person acted for another organisation or role, in another tab."""


type View[R: HttpRequest, **P] = Callable[Concatenate[R, P], HttpResponseBase]

READS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def permission_required[**P](
    *permissions: Permission,
) -> Callable[[View[ActingRequest, P]], Callable[..., HttpResponseBase]]:
    """Let a view run only for an actor with a permission, or with one of several; the signed-out are sent to sign in.

    A form must say, by `components/acting.html`, for which membership it was made: one made under another is refused.
    """

    def decorate(view: View[ActingRequest, P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            acting = cast(ActingRequest, request)
            if not acting.actor:
                raise NoMembership
            if not any(acting.actor.may(permission) for permission in permissions):
                if not acting.actor.may_see_data and DATA.intersection(permissions):
                    raise NeedsSupportSession
                raise NotPermitted
            if request.method not in READS and request.POST.get("acting") != str(acting.actor.membership_id):
                raise StaleForm
            return view(acting, *args, **kwargs)

        guarded.permission = " | ".join(permissions)  # type: ignore[attr-defined]  # read by the contract test
        return guarded

    return decorate


def own_account[**P](
    *, stands_before: frozenset[Gate] = frozenset()
) -> Callable[[View[OwnRequest, P]], Callable[..., HttpResponseBase]]:
    """Let a view run for anybody who is signed in, about themselves; it may stand before some of the gates."""

    def decorate(view: View[OwnRequest, P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            return view(cast(OwnRequest, request), *args, **kwargs)

        guarded.permission = "own account"  # type: ignore[attr-defined]  # read by the contract test
        guarded.stands_before = stands_before  # type: ignore[attr-defined]  # read by the middleware
        return guarded

    return decorate


def public[V: Callable[..., HttpResponseBase]](view: V) -> V:
    """Mark a view that anyone may open."""
    view.permission = None  # type: ignore[attr-defined]  # read by the contract test
    return view


def fresh_proof_required[**P](view: View[ActingRequest, P]) -> Callable[..., HttpResponseBase]:
    """Let a view run only where the person proved within minutes who they are. Stands below one of the others."""

    @wraps(view)
    def guarded(request: ActingRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        # A session of before the person had a factor was proved by the password alone.
        unproved = not gates.is_verified(request.user) and user_has_device(request.user)
        if unproved or not is_fresh(request.sign_in, now=timezone.now()):
            return gates.lead("proof", request)
        return view(request, *args, **kwargs)

    return guarded
