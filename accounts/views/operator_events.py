"""Security events of everybody: on pages, and as a file."""

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.csv_text import lines
from accounts.decorators import ActingRequest, fresh_proof_required, permission_required
from accounts.operations import event_log
from accounts.operator_forms.events import EventsForm
from accounts.permissions import Permission
from accounts.views.operator_pages import key_of, query_of, without


def asked_of(form: EventsForm) -> event_log.Asked:
    return event_log.Asked(**form.cleaned_data)


@require_safe
@permission_required(Permission.EVENTS)
def events(request: ActingRequest) -> HttpResponse:
    """The events that are asked for, the newest first. To look up one person or organisation is an event itself."""
    form = EventsForm(request.GET)
    if not form.is_valid():
        return shown(request, form, [], None)
    asked, before = asked_of(form), key_of(request, "before")
    page, next_key = event_log.page_of(asked, before=before)
    if asked.is_narrow and before is None:
        event_log.note_read(by=request.user, asked=asked, taken=False, origin=request.origin)
    return shown(request, form, page, next_key)


def shown(request: ActingRequest, form: EventsForm, page: list[event_log.Told], next_key: int | None) -> HttpResponse:
    context = {
        "form": form,
        "events": page,
        "query": without(request, "before").partition("?")[2],
        "next_url": query_of(request, before=next_key) if next_key else "",
        "first_url": without(request, "before") if "before" in request.GET else "",
    }
    return render(request, "operator/events.html", context)


@require_safe
@permission_required(Permission.EVENTS)
@fresh_proof_required
def events_file(request: ActingRequest) -> HttpResponseBase:
    """The events that are asked for, as a file; where they are more than one holds, the page that says so."""
    form = EventsForm(request.GET)
    if form.is_valid() and event_log.too_many(asked_of(form)):
        form.add_error(
            "since", f"These are more than {event_log.MOST_ROWS:,} events, the most that one file holds. Narrow them."
        )
    if not form.is_valid():
        return shown(request, form, [], None)
    asked = asked_of(form)
    event_log.note_read(by=request.user, asked=asked, taken=True, origin=request.origin)
    response = StreamingHttpResponse(
        lines(event_log.HEADINGS, event_log.rows(asked)), content_type="text/csv; charset=utf-8"
    )
    name = f"security-events-{timezone.localtime():%Y-%m-%d-%H%M}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
