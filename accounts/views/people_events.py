"""What happened to the people of the reader's organisations, and when operator support could see their data."""

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import csv_text
from accounts.decorators import ActingRequest, fresh_proof_required, permission_required
from accounts.forms_people import EventsForm
from accounts.models import User
from accounts.operations import people_events as operations
from accounts.operations import people_lists
from accounts.operations.people_events import HEADINGS, MOST_ROWS, Asked
from accounts.views.people import LOOKS_AFTER, key_of, managed_or_404, membership_or_404, pages


def asked_by(request: ActingRequest, form: EventsForm) -> Asked:
    """Which events a valid form asks for, of the reader's organisations and of the person whose page led here."""
    organisations = managed_or_404(request)
    key = (request.POST or request.GET).get("person", "")
    person: User | None = None
    if key:
        is_key = key.isascii() and key.isdecimal() and len(key) < 19
        person = membership_or_404(request, int(key) if is_key else 0).user
    return Asked(
        organisation_ids=tuple(one.pk for one in organisations),
        on=timezone.localdate(),
        person=person,
        **form.cleaned_data,
    )


@require_safe
@permission_required(*LOOKS_AFTER)
def people_events(request: ActingRequest) -> HttpResponse:
    managed_or_404(request)
    return listed(request, EventsForm(request.GET))


def listed(request: ActingRequest, form: EventsForm) -> HttpResponse:
    context = {"form": form, "events": [], "person": None, "most": MOST_ROWS}
    next_key = None
    if form.is_valid():
        asked = asked_by(request, form)
        context["events"], next_key = operations.page_of(asked, before=key_of(request, "before"))
        context["person"] = asked.person
    context["asked"] = {key: form.data.get(key, "") for key in (*form.fields, "person")}
    return render(
        request, "people/events.html", context | pages(request, "before", next_key), status=422 if form.errors else 200
    )


@require_POST
@permission_required(*LOOKS_AFTER)
@fresh_proof_required
def people_events_file(request: ActingRequest) -> HttpResponseBase:
    """The events that were asked for as a file, which is written down as an event itself."""
    managed_or_404(request)
    form = EventsForm(request.POST)
    if not form.is_valid():
        return listed(request, form)
    asked = asked_by(request, form)
    if operations.too_many(asked):
        form.add_error("since", f"These are more than {MOST_ROWS:,} events. Choose fewer days.")
        return listed(request, form)
    operations.note_taken(by=request.user, asked=asked, origin=request.origin)
    name = f"security-events-{asked.on}.csv"
    return StreamingHttpResponse(
        csv_text.lines(HEADINGS, operations.rows(asked)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@permission_required(*LOOKS_AFTER)
def people_support(request: ActingRequest) -> HttpResponse:
    """The support sessions that were opened for the organisations."""
    organisations = managed_or_404(request)
    sessions, next_key = people_lists.support_sessions(
        [one.pk for one in organisations], before=key_of(request, "before")
    )
    context = {"sessions": sessions, "several": len(organisations) > 1, "now": timezone.now()}
    return render(request, "people/support.html", context | pages(request, "before", next_key))
