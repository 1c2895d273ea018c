"""Deciding an access request, and filing one that came by mail."""

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import ActingRequest, fresh_proof_required, permission_required
from accounts.forms_queue import ApproveForm, ApproveOrganisationForm, DoneForm, FileForm, PlaceForm, RejectForm
from accounts.models import AccessRequest, MarketParticipant, RequestKind, RequestState, User
from accounts.operations import request_decisions, request_reach, requests
from accounts.operations.memberships import NotGrantable
from accounts.operations.request_decisions import Choice
from accounts.operations.request_effects import CannotApprove
from accounts.permissions import MarketRole, Permission, PortalRole
from accounts.views.queue import GONE, HANDLERS, is_theirs, request_or_404

APPROVED_ALREADY = "You have approved this already. Somebody else must approve it too: ask a colleague."


@require_http_methods(["GET", "POST"])
@permission_required(*HANDLERS)
@fresh_proof_required
def request_decide(request: ActingRequest, request_id: UUID) -> HttpResponse:
    """Approve a request, reject it, or say first at which organisation it is."""
    asked = request_or_404(request, request_id)
    if not is_theirs(request, asked):
        own = request_decisions.is_own(asked, request.actor.person_id, request.actor.email)
        messages.warning(request, request_decisions.OWN if own else GONE)
        return redirect("queue_request", request_id)
    action = request.POST.get("action", "")
    forms = forms_for(request, asked, action)
    form = forms.get(action)
    if form is not None and form.is_valid():
        try:
            messages.success(request, decide(request, asked, action, form))
            return redirect("queue_request", request_id)
        except (request_decisions.AlreadyDecided, request_decisions.NotYours):
            messages.warning(request, GONE)
            return redirect("queue_request", request_id)
        except request_decisions.AlreadyApproved:
            form.add_error(None, APPROVED_ALREADY)
        except (CannotApprove, NotGrantable) as refusal:
            form.add_error(None, str(refusal))
    approvals = list(request_reach.counting(asked, on=timezone.localdate()))
    context = {
        "asked": asked,
        "forms": forms,
        "problems": form,
        "roles": [PortalRole(name).label for name in asked.portal_roles],
        "approvals": approvals,
        "left": asked.approvals_needed - len(approvals),
    }
    return render(request, "requests/decide.html", context, status=422 if form and form.errors else 200)


def forms_for(request: ActingRequest, asked: AccessRequest, action: str) -> dict[str, Form]:
    """The forms of the page by their action, the one that was sent bound."""
    data = request.POST if request.method == "POST" else None
    forms: dict[str, Form] = {}
    approve = data if action == "approve" else None
    if asked.kind == RequestKind.ORGANISATION:
        roles = [role.value for role in MarketRole if role != MarketRole.OPERATOR]
        forms["approve"] = ApproveOrganisationForm(approve, request=asked, market_roles=roles, auto_id="approve_%s")
    elif asked.kind == RequestKind.PERSON and asked.organisation:
        held = MarketParticipant.objects.in_force(on=timezone.localdate()).filter(organisation=asked.organisation)
        roles = sorted(set(held.values_list("market_role", flat=True)))
        forms["approve"] = ApproveForm(approve, request=asked, market_roles=roles, auto_id="approve_%s")
    elif asked.kind != RequestKind.PERSON:
        forms["approve"] = DoneForm(approve, request=asked, auto_id="approve_%s")
    if request_reach.may_place(asked, actor=request.actor):
        place = data if action == "place" else None
        named = {
            "organisation": asked.organisation_name,
            "market_role": asked.market_role,
            "portal_roles": asked.portal_roles,
        }
        forms["place"] = PlaceForm(place, initial=named, auto_id="place_%s")
    forms["reject"] = RejectForm(data if action == "reject" else None, auto_id="reject_%s")
    return forms


def decide(request: ActingRequest, asked: AccessRequest, action: str, form: Form) -> str:
    """Do what a form of the page says, and say what was done."""
    now, by, origin, given = timezone.now(), request.actor, request.origin, form.cleaned_data
    if action == "reject":
        request_decisions.reject(
            request_id=asked.pk, reason=given["reason"], words=given["words"], by=by, origin=origin, now=now
        )
        return "The request is rejected, and its applicant told why."
    if action == "place":
        request_decisions.place(request_id=asked.pk, by=by, origin=origin, now=now, **given)
        return f"The request is now one to join {given['organisation'].name}."
    words = given.pop("words")
    choice = Choice(**given) if given else None
    done = request_decisions.approve(request_id=asked.pk, by=by, choice=choice, words=words, origin=origin, now=now)
    if done.state != RequestState.APPROVED:
        return "You have approved the request. Somebody else must approve it too before anything happens."
    if done.invitation and done.invitation.held:
        return "The request is approved. The invitation waits for an administrator, who looks at the address."
    return "The request is approved."


@require_http_methods(["GET", "POST"])
@permission_required(Permission.QUEUE)
def queue_file(request: ActingRequest) -> HttpResponse:
    """File what came by mail, so that it waits in the one queue."""
    form = FileForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        about = {name: given[name] for name in ("email", "name", "organisation_name", "text", "kind")}
        about["portal_roles"] = sorted(role.value for role in given["portal_roles"])
        try:
            asked = requests.file_mailed(
                by=User.objects.get(pk=request.actor.person_id), origin=request.origin, now=timezone.now(), **about
            )
        except requests.NoAccount:
            form.add_error("email", "No account has this address. File it as something else, or check the address.")
        else:
            messages.success(request, f"Filed as request {asked.reference}.")
            return redirect("queue_request", asked.pk)
    return render(request, "requests/file.html", {"form": form}, status=422 if form.errors else 200)
