"""Inviting people, one or many, and the invitations that wait."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import ActingRequest, fresh_proof_required, permission_required
from accounts.forms_people import InviteForm, InviteManyForm
from accounts.models import Invitation, MarketParticipant, Organisation
from accounts.operations import bulk_invitations, invitations, memberships, people_lists
from accounts.operations.bulk_invitations import NotText, Outcome
from accounts.permissions import MarketRole
from accounts.views.people import LOOKS_AFTER, key_of, managed_or_404, pages


def organisation_of(request: ActingRequest, organisations: list[Organisation]) -> Organisation | None:
    """The organisation for which people are invited: the only one, or the one that is named; none where to choose."""
    if len(organisations) == 1:
        return organisations[0]
    wanted = request.POST.get("organisation") or request.GET.get("organisation")
    return managed_or_404(request, wanted)[0] if wanted else None


def market_roles_of(organisation: Organisation) -> list[MarketRole]:
    """The market roles that an organisation holds today."""
    held = MarketParticipant.objects.in_force(on=timezone.localdate()).filter(organisation=organisation)
    values = set(held.values_list("market_role", flat=True))
    return [role for role in MarketRole if role in values]


def choose(request: ActingRequest, organisations: list[Organisation], page: str) -> HttpResponse:
    """First for which organisation, since its market roles differ from those of the others."""
    return render(request, "people/choose.html", {"organisations": organisations, "url": reverse(page)})


def forms_of(request: ActingRequest, organisation: Organisation) -> partial[InviteForm]:
    """What makes the form by which one person is invited for an organisation."""
    return partial(
        InviteForm,
        market_roles=market_roles_of(organisation),
        roles=memberships.grantable(request.actor),
        on=timezone.localdate(),
    )


@require_http_methods(["GET", "POST"])
@permission_required(*LOOKS_AFTER)
@fresh_proof_required
def people_invite(request: ActingRequest) -> HttpResponse:
    """Invite one person."""
    organisations = managed_or_404(request)
    organisation = organisation_of(request, organisations)
    if organisation is None:
        return choose(request, organisations, "people_invite")
    form = forms_of(request, organisation)(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        outcome, why = bulk_invitations.invite_one(
            organisation=organisation, by=request.actor, asker=request.user, origin=request.origin,
            now=timezone.now(), **form.cleaned_data,
        )  # fmt: skip
        if outcome in {Outcome.INVITED, Outcome.HELD, Outcome.ASKED}:
            told = f"{form.cleaned_data['name']}: {outcome.lower()}."
            messages.success(request, f"{told} {why}".strip())
            return redirect("people_invitations")
        form.add_error("email", f"{outcome}. {why}")
    context = {"form": form, "organisation": organisation, "several": len(organisations) > 1}
    return render(request, "people/invite.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@permission_required(*LOOKS_AFTER)
@fresh_proof_required
def people_invite_many(request: ActingRequest) -> HttpResponse:
    """Invite the people of a list, with an answer for each line."""
    organisations = managed_or_404(request)
    organisation = organisation_of(request, organisations)
    if organisation is None:
        return choose(request, organisations, "people_invite_many")
    sent = request.method == "POST"
    form = InviteManyForm(request.POST if sent else None, request.FILES if sent else None)
    results: list[bulk_invitations.Result] = []
    if sent and form.is_valid():
        try:
            lines = bulk_invitations.lines_of(bulk_invitations.text_of(form.cleaned_data["data"]))
        except NotText as problem:
            form.add_error("file" if form.cleaned_data.get("file") else "lines", str(problem))
        else:
            results = bulk_invitations.invite_many(
                lines=lines, organisation=organisation, market_roles=market_roles_of(organisation),
                form_of=forms_of(request, organisation), by=request.actor, asker=request.user, origin=request.origin,
                now=timezone.now(),
            )  # fmt: skip
    context: dict[str, Any] = {
        "form": form,
        "organisation": organisation,
        "several": len(organisations) > 1,
        "market_roles": market_roles_of(organisation),
        "roles": memberships.grantable(request.actor),
        "results": results,
        "counts": [(outcome, sum(one.outcome == outcome for one in results)) for outcome in Outcome],
    }
    return render(request, "people/invite_many.html", context, status=422 if form.errors else 200)


@require_safe
@permission_required(*LOOKS_AFTER)
def people_invitations(request: ActingRequest) -> HttpResponse:
    """The invitations that were not accepted yet."""
    organisations = managed_or_404(request)
    offers, next_key = people_lists.offers(
        [one.pk for one in organisations], before=key_of(request, "before"), now=timezone.now()
    )
    context = {"offers": offers, "several": len(organisations) > 1}
    return render(request, "people/invitations.html", context | pages(request, "before", next_key))


def invitation_or_404(request: ActingRequest, invitation_id: int) -> Invitation:
    """An invitation to an organisation that the reader looks after; any other does not exist for them."""
    within = Invitation.objects.filter(organisation__in=managed_or_404(request)).select_related("organisation")
    found = within.filter(pk=invitation_id).first() if invitation_id < 2**63 else None
    if found is None:
        raise Http404
    return found


@require_POST
@permission_required(*LOOKS_AFTER)
def invitation_again(request: ActingRequest, invitation_id: int) -> HttpResponse:
    """Send the link again; the one before is good no more."""
    invitation = invitation_or_404(request, invitation_id)
    try:
        invitations.send_again(
            invitation=invitation, by_id=request.actor.person_id, origin=request.origin, now=timezone.now()
        )
    except invitations.TooSoon:
        messages.warning(request, f"The invitation of {invitation.email} was sent just now. Wait a minute.")
    except invitations.NotOpen:
        messages.warning(request, f"The invitation of {invitation.email} was accepted, withdrawn or waits already.")
    else:
        messages.success(
            request, f"The invitation of {invitation.email} is sent again. The link before is good no more."
        )
    return redirect("people_invitations")


@require_POST
@permission_required(*LOOKS_AFTER)
def invitation_withdraw(request: ActingRequest, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    invitation = invitation_or_404(request, invitation_id)
    withdrawn = invitations.withdraw(
        invitation=invitation, by_id=request.actor.person_id, origin=request.origin, now=timezone.now()
    )
    if withdrawn:
        messages.success(request, f"The invitation of {invitation.email} is withdrawn.")
    else:
        messages.warning(request, f"The invitation of {invitation.email} was accepted or withdrawn already.")
    return redirect("people_invitations")
