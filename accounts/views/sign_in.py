"""Signing in: password, then the second factor, or making the first one."""

from base64 import b32encode
from typing import Any, cast
from urllib.parse import quote, urlencode

import segno
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp import user_has_device

from accounts import gates, limits, sealing
from accounts.adapter import device_token
from accounts.decorators import own_account, public
from accounts.forms import AppCodeForm, CodeForm, MailedCodeForm, PasswordProofForm
from accounts.gates import Gate
from accounts.mail import post
from accounts.middleware import PortalRequest
from accounts.models import Factor, SecretKind, User
from accounts.next import next_of
from accounts.operations import factors, passkeys, secrets, sessions
from accounts.operations.requests import ask_for_lost_factor
from accounts.stage import SecondFactorStage, pending, user_of, verified

TOO_MANY = "Too many wrong codes. Wait 5 minutes, then try again."
WRONG_CODE = "This code is not right, or it was used already. Wait for the next one, then try again."
ENROLMENT_KEY = "enrolment"
# Who has just chosen a password by a link or a code has shown who they are; anybody else is sent a code first.
PASSWORD_IS_NEWS = 3600  # seconds


@method_decorator(sensitive_post_parameters("password"), "dispatch")
class SignInView(LoginView):
    """E-mail address and password, by django-allauth, with a cookie by which the browser is known again."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        token = device_token(request) or sealing.new_token()
        request.COOKIES[settings.DEVICE_COOKIE_NAME] = token
        response = super().dispatch(request, *args, **kwargs)
        response.set_cookie(
            settings.DEVICE_COOKIE_NAME,
            token,
            max_age=settings.DEVICE_COOKIE_AGE,
            secure=settings.TLS,
            httponly=True,
            samesite="Lax",
        )
        return response

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "login": self.request.session.pop(gates.EMAIL_KEY, "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ended = self.request.session.pop(gates.ENDED_KEY, False)
        return cast(dict[str, Any], super().get_context_data(**kwargs)) | {"ended": ended}


sign_in = require_http_methods(["GET", "HEAD", "POST"])(public(SignInView.as_view()))


# -- the second factor, before there is a session and, as a fresh proof, within one


@require_http_methods(["GET", "POST"])
@public
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask who has given the right password for their second factor."""
    stage = pending(request)
    if stage is None:
        return redirect("account_login")
    portal = cast(PortalRequest, request)
    if not user_has_device(user_of(stage)):
        return redirect("enrol")
    return ask_for_factor(portal, user_of(stage), stage)


@require_http_methods(["GET", "POST"])
@own_account(stands_before=frozenset({Gate.FACTOR, Gate.TERMS}))
def proof(request: PortalRequest) -> HttpResponse:
    """Ask a signed-in person to prove again who they are: by a second factor, or by password where they have none."""
    user = cast(User, request.user)
    if user_has_device(user):
        return ask_for_factor(request, user, None)
    if gates.hindrance(request) == Gate.FACTOR:
        return gates.lead("enrol", request)
    form = PasswordProofForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tries = factors.tries_of(user, request.origin)
        if not limits.take_all(tries, now=timezone.now()):
            form.add_error("password", "Too many wrong passwords. Wait 5 minutes, then try again.")
        elif user.check_password(form.cleaned_data["password"]):
            limits.give_all_back(tries, now=timezone.now())
            request.session.cycle_key()
            if request.sign_in:
                sessions.prove(request.sign_in, now=timezone.now())
            return HttpResponseRedirect(next_of(request))
        else:
            form.add_error("password", "This password is not right.")
    return render(request, "account/proof.html", {"form": form, "next": next_of(request)})


def ask_for_factor(request: PortalRequest, user: User, stage: SecondFactorStage | None) -> HttpResponse:
    """The page that takes a code or a passkey, and what follows when it is right."""
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        factor = given_factor(request, user, form)
        if factor:
            return verified(request, factor, stage) or HttpResponseRedirect(next_of(request))
    context = {
        "form": form,
        "passkey": passkeys.ask_to_prove(user=user, session=request.session, now=timezone.now()),
        "codes_left": factors.codes_left(user),
        "next": "" if stage else next_of(request),
        "stage": stage is not None,
    }
    return render(request, "account/second_factor.html", context)


def given_factor(request: PortalRequest, user: User, form: CodeForm) -> Factor | None:
    """The factor that a form gives proof of, or None with the reason on the form."""
    now = timezone.now()
    answer = request.POST.get("passkey", "")
    try:
        if answer:
            form.errors.clear()
            return passkeys.prove(user=user, answer=answer, session=request.session, origin=request.origin, now=now)
        if form.is_valid():
            factor = factors.check_code(user=user, code=form.cleaned_data["code"], origin=request.origin, now=now)
            if factor is None:
                form.add_error("code", WRONG_CODE)
            return factor
    except factors.TooManyTries:
        form.add_error(None if answer else "code", TOO_MANY)
    except passkeys.NotAccepted as refusal:
        form.add_error(None, str(refusal))
    return None


# -- the first second factor


def enrolling(request: PortalRequest) -> tuple[User | None, SecondFactorStage | None]:
    """Who may make their first factor now: a half signed-in person, or a signed-in one without any."""
    stage = pending(request)
    user = user_of(stage) if stage else request.user if request.user.is_authenticated else None
    return user, stage


@require_http_methods(["GET", "POST"])
@public
def enrol(request: HttpRequest) -> HttpResponse:
    """Make the first second factor: after a mailed code, unless the password was chosen by a link just now."""
    portal = cast(PortalRequest, request)
    user, stage = enrolling(portal)
    if user is None:
        return redirect_to_login(next_of(request))
    if user_has_device(user):
        return redirect("second_factor" if stage else "factors")
    held = request.session.get(ENROLMENT_KEY)
    if not held or held["person"] != str(user.pk):
        held = request.session[ENROLMENT_KEY] = {
            "person": str(user.pk),
            "seed": sealing.sealed(factors.new_seed()).decode(),
            "shown": is_shown(user),
            "mailed": False,
        }
    if not held["shown"]:
        return ask_for_mailed_code(portal, user, held)
    return enrol_with(portal, user, stage, sealing.opened(held["seed"].encode()))


def is_shown(user: User) -> bool:
    """Whether the password itself is fresh proof of who they are, since it came by a link or code."""
    chosen = user.password_set_at
    return chosen is not None and (timezone.now() - chosen).total_seconds() < PASSWORD_IS_NEWS


def ask_for_mailed_code(request: PortalRequest, user: User, held: dict[str, Any]) -> HttpResponse:
    """Else a stolen password alone would let its thief make the second factor."""
    now = timezone.now()
    form = MailedCodeForm(request.POST if "code" in request.POST else None)
    if "again" in request.POST or not held["mailed"]:
        held["sent"] = limits.ENROLMENT_MAIL.take(user.pk, now=now)
        if held["sent"]:
            post("enrolment", to=user.email, person=str(user.pk))
        held["mailed"] = True
        request.session.modified = True
    elif form.is_bound and form.is_valid():
        secret = secrets.by_code(user, form.cleaned_data["code"], kind=SecretKind.ENROLMENT, now=now)
        if secret and secrets.redeem(secret, now=now):
            held["shown"] = True
            request.session.modified = True
            return HttpResponseRedirect(request.get_full_path())
        form.add_error("code", "This code is not right, or its time is up. Ask for another one.")
    context = {"form": form, "email": user.email, "sent": held.get("sent", True), "minutes": settings.CODE_MINUTES}
    return render(request, "account/mailed_code.html", context | {"next": next_of(request)})


def enrol_with(request: PortalRequest, user: User, stage: SecondFactorStage | None, seed: bytes) -> HttpResponse:
    """Take the first code of an app, or the first passkey; then show the recovery codes, once."""
    now = timezone.now()
    form = AppCodeForm(request.POST if request.POST and not request.POST.get("passkey") else None)
    factor: Factor | None = None
    if answer := request.POST.get("passkey", ""):
        try:
            factor = passkeys.register(
                user=user, answer=answer, name="", session=request.session, origin=request.origin, now=now
            )
        except passkeys.NotAccepted as refusal:
            form = AppCodeForm({})
            form.errors.clear()
            form.add_error(None, str(refusal))
    elif form.is_bound and form.is_valid():
        tries = factors.tries_of(user, request.origin)
        if not limits.take_all(tries, now=now):
            form.add_error("code", TOO_MANY)
        elif (step := factors.is_code_of_seed(seed, form.cleaned_data["code"])) is None:
            form.add_error("code", "This code is not right. Check that the clock of your telephone is, then try again.")
        else:
            limits.give_all_back(tries, now=now)
            factor = factors.add_app(user=user, seed=seed, step=step, name="", origin=request.origin, now=now)
    if factor is None:
        context = seed_context(user, seed) | {
            "form": form,
            "passkey": passkeys.ask_to_register(user=user, session=request.session, now=now),
            "next": next_of(request),
        }
        return render(request, "account/enrol.html", context)
    del request.session[ENROLMENT_KEY]
    codes = factors.make_recovery_codes(user=user, origin=request.origin, now=now)
    # What was signed in to by the password alone ends.
    here = request.sign_in.pk if request.sign_in else None
    sessions.end(user=user, by_id=user.pk, because="a second factor was made", origin=request.origin, now=now, but=here)
    onward = verified(request, factor, stage)
    context = {"codes": codes, "onward": onward["Location"] if onward else next_of(request)}
    return render(request, "account/recovery_codes.html", context)


def seed_context(user: User, seed: bytes) -> dict[str, str]:
    """What the page shows of a seed: the address that an app reads, as a picture and to type."""
    key = b32encode(seed).decode()
    label = quote(f"{passkeys.NAME}:{user.email}")
    address = f"otpauth://totp/{label}?{urlencode({'secret': key, 'issuer': passkeys.NAME}, quote_via=quote)}"
    return {
        "qr": segno.make(address, error="m").svg_inline(scale=5, border=3, title="QR code for your authenticator app"),
        "key": " ".join(key[start : start + 4] for start in range(0, len(key), 4)),
        "address": address,
    }


@require_http_methods(["GET", "POST"])
@public
def lost_factor(request: HttpRequest) -> HttpResponse:
    """Ask, after the right password, that two of the operator's support take the lost factor away."""
    stage = pending(request)
    if stage is None:
        return redirect("account_login")
    user = user_of(stage)
    asked = None
    if request.method == "POST":
        portal = cast(PortalRequest, request)
        asked = ask_for_lost_factor(person=user, filed_by=None, reason="", origin=portal.origin, now=timezone.now())
    return render(request, "account/lost_factor.html", {"asked": asked, "codes_left": factors.codes_left(user)})
