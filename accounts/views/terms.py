"""Terms of use: read by everybody, accepted by who signs in, kept version by version."""

from dataclasses import dataclass
from typing import Literal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import OwnRequest, own_account, public
from accounts.gates import Gate
from accounts.models import AcceptedBy, TermsAcceptance, TermsDocument
from accounts.next import next_of
from accounts.operations import terms as terms_operations
from accounts.operations.shipped_terms import PRIVACY

CHANGED = "The text of {titles} was changed while you read it. Read the new text below; nothing has been accepted."


@dataclass(frozen=True)
class Block:
    """A heading or a paragraph of a document."""

    kind: Literal["heading", "paragraph"]
    text: str


def blocks_of(text: str) -> list[Block]:
    """A document's text as headings and paragraphs, which the template escapes like any other text."""
    blocks = []
    for part in text.split("\n\n"):
        heading, _, rest = part.strip().partition("\n") if part.strip().startswith("# ") else ("", "", part.strip())
        if heading:
            blocks.append(Block("heading", heading.removeprefix("# ").strip()))
        if rest:
            blocks.append(Block("paragraph", " ".join(rest.split())))
    return blocks


@dataclass(frozen=True)
class Asked:
    """A document that somebody is asked to accept."""

    document: TermsDocument
    is_notice: bool
    blocks: list[Block]
    problem: str = ""

    @property
    def field(self) -> str:
        """The name of the box: its value is the hash of the text that the page shows."""
        return f"accept-{self.document.slug}"


@require_http_methods(["GET", "POST"])
@own_account(stands_before=frozenset({Gate.TERMS}))
def terms(request: OwnRequest) -> HttpResponse:
    """Accept what is asked of everybody, and what opens more; and see what was accepted when."""
    unaccepted = documents(request, required=True)
    asked, problem = [asked_of(document) for document in unaccepted], ""
    if request.method == "POST" and "additional" in request.POST:
        return accept_additional(request)
    if request.method == "POST" and unaccepted:
        given = {document.slug: request.POST.get(f"accept-{document.slug}", "") for document in unaccepted}
        changed = [document for document in unaccepted if given[document.slug] not in {"", document.sha256}]
        if changed:
            problem = CHANGED.format(titles=" and ".join(document.title for document in changed))
        elif not all(given.values()):
            asked = [asked_of(document, ticked=bool(given[document.slug])) for document in unaccepted]
        else:
            accept_all(request, unaccepted, given)
            return HttpResponseRedirect(next_of(request))
    elif request.method == "POST":
        return HttpResponseRedirect(next_of(request))  # another tab has accepted them meanwhile
    context = {
        "asked": asked,
        "changed": problem,
        "problems": [one.problem for one in asked if one.problem],
        "target": next((one.field for one in asked if one.problem), ""),
        "additional": [asked_of(document) for document in documents(request, required=False)],
        "acceptances": TermsAcceptance.objects.filter(user=request.user)
        .select_related("document")
        .order_by("-at", "-pk")[:50],
        "next": next_of(request),
    }
    return render(request, "account/terms.html", context)


def documents(request: OwnRequest, *, required: bool) -> list[TermsDocument]:
    """The documents in force that the person has not accepted, with their texts."""
    in_force = TermsDocument.objects.in_force(on=request.standing.on).filter(required=required)
    return list(in_force.exclude(pk__in=request.standing.accepted_keys).order_by("pk"))


def asked_of(document: TermsDocument, *, ticked: bool = True) -> Asked:
    is_notice = document.slug == PRIVACY
    verb = "you have read" if is_notice else "you accept"
    problem = "" if ticked else f"Tick the box to say that {verb} the {document.title}."
    return Asked(document, is_notice, blocks_of(document.text), problem)


def accept_all(request: OwnRequest, unaccepted: list[TermsDocument], given: dict[str, str]) -> None:
    for document in unaccepted:
        terms_operations.accept(
            user=request.user, document=document, sha256=given[document.slug], by=AcceptedBy.CLICK,
            origin=request.origin, now=timezone.now(),
        )  # fmt: skip


def accept_additional(request: OwnRequest) -> HttpResponse:
    """Accept one document that opens more, and stay on the page unless something waits."""
    wanted = request.POST.get("additional", "")
    document = next((one for one in documents(request, required=False) if one.slug == wanted), None)
    if document is None:
        if not TermsDocument.objects.filter(slug=wanted.replace("\0", ""), required=False).exists():
            raise Http404
        return redirect("terms")  # accepted already, in another tab
    try:
        terms_operations.accept(
            user=request.user, document=document, sha256=request.POST.get("sha256", ""), by=AcceptedBy.CLICK,
            origin=request.origin, now=timezone.now(),
        )  # fmt: skip
    except terms_operations.NotThisText:
        messages.warning(request, CHANGED.format(titles=document.title))
        return redirect("terms")
    messages.success(request, f"You have accepted “{document.title}”. It opens at once: {document.opens}.")
    return HttpResponseRedirect(next_of(request, "terms"))


# -- to read


@require_safe
@public
def terms_document(request: HttpRequest, slug: str) -> HttpResponse:
    """The version in force of a document, or another one by its number."""
    published = TermsDocument.objects.filter(slug=slug)
    in_force = TermsDocument.objects.in_force(on=timezone.localdate()).filter(slug=slug).first()
    if "version" in request.GET:
        wanted = request.GET["version"]
        if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 9):
            raise Http404
        document = get_object_or_404(published, version=int(wanted))
    elif in_force:
        document = in_force
    else:
        document = get_object_or_404(published.order_by("version")[:1])  # published, and not in force yet
    context = {
        "document": document,
        "blocks": blocks_of(document.text),
        "is_in_force": document == in_force,
        "is_to_come": document.effective_from > timezone.localdate(),
        "others": published.exclude(pk=document.pk).defer("text").order_by("-version")[:50],
        "in_force": in_force,
    }
    return render(request, "account/terms_document.html", context)


@require_safe
@public
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacy notice, at an address that is easy to remember."""
    return terms_document(request, PRIVACY)
