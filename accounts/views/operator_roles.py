"""Market roles of organisations: given from a day, and ended on one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import ActingRequest, fresh_proof_required, permission_required
from accounts.models import MarketParticipant, Organisation
from accounts.operations import organisations as operation
from accounts.operator_forms.organisations import EndRoleForm, MarketRoleForm
from accounts.permissions import MarketRole, Permission
from accounts.views.operator_pages import asked_and_done


@require_http_methods(["GET", "POST"])
@permission_required(Permission.ORGANISATIONS)
@fresh_proof_required
def role_add(request: ActingRequest, organisation: int) -> HttpResponse:
    """Let an organisation act in a market role under a short code."""
    held = get_object_or_404(Organisation, pk=organisation)
    form = MarketRoleForm(request.POST or None, initial={"started_on": timezone.localdate()})

    def do(said: dict[str, Any]) -> str:
        role = MarketRole(said["market_role"])
        made = operation.add_role(
            organisation=held, **{**said, "market_role": role}, by=request.user, origin=request.origin
        )
        return f"{held.name} acts as {made} from {made.started_on:%-d %B %Y}."

    return asked_and_done(
        request, form=form, do=do, to=("operator_organisation", held.pk), template="operator/role.html",
        context={"organisation": held, "participant": None},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@permission_required(Permission.ORGANISATIONS)
@fresh_proof_required
def role_end(request: ActingRequest, organisation: int, role: int) -> HttpResponse:
    """End a market role, after reading how many people can then do nothing under it."""
    on = timezone.localdate()
    roles = MarketParticipant.objects.select_related("organisation").exclude(market_role=MarketRole.OPERATOR)
    held = get_object_or_404(roles, pk=role, organisation=organisation)
    if held.ended_on and held.ended_on <= on:
        raise Http404

    def do(said: dict[str, Any]) -> str:
        try:
            operation.end_role(
                participant=held, ended_on=said["ended_on"], by=request.user, origin=request.origin,
                now=timezone.now(),
            )  # fmt: skip
        except operation.Over as over:
            raise ValidationError("This market role has ended meanwhile.") from over
        return f"{held} ends on {said['ended_on']:%-d %B %Y}."

    context = {
        "organisation": held.organisation,
        "participant": held,
        "affected": operation.affected(held, on=on),
        "left_alone": operation.left_alone(held, on=on),
    }
    return asked_and_done(
        request, form=EndRoleForm(request.POST or None, today=on, initial={"ended_on": held.ended_on}), do=do,
        to=("operator_organisation", held.organisation_id), template="operator/role.html", context=context,
    )  # fmt: skip
