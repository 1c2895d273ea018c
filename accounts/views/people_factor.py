"""Whether everybody of an organisation must have a second factor, or only who does by role."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.decorators import ActingRequest, fresh_proof_required, permission_required
from accounts.operations import people as operations
from accounts.views.people import LOOKS_AFTER, managed_or_404


@require_http_methods(["GET", "POST"])
@permission_required(*LOOKS_AFTER)
@fresh_proof_required
def people_factor(request: ActingRequest) -> HttpResponse:
    """The choice of each organisation that the reader looks after; it holds with the next request of everybody."""
    if request.method == "POST":
        (organisation, *_) = managed_or_404(request, request.POST.get("organisation", "none"))
        required = request.POST.get("required") == "yes"
        operations.require_factor(
            organisation=organisation, required=required, by_id=request.actor.person_id, origin=request.origin
        )
        whose = "everybody" if required else "those whose role needs one"
        messages.success(request, f"{organisation.name} asks {whose} for a second factor from now on.")
        return redirect("people_factor")
    organisations = managed_or_404(request)
    return render(request, "people/factor.html", {"organisations": organisations})
