"""Invitations that wait for the operator: allowed, or refused with a reason."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import ActingRequest, fresh_proof_required, permission_required
from accounts.models import Held, Invitation
from accounts.operations import directory, identities
from accounts.operations.invitations import NotOpen
from accounts.operator_forms.people import DecisionForm
from accounts.permissions import Permission, PortalRole
from accounts.views.operator_pages import asked_and_done, key_of, query_of, without


@require_safe
@permission_required(Permission.IDENTITIES)
def invitations(request: ActingRequest) -> HttpResponse:
    """What waits, the oldest first."""
    page, next_key = directory.page_of(
        directory.held_invitations(), after_key=key_of(request, "after"), newest_first=False
    )
    context = {
        "invitations": page,
        "next_url": query_of(request, after=next_key) if next_key else "",
        "first_url": without(request, "after") if "after" in request.GET else "",
    }
    return render(request, "operator/invitations.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.IDENTITIES)
@fresh_proof_required
def invitation(request: ActingRequest, invitation: int) -> HttpResponse:
    """Decide about one: also, where the address was that of a deleted account, whether it is the same person."""
    invited = get_object_or_404(Invitation.objects.select_related("organisation", "invited_by"), pk=invitation)
    is_waiting = invited.held != Held.NO and not invited.withdrawn_at
    deleted = directory.deleted_with(invited.email) if invited.held == Held.IDENTITY else []
    form = DecisionForm(request.POST or None, deleted=deleted)

    def do(_said: dict[str, Any]) -> str:
        return decided(request, invited, form)

    context = {
        "invitation": invited,
        "is_waiting": is_waiting,
        "deleted": deleted,
        "roles": ", ".join(PortalRole(name).label for name in invited.portal_roles),
        "outside": not invited.organisation.domains.filter(domain=invited.email.rpartition("@")[2]).exists(),
        "own": invited.invited_by_id == request.actor.person_id,
    }
    return asked_and_done(
        request, form=form, do=do, to=("operator_invitations",), template="operator/invitation.html", context=context
    )


def decided(request: ActingRequest, invited: Invitation, form: DecisionForm) -> str:
    """Do what was decided, and say so. Raises `OwnInvitation` and `ValidationError`."""
    about: dict[str, Any] = {"invitation": invited, "by": request.user, "origin": request.origin, "now": timezone.now()}
    try:
        if form.is_refusal:
            identities.refuse(**about, because=form.cleaned_data["reason"])
            return f"The invitation of {invited.name} is refused, and its maker is told."
        identities.allow(**about, restores=form.restores)
    except NotOpen:
        return f"The invitation of {invited.name} was decided meanwhile. Nothing was changed."
    return f"The invitation of {invited.name} is on its way, and its maker is told."
