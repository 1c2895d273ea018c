"""How django-allauth behaves here.

It must not import `allauth.account.stages`: that imports the settings, and they this.
"""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone

from accounts import limits, sealing
from accounts.middleware import PortalRequest
from accounts.models import User
from accounts.operations import sessions, sign_in, terms


class AccountAdapter(DefaultAccountAdapter):
    """People are invited; nobody signs up. Limits, second factor and sessions are ours."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right.",
        "too_many_login_attempts": "Too many attempts to sign in. Wait 15 minutes, then try again, or ask "
        "your Local Security Officer or operator support to lift the pause.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: that one is signed in or out can be seen."""

    def get_login_stages(self) -> list[str]:
        """No session exists before the second factor has passed: it is the last stage of signing in."""
        return [*super().get_login_stages(), "accounts.stage.SecondFactorStage"]

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """The person whose password it is. Each try is counted before it is made, and given back if it succeeds."""
        now = timezone.now()
        origin = cast(PortalRequest, request).origin
        email = credentials.get("email", "")
        tries = sign_in.tries_of(email=email, device_token=device_token(request), origin=origin)
        if not limits.take_all(tries, now=now):
            sign_in.note_pause(email=email, origin=origin, now=now)
            raise self.validation_error("too_many_login_attempts")
        user = authenticate(request, **credentials)
        if user:
            limits.give_all_back(tries, now=now)
        else:
            sign_in.note_failure(email=email, origin=origin)
        return user

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Make the session, and the record of it without which it is worth nothing."""
        super().login(request, user)
        now, origin = timezone.now(), cast(PortalRequest, request).origin
        person = cast(User, user)
        begun, _ = sessions.begin(
            user=person, device_token=device_token(request) or sealing.new_token(), origin=origin, now=now
        )
        request.session[sessions.SIGN_IN_KEY] = begun.pk
        if settings.TERMS_BY_NOTICE:
            terms.accept_by_notice(user=person, on=timezone.localdate(now), origin=origin, now=now)

    def logout(self, request: HttpRequest) -> None:
        """End the sign-in with the session, on record."""
        portal = cast(PortalRequest, request)
        if request.user.is_authenticated and portal.sign_in:
            sessions.sign_out(portal.sign_in, origin=portal.origin, now=timezone.now())
        super().logout(request)


def device_token(request: HttpRequest) -> str:
    """What the browser's own cookie holds, by which it is known again; empty where it has none."""
    return request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")[:100]
