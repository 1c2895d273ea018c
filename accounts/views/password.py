"""Passwords: changed by who knows the last one, or set anew by a link by mail or a code by telephone."""

from typing import cast

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, password_validation, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import limits, sealing
from accounts.decorators import OwnRequest, fresh_proof_required, own_account, public
from accounts.forms import ChangePasswordForm, NewPasswordForm, ResetCodeForm, ResetForm
from accounts.middleware import PortalRequest
from accounts.models import OneTimeSecret, SecretKind
from accounts.operations import factors, passwords, secrets
from accounts.operations.sign_in import network_of

RESET_KEY = "reset_link"
WRONG_CODE = (
    "This code is not right for this address, or its time is up. Check both, or ask your Local Security Officer for "
    "another code."
)
TOO_MANY_CODES = "Too many tries. Wait an hour, then ask your Local Security Officer for another code."
SET = "Your new password is set, and your sessions have been ended. Sign in with it."


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("current", "password")
@own_account()
@fresh_proof_required
def change_password(request: OwnRequest) -> HttpResponse:
    """Change one's own password; this session stays, the others end."""
    user, now = request.user, timezone.now()
    form = ChangePasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        tries = factors.tries_of(user, request.origin)
        if not limits.take_all(tries, now=now):
            form.add_error("current", "Too many wrong passwords. Wait 5 minutes, then try again.")
        elif not user.check_password(form.cleaned_data["current"]):
            form.add_error("current", "This is not your current password.")
        else:
            limits.give_all_back(tries, now=now)
            changed = passwords.change(
                user=user, password=form.cleaned_data["password"], keep_sign_in=request.sign_in.pk,
                origin=request.origin, now=now,
            )  # fmt: skip
            update_session_auth_hash(request, changed)
            messages.success(request, "Your password has been changed, and your other sessions have been ended.")
            return redirect("account")
    return render(request, "account/password_change.html", {"form": form})


# -- by a link


@require_http_methods(["GET", "POST"])
@public
def reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link to a new password: the answer is the same whether or not there is an account."""
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        origin = cast(PortalRequest, request).origin
        try:
            passwords.ask_for_link(email=form.cleaned_data["email"], origin=origin, now=timezone.now())
        except passwords.TooManyTries:
            return render(request, "429.html", status=429)
        hourly, _ = settings.LIMITS[limits.RESET_HOUR.name]
        return render(request, "account/reset_sent.html", {"minutes": settings.RESET_MINUTES, "hourly": hourly})
    return render(request, "account/reset.html", {"form": form})


@require_safe
@public
def reset_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token of a link out of the address, where others could read it."""
    if secrets.by_link(token, kind=SecretKind.RESET, now=timezone.now()) is None:
        return not_good(request)
    request.session[RESET_KEY] = sealing.sealed(token.encode()).decode()
    return redirect("reset_new")


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
@public
def reset_new(request: HttpRequest) -> HttpResponse:
    """Set a new password by the link that was followed just now."""
    secret = secret_of(request)
    if secret is None:
        return not_good(request)
    form = NewPasswordForm(request.POST or None, user=secret.user)
    if request.method == "POST" and form.is_valid():
        return set_by(request, secret, form.cleaned_data["password"]) or not_good(request)
    return render(request, "account/reset_new.html", {"form": form, "email": secret.user.email})


def secret_of(request: HttpRequest) -> OneTimeSecret | None:
    """The secret of the link that this session followed, while it is good."""
    try:
        token = sealing.opened(request.session.get(RESET_KEY, "").encode()).decode()
    except InvalidToken:
        return None
    return secrets.by_link(token, kind=SecretKind.RESET, now=timezone.now())


def not_good(request: HttpRequest) -> HttpResponse:
    """What a link that is used up leads to. Only those that lead nowhere are counted."""
    request.session.pop(RESET_KEY, None)
    network = network_of(cast(PortalRequest, request).origin.address)
    if not limits.LINK_BY_NETWORK.take(network, now=timezone.now()):
        return render(request, "429.html", status=429)
    return render(request, "account/reset_link_over.html", {"minutes": settings.RESET_MINUTES}, status=410)


def set_by(request: HttpRequest, secret: OneTimeSecret, password: str) -> HttpResponse | None:
    """Set the password, and lead to the sign-in page: nobody is signed in by it. None where somebody was faster."""
    origin = cast(PortalRequest, request).origin
    try:
        passwords.reset(secret=secret, password=password, origin=origin, now=timezone.now())
    except passwords.NotGood:
        return None
    # The session was of before the new password, whoever's it is.
    logout(request)
    messages.success(request, SET)
    return redirect("account_login")


# -- by a code


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("code", "password")
@public
def reset_code(request: HttpRequest) -> HttpResponse:
    """Set a new password by a code that an LSO has read out: for people whose mail is internal only."""
    form = ResetCodeForm(request.POST or None, user=None)
    if request.method == "POST" and form.is_valid():
        response = take_code(cast(PortalRequest, request), form)
        if response:
            return response
    return render(request, "account/reset_code.html", {"form": form})


def take_code(request: PortalRequest, form: ResetCodeForm) -> HttpResponse | None:
    """What follows a code that is right; None with the reason on the form. Nothing in it tells who has an account."""
    email, password, now = form.cleaned_data["email"], form.cleaned_data["password"], timezone.now()
    try:
        secret = passwords.by_telephone_code(
            email=email, code=form.cleaned_data["code"], origin=request.origin, now=now
        )
    except passwords.TooManyTries:
        form.add_error("code", TOO_MANY_CODES)
        return None
    if secret is None:
        form.add_error("code", WRONG_CODE)
        return None
    passwords.give_back(email=email, origin=request.origin, now=now)
    try:
        # Only who has the code is told what of their password is made of their own words.
        password_validation.validate_password(password, secret.user)
    except ValidationError as problem:
        form.add_error("password", problem.messages[0])
        return None
    response = set_by(request, secret, password)
    if response is None:
        form.add_error("code", WRONG_CODE)
    return response
