"""Asking for access, and following one's request by a private link. The answers are the same whoever is known here."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits, uploads
from accounts.decorators import public
from accounts.forms_requests import AnswerForm, AskForm, OrganisationForm, PersonForm, UploadForm
from accounts.middleware import PortalRequest
from accounts.models import AccessRequest, RequestState
from accounts.operations import attachments, request_progress, requests
from accounts.operations.sign_in import account_of, network_of

FORMS: dict[str, type[AskForm]] = {"person": PersonForm, "organisation": OrganisationForm}
CONFIRM_KEY, FOLLOW_KEY = "request_to_confirm", "request_followed"


@require_http_methods(["GET", "POST"])
@public
def request_access(request: HttpRequest) -> HttpResponse:
    """Ask for access: first what kind, then the form."""
    kind = (request.POST or request.GET).get("kind", "")
    if kind not in FORMS:
        problems = ["Choose what you ask for."] if kind or request.method == "POST" else []
        return render(request, "requests/choose.html", {"problems": problems}, status=422 if problems else 200)
    form = FORMS[kind](request.POST or None)
    if request.method == "POST" and form.is_valid():
        now, portal = timezone.now(), cast(PortalRequest, request)
        if not limits.REQUEST_BY_NETWORK.take(network_of(portal.address), now=now):
            return render(request, "requests/too_many.html", status=429)
        # Who asks too often with one address is told nothing else: it may be somebody else's.
        if limits.REQUEST_BY_ADDRESS.take(account_of(form.cleaned_data["email"]), now=now):
            requests.ask(kind=form.kind, now=now, **form.about())
        return redirect("request_sent")
    return render(request, "requests/ask.html", {"form": form, "kind": kind}, status=422 if form.errors else 200)


@require_safe
@public
def request_sent(request: HttpRequest) -> HttpResponse:
    """What comes next, whoever asked."""
    return render(request, "requests/sent.html")


def found_by_link(request: HttpRequest, key: str, found: AccessRequest | None, page: str) -> HttpResponse:
    """Keep what a link led to in the session, so that the secret stays in no address; or say that it is not good."""
    if found is None:
        return not_good(request)
    request.session[key] = str(found.pk)
    return redirect(page)


def not_good(request: HttpRequest) -> HttpResponse:
    return render(request, "requests/not_good.html", status=404)


def may_try(request: HttpRequest) -> bool:
    """Whether the network may try one more secret of a link."""
    return limits.LINK_BY_NETWORK.take(network_of(cast(PortalRequest, request).address), now=timezone.now())


@require_safe
@public
def request_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the first message. Programs that look into mail follow it too, so it confirms nothing by itself."""
    if not may_try(request):
        return render(request, "requests/too_many.html", status=429)
    found = request_progress.by_confirm_link(token, now=timezone.now())
    return found_by_link(request, CONFIRM_KEY, found, "request_confirmation")


@require_http_methods(["GET", "POST"])
@public
def request_confirmation(request: HttpRequest) -> HttpResponse:
    """Confirm by a button that the request was one's own."""
    held = request.session.get(CONFIRM_KEY)
    if held is None:
        return not_good(request)
    if request.method == "POST":
        del request.session[CONFIRM_KEY]
        origin = cast(PortalRequest, request).origin
        try:
            request_progress.confirm(request_id=held, origin=origin, now=timezone.now())
        except request_progress.NotOpen:
            return not_good(request)
        request.session[FOLLOW_KEY] = held
        messages.success(request, "Your request is confirmed. We have sent you a private link to this page.")
        return redirect("request_followed")
    return render(request, "requests/confirm.html")


@require_safe
@public
def request_follow(request: HttpRequest, token: str) -> HttpResponse:
    """The applicant's private link."""
    if not may_try(request):
        return render(request, "requests/too_many.html", status=429)
    found = request_progress.by_follow_link(token, now=timezone.now())
    return found_by_link(request, FOLLOW_KEY, found, "request_followed")


def own_request(request: HttpRequest) -> AccessRequest | None:
    """The request that this browser was led to by its private link, while that is good."""
    held = request.session.get(FOLLOW_KEY)
    return request_progress.followed(held, now=timezone.now()) if held else None


@require_http_methods(["GET", "POST"])
@public
def request_followed(request: HttpRequest) -> HttpResponse:
    """How one's request stands; to answer a question, or to take it back."""
    own = own_request(request)
    if own is None:
        return not_good(request)
    form = AnswerForm(request.POST if request.POST.get("action") == "answer" else None)
    if request.method == "POST":
        now, origin = timezone.now(), cast(PortalRequest, request).origin
        try:
            if request.POST.get("action") == "withdraw":
                request_progress.withdraw(request=own, origin=origin, now=now)
                messages.success(request, "Your request is withdrawn.")
                return redirect("request_followed")
            if form.is_valid():
                text = form.cleaned_data["text"]
                request_progress.answer(request=own, text=text, by=None, origin=origin, now=now)
                messages.success(request, "Your answer is with us.")
                return redirect("request_followed")
        except request_progress.NotOpen:
            messages.warning(request, "The request has changed meanwhile. This is how it stands now.")
            return redirect("request_followed")
    return follow_page(request, own, form, UploadForm())


def follow_page(request: HttpRequest, own: AccessRequest, form: AnswerForm, upload: UploadForm) -> HttpResponse:
    added = list(own.attachments.all())
    context = {
        "asked": own,
        "notes": own.notes.filter(for_applicant=True).select_related("by"),
        "attachments": added,
        "form": form,
        "upload": upload,
        "waits": not own.is_over,
        "asks": own.state == RequestState.QUESTION,
        "may_add": not own.is_over and len(added) < attachments.MOST,
    }
    return render(request, "requests/follow.html", context, status=422 if form.errors or upload.errors else 200)


@require_POST
@public
def request_upload(request: HttpRequest) -> HttpResponse:
    """Add a PDF to one's request."""
    own = own_request(request)
    if own is None:
        return not_good(request)
    form = UploadForm(request.POST, request.FILES)
    if uploads.was_refused(request):
        form.errors.clear()
        form.add_error("file", attachments.too_big())
    elif form.is_valid():
        file = form.cleaned_data["file"]
        try:
            attachments.keep(request=own, name=file.name, chunks=file.chunks(), now=timezone.now())
        except attachments.NotTaken as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, "The file is with us.")
            return redirect("request_followed")
    return follow_page(request, own, AnswerForm(), form)
