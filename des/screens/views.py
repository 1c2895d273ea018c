"""The pages on which people ask and read. A view binds an enquiry, asks it, writes the audit row, and renders."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.decorators import ActingRequest, permission_required, public
from accounts.models import TermsDocument
from accounts.permissions import Permission
from des.audit.models import Channel, Decision
from des.audit.record import record_enquiry
from des.catalogue import ENQUIRIES, enquiry_named, meter_point_statuses
from des.enquiries.enquiry import Enquiry
from des.fields import tidy
from des.screens.findings import EXACT_SEARCH, NO_EXPORTER, WIDER_SEARCHES, Finding, find
from des.screens.forms import RolesForm
from des.screens.records import notices_of, related_tables, sections_of, value_of
from des.screens.visibility import visibility

NOT_UNDERSTOOD = (
    "Enter an MPRN, a postcode (with a house number if you know it), a meter serial number, a UPRN, "
    "or at least three letters of an address."
)
FOUND_SALT = "des.screens.found"
NOT_A_POSITION = "This link to a further page is no longer good. Search again from the first page."


def audit(
    request: ActingRequest,
    enquiry: str,
    criteria: dict[str, str],
    findings: list[Finding],
    decision: Decision = Decision.ANSWERED,
) -> None:
    """Write an enquiry of a screen down, answered or refused."""
    shown = [key for finding in findings for key in finding.keys]
    record_enquiry(
        actor=request.actor,
        channel=Channel.SCREEN,
        enquiry=enquiry,
        criteria=criteria,
        decision=decision,
        result_count=len(shown),
        shown=shown,
        address=request.address,
        request_id=request.request_id,
    )


@require_safe
@permission_required(Permission.ENTER)
def home(request: ActingRequest) -> HttpResponse:
    may_enquire = request.actor.may(Permission.ENQUIRE)
    shown = ENQUIRIES[:1] if may_enquire else ()
    enquiries = [{"title": kind.title, "url": reverse("enquire", args=[kind.slug])} for kind in shown]
    return render(request, "screens/home.html", {"enquiries": enquiries, "may_enquire": may_enquire})


@require_safe
@permission_required(Permission.ENQUIRE)
def search(request: ActingRequest) -> HttpResponseBase:
    """The one search box: everything that the text can mean is tried, and the page says which matched."""
    typed = request.GET.get("q", "")
    try:
        text = tidy(typed)
        problems = []
    except ValueError as error:
        text, problems = "", [str(error)]
    readings = [(kind, reading) for kind in ENQUIRIES for reading in kind.readings(text)] if text else []
    if text and not readings:
        problems = [NOT_UNDERSTOOD]
    if problems or not text:
        return render(request, "screens/results.html", {"q": typed[:200] if problems else text, "problems": problems})

    asked = [
        (kind(reading.criteria, actor=request.actor, on=timezone.localdate()), reading) for kind, reading in readings
    ]
    # A reading whose field is withheld from this role is not a reading for it.
    asked = [(e, reading) for e, reading in asked if not e.is_refused]
    problems = [str(error) for e, _ in asked for errors in e.errors.values() for error in errors]
    if problems:
        return render(request, "screens/results.html", {"q": typed[:200], "problems": problems})
    tried = [reading.kind for _, reading in asked]
    findings: list[Finding] = []
    # What is exact under one reading is not drowned by what is near under another.
    for searches in (EXACT_SEARCH, WIDER_SEARCHES):
        pages = [find(e, label=r.kind, warning=r.warning, searches=searches) for e, r in asked] if not findings else []
        findings += [page for page in pages if page]
    audit(request, "search", {"q": text, "tried": ", ".join(tried)}, findings)
    only = findings[0] if len(findings) == 1 else None
    if only and only.is_one_exact_match and "list" not in request.GET:
        found = signing.dumps([text, only.context["label"]], salt=FOUND_SALT)
        return redirect(f"{reverse('record', args=only.keys)}?{urlencode({'found': found})}")
    context = {
        "q": text,
        "findings": [finding.context for finding in findings],
        "export_url": reverse("exports"),
        "warnings": [] if findings else [reading.warning for _, reading in readings if reading.warning],
        "hints": [] if findings else hints(tried),
    }
    return render(request, "screens/results.html", context)


def hints(tried: list[str]) -> list[dict[str, str]]:
    """What to do where nothing was found."""
    looked = f"Looked for as: {', '.join(tried)}." if tried else "Your role may not search in this way."
    return [
        {"text": looked, "url": ""},
        {"text": "Search by the fields of the register", "url": reverse("enquire", args=[ENQUIRIES[0].slug])},
        {"text": "What can be searched, and what your role sees", "url": reverse("help")},
    ]


@require_safe
@permission_required(Permission.ENQUIRE)
def enquire(request: ActingRequest, slug: str) -> HttpResponse:
    """One enquiry by its fields."""
    enquiry = enquiry_or_404(slug)(request.GET or None, actor=request.actor, on=timezone.localdate())
    context: dict[str, object] = {"enquiry": enquiry, "export_url": reverse("exports")}
    if enquiry.is_valid():
        try:
            finding = find(enquiry, label=enquiry.title, after=request.GET.get("after", ""))
        except signing.BadSignature:
            context["warnings"] = [NOT_A_POSITION]
            return render(request, "screens/enquire.html", context)
        audit(request, slug, enquiry.criteria(), [finding] if finding else [])
        labels = [str(enquiry.fields[name].label) for name in enquiry.criteria()]
        context |= {"findings": [finding.context]} if finding else {"hints": hints(labels)}
    elif enquiry.is_refused:
        audit(request, slug, enquiry.asked(), [], decision=Decision.REFUSED)
    return render(request, "screens/enquire.html", context)


def enquiry_or_404(slug: str) -> type[Enquiry]:
    try:
        return enquiry_named(slug)
    except KeyError:
        raise Http404 from None


@require_safe
@permission_required(Permission.ENQUIRE)
def record(request: ActingRequest, mprn: str) -> HttpResponse:
    """Everything that this actor may see of one meter point."""
    key = {"mprn": mprn}
    kind = ENQUIRIES[0]
    enquiry = kind(key, actor=request.actor, on=timezone.localdate())
    if not enquiry.is_valid():
        raise Http404
    statement = next(iter(enquiry.statements(listed=False)), None)
    row = statement.rows.first() if statement else None
    record_enquiry(
        actor=request.actor,
        channel=Channel.SCREEN,
        enquiry=kind.slug,
        criteria=key,
        result_count=int(row is not None),
        shown=[statement.key(row)] if statement and row else [],
        address=request.address,
        request_id=request.request_id,
    )
    if statement is None or row is None:
        raise Http404
    address, postcode = value_of(statement, row, "address"), value_of(statement, row, "postcode")
    may_export = request.actor.may(Permission.EXPORT)
    context = {
        "title": f"MPRN {row[0]}",
        "copy_text": row[0],
        "address": ", ".join(str(part) for part in (address, postcode) if part),
        "chips": [chip for chip in [value_of(statement, row, "meter_point_status")] if chip],
        "notices": notices_of(statement, row),
        "only_match": only_match(kind, request.GET.get("found", "")),
        "sections": sections_of(enquiry, statement, row),
        "related": related_tables(enquiry, key),
        "export": {"enquiry": kind.slug, "whole": "1", **key} if may_export else None,
        "export_url": reverse("exports"),
        "export_refused": "" if may_export else NO_EXPORTER,
    }
    return render(request, "screens/record.html", context)


def only_match(kind: type[Enquiry], found: str) -> dict[str, str] | None:
    """Why a record was opened without being chosen, what to warn of, and the way to what else could have been meant.

    The search box signs what it says, so that no link can put other words on the page; None for any other.
    """
    try:
        searched, meant = signing.loads(found, salt=FOUND_SALT)
    except signing.BadSignature:
        return None
    said = {"text": f"Opened because it is the only exact match for “{searched}” ({meant}).", "link": "", "url": ""}
    for reading in kind.readings(searched):
        if reading.kind == meant and reading.wider:
            said["text"] += " More could match:"
            said["link"] = f"show all of {' '.join(reading.wider.values())}"
            said["url"] = f"{reverse('enquire', args=[kind.slug])}?{urlencode(reading.wider)}"
        if reading.kind == meant:
            said["warning"] = reading.warning
    return said


@require_safe
@permission_required(Permission.ENTER)
def what_you_can_see(request: ActingRequest) -> HttpResponse:
    """What the access matrix releases to a market role, and how it differs from another's."""
    form = RolesForm(request.GET or {"role": request.actor.market_role})
    roles = form.roles() if form.is_valid() else [request.actor.market_role]
    documents = TermsDocument.objects.in_force(on=timezone.localdate()).values_list("slug", "title")
    sections = visibility(ENQUIRIES, request.actor.matrix, roles, dict(documents))
    if form.is_valid() and form.cleaned_data["only_differences"] and len(roles) > 1:
        sections = [(name, kept) for name, lines in sections if (kept := [line for line in lines if line.differs])]
    context = {
        "form": form,
        "roles": roles,
        "sections": sections,
        "own": request.actor.market_role,
        "matrix_version": request.actor.matrix.version,
    }
    return render(request, "screens/what_you_can_see.html", context)


@require_safe
@public
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "help/index.html", {"statuses": meter_point_statuses()})
