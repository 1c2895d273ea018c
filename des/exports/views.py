"""Asking for a file, watching it grow, and fetching it. A person sees their own exports only."""

import logging
from uuid import UUID

from celery.exceptions import OperationalError
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts import gates
from accounts.decorators import ActingRequest, permission_required
from accounts.operations.sessions import is_fresh
from accounts.permissions import Permission
from des.audit.models import Channel, Decision
from des.audit.record import record_enquiry
from des.catalogue import enquiry_named
from des.exports import jobs, tasks
from des.exports.models import Export, State

logger = logging.getLogger("des.exports")

SHOWN = 50


def own_export_or_404(request: ActingRequest, export_id: UUID) -> Export:
    """A person's own export, asked for under the membership now acted for; any other does not exist for them."""
    try:
        return Export.objects.select_related("user", "membership__organisation").get(
            pk=export_id, user=request.actor.person_id, membership=request.actor.membership_id
        )
    except Export.DoesNotExist:
        raise Http404 from None


@require_http_methods(["GET", "POST"])
@permission_required(Permission.EXPORT)
def exports(request: ActingRequest) -> HttpResponse:
    if request.method == "POST":
        return ask(request)
    own = Export.objects.filter(user=request.actor.person_id, membership=request.actor.membership_id)
    return render(request, "exports/list.html", {"exports": own[:SHOWN]})


def ask(request: ActingRequest) -> HttpResponse:
    """Queue the question that a results or record page posted, and ring for the worker."""
    try:
        kind = enquiry_named(request.POST.get("enquiry", ""))
    except KeyError:
        raise Http404 from None
    enquiry = kind(request.POST, actor=request.actor, on=timezone.localdate())
    if not enquiry.is_valid():
        if enquiry.is_refused:
            record_enquiry(
                actor=request.actor,
                channel=Channel.EXPORT,
                enquiry=enquiry.slug,
                criteria=enquiry.asked(),
                decision=Decision.REFUSED,
                result_count=None,
                address=request.address,
                request_id=request.request_id,
            )
        return render(request, "screens/enquire.html", {"enquiry": enquiry}, status=422)
    if not is_fresh(request.sign_in, now=timezone.now()) and jobs.is_bulk(enquiry):
        return gates.lead("proof", request)
    export = jobs.ask_for_export(
        by=request.actor,
        enquiry=enquiry,
        whole_record="whole" in request.POST,
        now=timezone.now(),
        address=request.address,
        request_id=request.request_id,
    )
    try:
        tasks.write.delay(export_id=str(export.pk))
    except OperationalError:
        # The row is the truth: the next round of `write_waiting` finds it.
        logger.warning("the broker cannot be reached", extra={"export": str(export.pk)})
    return redirect(export)


@require_GET
@permission_required(Permission.EXPORT)
def export(request: ActingRequest, export_id: UUID) -> HttpResponse:
    own = own_export_or_404(request, export_id)
    labels = enquiry_named(own.enquiry).base_fields
    context = {
        "export": own,
        "criteria": [(labels[name].label or name, value) for name, value in own.criteria.items() if name in labels],
        "download_url": reverse("export_download", args=[own.pk]),
        "progress_url": reverse("export_progress", args=[own.pk]),
    }
    return render(request, "exports/detail.html", context)


@require_GET
@permission_required(Permission.EXPORT)
def progress(request: ActingRequest, export_id: UUID) -> JsonResponse:
    own = own_export_or_404(request, export_id)
    return JsonResponse({"state": own.state, "rows_done": own.rows_done, "rows_total": own.rows_total})


@require_GET
@permission_required(Permission.EXPORT)
def download(request: ActingRequest, export_id: UUID) -> HttpResponseBase:
    """The file, if its owner may still have it: rights are asked for again, and the fetch is written down."""
    own = own_export_or_404(request, export_id)
    if own.state != State.DONE:
        return redirect(own)
    path = jobs.path_of(own)
    if not path.exists():
        raise Http404
    lost = ""
    try:
        jobs.check_rights(own)
    except jobs.ExportRefused as reason:
        lost = str(reason)
    record_enquiry(
        actor=request.actor,
        channel=Channel.DOWNLOAD,
        enquiry=own.enquiry,
        criteria=own.criteria | {"export": str(own.pk), "sha256": own.sha256},
        decision=Decision.REFUSED if lost else Decision.ANSWERED,
        result_count=None if lost else own.rows_done,
        address=request.address,
        request_id=request.request_id,
    )
    if lost:
        return render(request, "exports/refused.html", {"export": own, "reason": lost}, status=403)
    name = f"{own.enquiry}-{own.requested_at:%Y-%m-%d}-{own.pk.hex[:8]}.csv"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)
