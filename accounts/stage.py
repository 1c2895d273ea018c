"""The second factor as a stage of django-allauth's sign-in: until it passes there is no session."""

from typing import cast

import allauth.account.internal  # noqa: F401 - before .stages, which is circular otherwise (65.21.1)
from allauth.account.stages import LoginStage, LoginStageController
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django_otp import login as verify_session
from django_otp import user_has_device

from accounts.access import standing_of
from accounts.middleware import PortalRequest
from accounts.models import Factor, User
from accounts.operations import sessions


class SecondFactorStage(LoginStage):
    """Asks who has a second factor for it, and leads who must have one to make it."""

    key = "second-factor"
    urlname = "second_factor"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = user_of(self)
        if user_has_device(user):
            return HttpResponseRedirect(reverse("second_factor")), True
        if standing_of(user, now=timezone.now()).needs_factor:
            return HttpResponseRedirect(reverse("enrol")), True
        return None, True


def pending(request: HttpRequest) -> SecondFactorStage | None:
    """The stage that an unfinished sign-in is at; None where there is none."""
    if request.user.is_authenticated:
        return None
    return cast("SecondFactorStage | None", LoginStageController.enter(request, SecondFactorStage.key))


def user_of(stage: SecondFactorStage) -> User:
    return cast(User, stage.login.user)


def verified(request: PortalRequest, factor: Factor, stage: SecondFactorStage | None) -> HttpResponse | None:
    """Take a factor that was checked: finish the sign-in, or raise the session. The session's key changes in both."""
    if stage:
        user_of(stage).otp_device = factor  # type: ignore[attr-defined]  # django-otp puts it into the new session
        return cast(HttpResponse, stage.exit())  # type: ignore[no-untyped-call]  # the library's own
    verify_session(request, factor)
    request.session.cycle_key()
    if request.sign_in:
        sessions.prove(request.sign_in, now=timezone.now())
    return None
