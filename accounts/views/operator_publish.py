"""What the operator publishes: messages to users, and terms of use."""

from difflib import SequenceMatcher
from itertools import chain
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.csv_text import lines
from accounts.decorators import ActingRequest, fresh_proof_required, permission_required
from accounts.models import Notice, NoticeKind, TermsDocument
from accounts.operations import directory, evidence, notices, published
from accounts.operations import terms as operation
from accounts.operator_forms.publishing import NewTermsForm, NoticeForm, TermsForm
from accounts.permissions import Permission
from accounts.views.operator_pages import asked_and_done, key_of, query_of, without

AGAIN = "A version was published meanwhile. Read the difference to it, then confirm."


@require_safe
@permission_required(Permission.PUBLISH)
def notice_list(request: ActingRequest) -> HttpResponse:
    """All messages, the last published first."""
    everything = Notice.objects.select_related("published_by")
    page, next_key = directory.page_of(everything, after_key=key_of(request, "before"), newest_first=True)
    context = {
        "notices": page,
        "now": timezone.now(),
        "next_url": query_of(request, before=next_key) if next_key else "",
        "first_url": without(request, "before") if "before" in request.GET else "",
    }
    return render(request, "operator/notices.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.PUBLISH)
def notice_new(request: ActingRequest) -> HttpResponse:
    """Publish a message."""

    def do(said: dict[str, Any]) -> str:
        now = timezone.now()
        published = notices.publish(
            kind=NoticeKind(said["kind"]),
            title=said["title"],
            text=said["text"],
            shown_from=said["shown_from"] or now,
            shown_until=said["shown_until"],
            by=request.user,
            origin=request.origin,
            now=now,
        )
        return f"“{published.title}” is published."

    return asked_and_done(
        request, form=NoticeForm(request.POST or None), do=do, to=("operator_notices",),
        template="operator/notice.html", context={},
    )  # fmt: skip


@require_POST
@permission_required(Permission.PUBLISH)
def notice_withdraw(request: ActingRequest, notice: int) -> HttpResponse:
    """Show a message no more."""
    held = get_object_or_404(Notice, pk=notice)
    if notices.withdraw(notice=held, by=request.user, origin=request.origin, now=timezone.now()):
        messages.success(request, f"“{held.title}” is withdrawn.")
    else:
        messages.info(request, f"“{held.title}” was withdrawn before.")
    return redirect("operator_notices")


# -- terms


@require_safe
@permission_required(Permission.PUBLISH)
def terms(request: ActingRequest) -> HttpResponse:
    """Every version of every document, which of them hold, and how many have accepted each."""
    now = timezone.now()
    versions, next_key = published.versions(before=key_of(request, "before"))
    context = {
        "versions": versions,
        "in_force": published.keys_in_force(on=timezone.localdate(now)),
        "on": timezone.localdate(now),
        "next_url": query_of(request, before=next_key) if next_key else "",
        "first_url": without(request, "before") if "before" in request.GET else "",
    }
    return render(request, "operator/terms.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.PUBLISH)
@fresh_proof_required
def terms_version(request: ActingRequest, slug: str) -> HttpResponse:
    """Write the next version of a document, read the difference, then confirm."""
    last = published.last_version(slug)
    if last is None:
        last = get_object_or_404(TermsDocument, slug=slug)
    on = timezone.localdate()
    current = TermsDocument.objects.in_force(on=on).filter(slug=slug).first() or last
    initial = {"title": last.title, "text": last.text, "opens": last.opens}
    form = TermsForm(request.POST or None, today=on, last=last, initial=initial)
    return written(request, form, slug=slug, current=current, last=last)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.PUBLISH)
@fresh_proof_required
def terms_new(request: ActingRequest) -> HttpResponse:
    """Write an additional document, which opens data to those who accept it."""
    form = NewTermsForm(request.POST or None, today=timezone.localdate())
    return written(request, form, slug="", current=None, last=None)


def written(
    request: ActingRequest, form: TermsForm, *, slug: str, current: TermsDocument | None, last: TermsDocument | None
) -> HttpResponse:
    """The page to write on; then, once what is written is right, the preview; and once that is confirmed, the list."""
    context: dict[str, Any] = {"form": form, "current": current, "last": last, "slug": slug}
    if request.method != "POST" or "edit" in request.POST or not form.is_valid():
        return render(request, "operator/terms_form.html", context)
    version = last.version if last else 0
    said = form.cleaned_data
    if "confirm" in request.POST and request.POST.get("after") == str(version):
        try:
            document = operation.publish(
                slug=slug or said["slug"],
                title=said["title"],
                text=said["text"],
                effective_from=said["effective_from"],
                required=last.required if last else False,
                opens=said.get("opens", ""),
                by=request.user,
                origin=request.origin,
                now=timezone.now(),
                after=version,
            )
        except operation.AlreadyPublished:
            pass
        else:
            messages.success(request, f"{document} is published.")
            return redirect("operator_terms")
    if "confirm" in request.POST:
        context["again"] = AGAIN
    context |= {"after": version, "difference": difference(current.text if current else "", said["text"]), "said": said}
    return render(request, "operator/terms_preview.html", context)


def difference(old: str, new: str) -> list[tuple[str, str]]:
    """The lines of two texts, each with whether it stays, goes or comes."""
    before, after = old.splitlines(), new.splitlines()
    found: list[tuple[str, str]] = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, before, after).get_opcodes():
        if kind == "equal":
            found += [("stays", line) for line in before[old_from:old_to]]
        else:
            gone = (("goes", line) for line in before[old_from:old_to])
            come = (("comes", line) for line in after[new_from:new_to])
            found += chain(gone, come)
    return [(kind, line) for kind, line in found if line.strip()]


@require_safe
@permission_required(Permission.PUBLISH)
@fresh_proof_required
def acceptances(request: ActingRequest, slug: str, version: int) -> StreamingHttpResponse:
    """Who has accepted one version, as a file."""
    document = get_object_or_404(TermsDocument.objects.defer("text"), slug=slug, version=version)
    published.note_acceptances_taken(document=document, by=request.user, origin=request.origin)
    rows = lines(evidence.ACCEPTANCE_HEADINGS, evidence.acceptances_of(document))
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="accepted-{document.slug}-{version}.csv"'
    return response
