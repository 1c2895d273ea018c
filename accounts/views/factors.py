"""One's own second factors: seen, added, taken away, and the recovery codes that stand in for them.

Every change asks for a fresh proof first. The first factor is made elsewhere (`views/sign_in.py`), since who makes it
must show that the mailbox is theirs.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_otp import user_has_device

from accounts import limits, sealing
from accounts.decorators import OwnRequest, fresh_proof_required, own_account
from accounts.forms import AddAppForm, FactorNameForm
from accounts.models import AuthenticatorApp, Factor, Passkey, RecoveryCodes
from accounts.operations import factors as factors_operations
from accounts.operations import passkeys
from accounts.operations.factors import LastFactor
from accounts.views.account import LARGEST_KEY
from accounts.views.sign_in import TOO_MANY, seed_context

NEW_APP_KEY = "new_app"
MOST_APPS = 10
KINDS: dict[str, type[Factor]] = {"app": AuthenticatorApp, "passkey": Passkey}


def another[**P](view: Callable[Concatenate[OwnRequest, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let a view run only for who has a second factor already; anybody else makes the first one."""

    @wraps(view)
    def guarded(request: OwnRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not user_has_device(request.user):
            return redirect("enrol")
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@own_account()
def factors(request: OwnRequest) -> HttpResponse:
    """The second factors that one has."""
    held = factors_operations.factors_of(request.user)
    slugs = {model: slug for slug, model in KINDS.items()}
    context = {
        "rows": [
            {"factor": factor, "slug": slugs[type(factor)]} for factor in held if not isinstance(factor, RecoveryCodes)
        ],
        "codes": next((factor for factor in held if isinstance(factor, RecoveryCodes)), None),
        "codes_left": factors_operations.codes_left(request.user),
        "compulsory": request.standing.needs_factor,
    }
    return render(request, "account/factors.html", context)


@require_http_methods(["GET", "POST"])
@own_account()
@another
@fresh_proof_required
def add_app(request: OwnRequest) -> HttpResponse:
    """Add one more authenticator app, by the first code that it shows."""
    user, now = request.user, timezone.now()
    if AuthenticatorApp.objects.filter(user=user).count() >= MOST_APPS:
        messages.warning(request, f"An account has at most {MOST_APPS} authenticator apps. Remove one first.")
        return redirect("factors")
    sealed = request.session.setdefault(NEW_APP_KEY, sealing.sealed(factors_operations.new_seed()).decode())
    seed = sealing.opened(sealed.encode())
    form = AddAppForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tries = factors_operations.tries_of(user, request.origin)
        if not limits.take_all(tries, now=now):
            form.add_error("code", TOO_MANY)
        elif (step := factors_operations.is_code_of_seed(seed, form.cleaned_data["code"])) is None:
            form.add_error(
                "code", "This code is not right. Check that the clock of your telephone is, then try the next code."
            )
        else:
            limits.give_all_back(tries, now=now)
            del request.session[NEW_APP_KEY]
            name = form.cleaned_data["name"]
            factors_operations.add_app(user=user, seed=seed, step=step, name=name, origin=request.origin, now=now)
            return added(request, "The authenticator app has been added.")
    return render(request, "account/factor_add_app.html", seed_context(user, seed) | {"form": form})


@require_http_methods(["GET", "POST"])
@own_account()
@another
@fresh_proof_required
def add_passkey(request: OwnRequest) -> HttpResponse:
    """Add one more passkey, which the browser makes."""
    user, now = request.user, timezone.now()
    form = FactorNameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            passkeys.register(
                user=user, answer=request.POST.get("passkey", ""), name=form.cleaned_data["name"],
                session=request.session, origin=request.origin, now=now,
            )  # fmt: skip
            return added(request, "The passkey has been added.")
        except passkeys.NotAccepted as refusal:
            form.add_error(None, str(refusal))
    asked = passkeys.ask_to_register(user=user, session=request.session, now=now)
    return render(request, "account/factor_add_passkey.html", {"form": form, "passkey": asked})


def added(request: OwnRequest, said: str) -> HttpResponse:
    """Back to the list; the session's key changes with what its person can prove."""
    request.session.cycle_key()
    messages.success(request, said)
    return redirect("factors")


@require_http_methods(["GET", "POST"])
@own_account()
@another
@fresh_proof_required
def remove(request: OwnRequest, kind: str, factor_id: int) -> HttpResponse:
    """Take one factor away, after saying what follows from it."""
    model = KINDS.get(kind)
    mine = model.objects.filter(pk=factor_id, user=request.user) if model and factor_id <= LARGEST_KEY else None
    factor: Factor | None = mine.first() if mine is not None else None
    if factor is None:
        raise Http404
    compulsory = request.standing.needs_factor
    others = [other for other in factors_operations.factors_of(request.user) if not isinstance(other, RecoveryCodes)]
    is_last = len(others) == 1
    if request.method == "POST":
        try:
            factors_operations.remove(
                factor=factor, compulsory=compulsory, keep_sign_in=request.sign_in.pk, origin=request.origin,
                now=timezone.now(),
            )  # fmt: skip
            request.session.cycle_key()
            messages.success(request, f"{factor.name} has been removed. Your other sessions have been ended.")
        except LastFactor:
            messages.warning(
                request, f"{factor.name} is your only second factor, and your role needs one. Add another one first."
            )
        return redirect("factors")
    context = {"factor": factor, "is_last": is_last, "compulsory": compulsory}
    return render(request, "account/factor_remove.html", context)


@require_http_methods(["GET", "POST"])
@own_account()
@another
@fresh_proof_required
def recovery_codes(request: OwnRequest) -> HttpResponse:
    """Make ten new recovery codes, and show them this once."""
    if request.method == "POST":
        codes = factors_operations.make_recovery_codes(user=request.user, origin=request.origin, now=timezone.now())
        request.session.cycle_key()
        return render(
            request, "account/recovery_codes.html", {"codes": codes, "onward": reverse("factors"), "again": True}
        )
    left = factors_operations.codes_left(request.user)
    return render(request, "account/recovery_codes_new.html", {"codes_left": left})
