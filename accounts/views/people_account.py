"""What an LSO changes of a person after a fresh proof: roles, the e-mail address, and a way to a new password."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods
from django_otp import user_has_device

from accounts.decorators import ActingRequest, fresh_proof_required, permission_required
from accounts.forms_people import NewEmailForm, RolesForm
from accounts.operations import memberships
from accounts.operations import people as operations
from accounts.views.people import LOOKS_AFTER, REFUSALS, membership_or_404, why_not, words_of


@require_http_methods(["GET", "POST"])
@permission_required(*LOOKS_AFTER)
@fresh_proof_required
def person_roles(request: ActingRequest, membership_id: int) -> HttpResponse:
    """Give and take portal roles; that of an LSO is asked for, and a second person approves it."""
    membership = membership_or_404(request, membership_id)
    roles = memberships.grantable(request.actor)
    form = RolesForm(request.POST if request.method == "POST" else None, roles=roles, held=membership.roles)
    if request.method == "POST" and form.is_valid():
        try:
            waiting = operations.change_roles(
                membership=membership, roles=form.cleaned_data["roles"], by=request.actor, asker=request.user,
                origin=request.origin, now=timezone.now(),
            )  # fmt: skip
        except REFUSALS as refusal:
            form.add_error("roles", words_of(refusal))
        else:
            messages.success(request, f"The roles of {membership.user.name} are saved.")
            if waiting:
                asked = f"The request {waiting.reference} waits for a second approval: by another Local Security "
                messages.info(request, f"{asked}Officer under “Requests”, or by operator support.")
            return redirect("person", membership_id=membership.pk)
    context = {
        "form": form,
        "membership": membership,
        "beyond": sorted(role.label for role in membership.roles.difference(roles)),
    }
    return render(request, "people/roles.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@permission_required(*LOOKS_AFTER)
@fresh_proof_required
def person_email(request: ActingRequest, membership_id: int) -> HttpResponse:
    """Change the address of an account that acts for the reader's organisations only."""
    membership = membership_or_404(request, membership_id)
    form = NewEmailForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_email(
                membership=membership, email=form.cleaned_data["email"], by=request.actor, asker=request.user,
                origin=request.origin, now=timezone.now(),
            )  # fmt: skip
        except REFUSALS as refusal:
            form.add_error("email", words_of(refusal))
        else:
            messages.success(request, f"{membership.user.name} signs in with the new address from now on.")
            return redirect("person", membership_id=membership.pk)
    context = {
        "form": form,
        "membership": membership,
        "why_not": why_not(request, operations.check_whole_account, membership),
        "domains": membership.organisation.domains.order_by("domain")[:20],
    }
    return render(request, "people/email.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@permission_required(*LOOKS_AFTER)
@fresh_proof_required
@sensitive_variables("code")
def person_code(request: ActingRequest, membership_id: int) -> HttpResponse:
    """A code to read over the telephone, shown in this one answer: the reader never learns a password.

    It is for a new password, or in place of the code by mail before the first second factor.
    """
    membership = membership_or_404(request, membership_id)
    code, problem = "", why_not(request, operations.check_whole_account, membership)
    has_factor = user_has_device(membership.user)
    for_factor = request.POST.get("for") == "factor" and not has_factor
    if request.method == "POST" and not problem:
        try:
            give = operations.give_factor_code if for_factor else operations.give_code
            code = give(
                membership=membership, by=request.actor, asker=request.user, origin=request.origin, now=timezone.now()
            )
        except REFUSALS as refusal:
            problem = words_of(refusal)
    context = {"membership": membership, "code": code, "why_not": problem, "minutes": settings.CODE_MINUTES}
    return render(request, "people/code.html", context | {"for_factor": for_factor, "has_factor": has_factor})
