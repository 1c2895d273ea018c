"""The evidence of access control, as one file to take away."""

import tempfile
from datetime import timedelta

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import ActingRequest, fresh_proof_required, permission_required
from accounts.operations import evidence
from accounts.operator_forms.events import EvidenceForm
from accounts.permissions import Permission

IN_MEMORY = 5 * 1024 * 1024  # what is more lies in a file that has no name


@require_http_methods(["GET", "POST"])
@permission_required(Permission.EVIDENCE)
@fresh_proof_required
def evidence_pack(request: ActingRequest) -> HttpResponseBase:
    """Choose the days, by default the last year, and take the pack."""
    now = timezone.now()
    today = timezone.localdate(now)
    form = EvidenceForm(request.POST or None, initial={"since": today - timedelta(days=364), "until": today})
    if request.method != "POST" or not form.is_valid():
        return page(request, form)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    said = form.cleaned_data
    evidence.write_pack(file, **said, by=request.user, origin=request.origin, now=now)
    file.seek(0)
    name = f"access-evidence-{said['since']}-to-{said['until']}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def page(request: ActingRequest, form: EvidenceForm) -> HttpResponse:
    return render(
        request, "operator/evidence.html", {"form": form, "members": [member[:2] for member in evidence.MEMBERS]}
    )
