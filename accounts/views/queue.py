"""Access requests as handlers see them: the lists of those that wait, and a page for each."""

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import ActingRequest, permission_required
from accounts.forms_queue import FilterForm, NoteForm
from accounts.models import AccessRequest, RequestState, User
from accounts.operations import attachments, request_decisions, request_progress, request_reach, requests
from accounts.permissions import Permission, PortalRole

PAGE = 50
# Who handles some request or other; which, `request_reach` says.
HANDLERS = (Permission.PEOPLE, Permission.QUEUE, Permission.ORGANISATIONS)
GONE = "This request is over, or is not yours to decide any more. This is how it stands now."


# -- lists


@require_safe
@permission_required(Permission.PEOPLE)
def people_requests(request: ActingRequest) -> HttpResponse:
    """What an LSO decides: who joins their organisations."""
    mine = request_reach.queue().filter(request_reach.by_lso(request.actor, now=timezone.now()))
    return listed(request, mine, title="Requests to join")


@require_safe
@permission_required(Permission.QUEUE, Permission.ORGANISATIONS)
def queue(request: ActingRequest) -> HttpResponse:
    """What the operator's people decide; and, for support, on asking, what others do."""
    now, everything = timezone.now(), request.GET.get("all") == "1"
    reach = request_reach.seen if everything else request_reach.decided
    may_file = request.actor.may(Permission.QUEUE)
    return listed(request, reach(request.actor, now=now), title="Requests", everything=everything, may_file=may_file)


def listed(request: ActingRequest, shown: QuerySet[AccessRequest], *, title: str, **context: object) -> HttpResponse:
    """One page of requests: the one due first at the top, or of those that are over the last decided."""
    form = FilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    state, now = chosen.get("state", ""), timezone.now()
    over = state not in {"", *requests.WAITING}
    shown = shown.filter(state__in=[state] if state else requests.WAITING)
    if chosen.get("kind"):
        shown = shown.filter(kind=chosen["kind"])
    if chosen.get("whose") == "mine":
        shown = shown.filter(assigned_to=request.actor.person_id)
    elif chosen.get("whose") == "nobody":
        shown = shown.filter(assigned_to__isnull=True)
    behind = row_named(shown, request.GET.get("after", ""))
    ordered = request_reach.newest_first(shown, before=behind) if over else request_reach.in_order(shown, after=behind)
    rows = list(ordered[: PAGE + 1])
    asked = {name: request.GET[name] for name in ("kind", "state", "whose", "all") if request.GET.get(name)}
    page = {
        "title": title,
        "form": form,
        "requests": rows[:PAGE],
        "now": now,
        "count": bounded(shown),
        "late": 0 if over else bounded(shown.filter(state=RequestState.OPEN, target_at__lt=now)),
        "most": settings.COUNT_LIMIT,
        "first_url": f"?{urlencode(asked)}" if behind else "",
        "next_url": f"?{urlencode(asked | {'after': str(rows[PAGE - 1].pk)})}" if len(rows) > PAGE else "",
    }
    return render(request, "requests/list.html", page | context)


def row_named(shown: QuerySet[AccessRequest], text: str) -> AccessRequest | None:
    """The row that a page starts behind; none where there is none of this name, which is the first page."""
    try:
        return shown.filter(pk=UUID(text)).first()
    except ValueError:
        return None


def bounded(shown: QuerySet[AccessRequest]) -> int:
    """How many there are, counted no further than one beyond the limit."""
    return shown.order_by()[: settings.COUNT_LIMIT + 1].count()


# -- one request


def request_or_404(request: ActingRequest, request_id: UUID) -> AccessRequest:
    """A request that the actor may read; any other does not exist for them."""
    related = ("organisation", "assigned_to", "filed_by", "person", "invitation")
    shown = request_reach.seen(request.actor, now=timezone.now()).select_related(*related)
    found = shown.filter(pk=request_id).first()
    if found is None:
        raise Http404
    return found


def is_theirs(request: ActingRequest, asked: AccessRequest) -> bool:
    """Whether the actor decides a request."""
    decided = request_reach.decided(request.actor, now=timezone.now())
    own = request_decisions.is_own(asked, request.actor.person_id, request.actor.email)
    return not asked.is_over and not own and decided.filter(pk=asked.pk).exists()


@require_http_methods(["GET", "POST"])
@permission_required(*HANDLERS)
def queue_request(request: ActingRequest, request_id: UUID) -> HttpResponse:
    """One request: what is asked, by whom, since when, what was said; to take up, ask and remark."""
    asked = request_or_404(request, request_id)
    action = request.POST.get("action", "")
    form = NoteForm(request.POST, action=action) if action in NoteForm.LABELS else None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            messages.success(request, act(request, asked, action, form.cleaned_data["text"] if form else ""))
        except (request_decisions.AlreadyDecided, request_decisions.NotYours, request_progress.NotOpen):
            messages.warning(request, GONE)
        except requests.OwnRequest as refusal:
            messages.warning(request, str(refusal))
        return redirect("queue_request", request_id)
    return render(request, "requests/request.html", about(request, asked, action, form), status=422 if form else 200)


def act(request: ActingRequest, asked: AccessRequest, action: str, text: str) -> str:
    """Do what a button of the page says, and say what was done."""
    now, by, origin = timezone.now(), request.actor, request.origin
    match action:
        case "take":
            request_decisions.take_up(request_id=asked.pk, by=by, origin=origin, now=now)
            return "You deal with this request."
        case "release":
            request_decisions.release(request_id=asked.pk, by=by, now=now)
            return "The request is free for others."
        case "question":
            request_decisions.ask_question(request_id=asked.pk, text=text, by=by, origin=origin, now=now)
            return f"The question goes to {request_progress.correspondent(asked)[1]}."
        case "remark":
            request_decisions.remark(request_id=asked.pk, text=text, by=by, now=now)
            return "The remark is kept."
        case "answer" if asked.filed_by_id == by.person_id:
            user = User.objects.get(pk=by.person_id)
            request_progress.answer(request=asked, text=text, by=user, origin=origin, now=now)
            return "Your answer is kept."
    raise Http404


def about(request: ActingRequest, asked: AccessRequest, action: str, form: NoteForm | None) -> dict[str, object]:
    """What the page of a request shows."""
    now, by = timezone.now(), request.actor
    account, memberships = request_reach.account_with(asked, actor=by, now=now)
    return {
        "asked": asked,
        "forms": {name: form if name == action else NoteForm(action=name) for name in NoteForm.LABELS},
        "problems": form,
        "theirs": is_theirs(request, asked),
        "own": request_decisions.is_own(asked, by.person_id, by.email),
        "late": asked.state == RequestState.OPEN and asked.target_at is not None and asked.target_at < now,
        "roles": [PortalRole(name).label for name in asked.portal_roles],
        "notes": asked.notes.select_related("by"),
        "attachments": asked.attachments.all(),
        "approvals": request_reach.counting(asked, on=timezone.localdate(now)),
        "duplicates": request_reach.duplicates(asked, actor=by, now=now),
        "account": account,
        "memberships": memberships,
        "correspondent": request_progress.correspondent(asked)[1],
        "may_answer": asked.state == RequestState.QUESTION and asked.filed_by_id == by.person_id,
        "now": now,
    }


@require_safe
@permission_required(*HANDLERS)
def request_attachment(request: ActingRequest, request_id: UUID, attachment_id: UUID) -> HttpResponseBase:
    """A file that the applicant added: to be saved, never shown by the browser as ours."""
    asked = request_or_404(request, request_id)
    attachment = asked.attachments.filter(pk=attachment_id).first()
    if attachment is None or not attachments.path_of(attachment.pk).exists():
        raise Http404
    request_decisions.note_read(attachment, by=request.actor, origin=request.origin)
    response = FileResponse(
        attachments.path_of(attachment.pk).open("rb"),
        as_attachment=True,
        filename=attachment.title,
        content_type="application/pdf",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
