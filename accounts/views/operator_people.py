"""People as the operator sees them: found, looked at, and helped or stopped."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe
from django_otp import user_has_device

from accounts import devices
from accounts.decorators import ActingRequest, fresh_proof_required, permission_required
from accounts.models import Membership, User
from accounts.operations import directory, event_log, factors, identities, passwords
from accounts.operations.requests import ask_for_lost_factor
from accounts.operations.sessions import open_sign_ins
from accounts.operator_forms.people import (
    EmailForm,
    EndSessionsForm,
    LostFactorForm,
    ReasonForm,
    SearchForm,
    SwitchOffForm,
    SwitchOnForm,
)
from accounts.permissions import Permission, PortalRole
from accounts.views.operator_pages import asked_and_done

LOOKS_AT_PEOPLE = (Permission.SUPPORT, Permission.LOCK, Permission.IDENTITIES, Permission.EVENTS)

MOST_MEMBERSHIPS = 100

type Do = Callable[[dict[str, Any]], str]


@require_safe
@permission_required(*LOOKS_AT_PEOPLE)
def people(request: ActingRequest) -> HttpResponse:
    """Find people by address, name or organisation; deleted ones too, for who decides about those."""
    form = SearchForm(request.GET if "q" in request.GET else None)
    with_deleted = request.actor.may(Permission.IDENTITIES)
    found = None
    if form.is_bound and form.is_valid():
        found = directory.people_found(form.cleaned_data["q"], with_deleted=with_deleted)
    context = {
        "form": form,
        "found": found[: directory.SHOWN] if found is not None else None,
        "more": found is not None and len(found) > directory.SHOWN,
        "locked": directory.locked_people(now=timezone.now())[: directory.SHOWN] if found is None else [],
    }
    return render(request, "operator/people.html", context)


def person_or_404(request: ActingRequest, person: UUID) -> User:
    """An account; a deleted one for administrators only."""
    people = User.with_deleted if request.actor.may(Permission.IDENTITIES) else User.objects
    found = people.filter(pk=person).first()
    if found is None:
        raise Http404
    return found


def in_words(membership: Membership) -> str:
    return ", ".join(role.label for role in PortalRole if role in membership.roles)


@require_safe
@permission_required(*LOOKS_AT_PEOPLE)
def person(request: ActingRequest, person: UUID) -> HttpResponse:
    """One account: identity, memberships, factors, sessions, locks and the last events, with what can be done."""
    now = timezone.now()
    user = person_or_404(request, person)
    events, more = event_log.page_of_person(user)
    held = user.memberships.select_related("organisation").order_by("-started_on", "-pk")
    context = {
        "person": user,
        "own": user.pk == request.actor.person_id,
        "memberships_held": [(one, in_words(one)) for one in held[:MOST_MEMBERSHIPS]],
        "factors": factors.factors_of(user),
        "sign_ins": [
            (one, devices.in_words(one.user_agent)) for one in open_sign_ins(user, now=now)[: directory.SHOWN]
        ],
        "last_sign_in": user.sign_ins.order_by("-started_at").first(),
        "paused_until": identities.paused_until(user, now=now),
        "on": timezone.localdate(now),
        "events": events,
        "more": more,
    }
    return render(request, "operator/person.html", context)


def acted(
    request: ActingRequest, user: User, form: Form, do: Do, *, title: str, text: str, button: str
) -> HttpResponse:
    """The page of one action on one account, which leads back to it."""
    context = {"person": user, "title": title, "text": text, "button": button}
    return asked_and_done(
        request,
        form=form,
        do=do,
        to=("operator_person", user.pk),
        template="operator/person_action.html",
        context=context,
    )


@require_http_methods(["GET", "POST"])
@permission_required(Permission.SUPPORT, Permission.LOCK)
@fresh_proof_required
def unlock(request: ActingRequest, person: UUID) -> HttpResponse:
    """Lift the pause after too many tries."""
    user = get_object_or_404(User, pk=person)

    def do(said: dict[str, Any]) -> str:
        lifted = identities.unlock(
            user=user, by=request.user, because=said["reason"], origin=request.origin, now=timezone.now()
        )
        return f"{user.name} can try again at once." if lifted else f"{user.name} was not locked."

    return acted(
        request, user, ReasonForm(request.POST or None), do, title="Lift the lock", button="Lift the lock",
        text="Make sure by telephone that it is the person who tried, and not somebody who guesses.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@permission_required(Permission.SUPPORT, Permission.LOCK)
@fresh_proof_required
def end_sessions(request: ActingRequest, person: UUID) -> HttpResponse:
    """Sign a person out everywhere."""
    user = get_object_or_404(User, pk=person)

    def do(said: dict[str, Any]) -> str:
        ended = identities.end_sessions(
            user=user, by=request.user, because=said["reason"], origin=request.origin, now=timezone.now()
        )
        return f"{ended} session{'' if ended == 1 else 's'} of {user.name} ended."

    return acted(
        request, user, EndSessionsForm(request.POST or None), do, title="End all sessions", button="End all sessions",
        text="With the next page that they open, they are asked to sign in again.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@permission_required(Permission.LOCK)
@fresh_proof_required
def switch(request: ActingRequest, person: UUID) -> HttpResponse:
    """Switch an account off, or on again: whichever it is not."""
    user = get_object_or_404(User, pk=person)
    # Which of the two was asked for is what the form says: another may have done it meanwhile.
    wants_off = request.POST.get("turn", "off" if user.is_active else "on") == "off"

    def do(said: dict[str, Any]) -> str:
        about: dict[str, Any] = {"user": user, "by": request.user, "because": said["reason"]}
        about |= {"origin": request.origin, "now": timezone.now()}
        if wants_off:
            identities.switch_off(**about, even_last=said["even_last"])
            return f"The account of {user.name} is switched off, and all sessions are ended."
        identities.switch_on(**about)
        return f"The account of {user.name} is switched on."

    if wants_off:
        return acted(
            request, user, SwitchOffForm(request.POST or None), do, title="Switch the account off",
            button="Switch off",
            text="Sessions end at once and nobody can sign in. Memberships and second factors stay for later.",
        )  # fmt: skip
    return acted(
        request, user, SwitchOnForm(request.POST or None), do, title="Switch the account on",
        button="Switch on",
        text="The person can sign in as before, with the memberships they hold now.",
    )  # fmt: skip


def check_within_reach(email: str, user: User, *, now: datetime) -> None:
    """Raises ValidationError for an address that support may not give a person."""
    if directory.is_operators_own(user, now=now):
        raise ValidationError(f"{user.name} works for the operator: ask an administrator to change the address.")
    if not directory.owns_domain_of(email, user, now=now):
        raise ValidationError(
            f"This address is outside the mail domains of the organisations that {user.name} acts for. Ask an "
            "administrator to change the address, or to add the domain."
        )


@require_http_methods(["GET", "POST"])
@permission_required(Permission.ASSIST, Permission.IDENTITIES)
@fresh_proof_required
def email(request: ActingRequest, person: UUID) -> HttpResponse:
    """Give an account another address: support one within the domains of the person's organisations only.

    Else one of support could take an account over, address first. Those of the operator's own people, and any other
    address, are for administrators.
    """
    user = get_object_or_404(User, pk=person)

    def do(said: dict[str, Any]) -> str:
        now = timezone.now()
        if user.pk != request.actor.person_id and not request.actor.may(Permission.IDENTITIES):
            check_within_reach(said["email"], user, now=now)
        identities.change_email(user=user, email=said["email"], by=request.user, origin=request.origin, now=now)
        return f"The address of {user.name} is {user.email} from now on. Both addresses are told."

    form = EmailForm(request.POST or None, initial={"email": user.email})
    return acted(
        request, user, form, do, title="Change the e-mail address", button="Change the address",
        text="All sessions end, links and codes that were sent are good no more, and open invitations to the old "
        "address are taken back. Password and second factor stay.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@permission_required(Permission.IDENTITIES)
@fresh_proof_required
def delete(request: ActingRequest, person: UUID) -> HttpResponse:
    """Close an account for good."""
    user = get_object_or_404(User, pk=person)

    def do(said: dict[str, Any]) -> str:
        identities.delete(user=user, by=request.user, because=said["reason"], origin=request.origin, now=timezone.now())
        return f"The account of {user.name} is deleted. The address {user.email} is free."

    return acted(
        request, user, ReasonForm(request.POST or None), do, title="Delete the account", button="Delete the account",
        text="Memberships end today, sessions end, second factors are removed and the address becomes free. "
        "History stays. Whoever is invited under this address later is your decision: the same person or another.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@permission_required(Permission.ASSIST)
@fresh_proof_required
@sensitive_variables("code")
def factor_code(request: ActingRequest, person: UUID) -> HttpResponse:
    """A code to read over the telephone, for somebody whom the mailed one before the first second factor misses."""
    user = get_object_or_404(User, pk=person)
    form = ReasonForm(request.POST or None)
    code = ""
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            if user_has_device(user) or directory.is_operators_own(user, now=now):
                raise ValidationError(f"{user.name} has a second factor, or works for the operator: no code is given.")
            code = passwords.start_assisted_enrolment(user=user, by=request.user, origin=request.origin, now=now)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        except passwords.NotForOneself:
            form.add_error(None, "This is your own account.")
        except passwords.SwitchedOff:
            form.add_error(None, "The account is switched off.")
        except passwords.SameHelper:
            form.add_error(None, "You gave them the code for the password: a colleague gives this one.")
    context = {"person": user, "form": form, "code": code, "minutes": settings.CODE_MINUTES}
    return render(request, "operator/factor_code.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.SUPPORT)
@fresh_proof_required
def lost_factor(request: ActingRequest, person: UUID) -> HttpResponse:
    """File, for somebody on the telephone, that their second factor is lost."""
    user = get_object_or_404(User, pk=person)

    def do(said: dict[str, Any]) -> str:
        if user.pk == request.actor.person_id:
            raise identities.OwnAccount
        filed = ask_for_lost_factor(
            person=user, filed_by=request.user, reason=said["reason"], origin=request.origin, now=timezone.now()
        )
        return f"Request {filed.reference} is in the queue. Two support staff must agree."

    return acted(
        request, user, LostFactorForm(request.POST or None), do, title="File a lost second factor",
        button="File the request",
        text="Call back on the number that the account or the organisation holds, not on one that you are told.",
    )  # fmt: skip
