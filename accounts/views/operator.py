"""The start page of the operator's console, and support sessions."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import ActingRequest, fresh_proof_required, permission_required
from accounts.models import Organisation, SupportSession
from accounts.operations import directory
from accounts.operations import support as operation
from accounts.operator_forms.people import SearchForm, SupportSessionForm
from accounts.permissions import Permission
from accounts.views.operator_pages import key_of, query_of, without

# Who may look at people and organisations.
LOOKS_UP = (
    Permission.SUPPORT,
    Permission.LOCK,
    Permission.ORGANISATIONS,
    Permission.IDENTITIES,
    Permission.EVENTS,
)
CONSOLE = (*LOOKS_UP, Permission.PUBLISH, Permission.EVIDENCE)


@dataclass(frozen=True)
class Entry:
    """One thing to do: where, for whom, and how much of it waits."""

    text: str
    what: str
    url: str
    permissions: frozenset[Permission]
    query: str = ""
    waiting: Callable[[], int] | None = None

    @property
    def address(self) -> str:
        return reverse(self.url) + self.query

    @property
    def count_text(self) -> str:
        """How much waits, in words; nothing where that is no question."""
        if self.waiting is None:
            return ""
        count = self.waiting()
        return f"more than {directory.MOST_COUNTED:,}" if count > directory.MOST_COUNTED else f"{count:,}"


def entries() -> list[Entry]:
    """Everything that the console is for."""
    now = timezone.now()
    on = timezone.localdate(now)
    p, counted = Permission, directory.counted
    return [
        Entry("Requests", "Waiting for a decision", "queue", frozenset({p.QUEUE, p.ORGANISATIONS}),
              waiting=lambda: counted(directory.waiting_requests())),
        Entry("Support sessions", "See data for one organisation", "operator_support", frozenset({p.ASSIST})),
        Entry("Find a person", "Lift locks, end sessions, change addresses", "operator_people",
              frozenset({p.SUPPORT, p.LOCK, p.IDENTITIES, p.EVENTS})),
        Entry("Locked accounts", "Paused after too many tries to sign in", "operator_people",
              frozenset({p.SUPPORT, p.LOCK}), waiting=lambda: len(directory.locked_people(now=now))),
        Entry("Held invitations", "Waiting for consent", "operator_invitations", frozenset({p.IDENTITIES}),
              waiting=lambda: counted(directory.held_invitations())),
        Entry("Organisations", "Market roles, mail domains, groups", "operator_organisations",
              frozenset({p.ORGANISATIONS, p.SUPPORT, p.EVENTS})),
        Entry("Organisations without a Local Security Officer", "Operator support acts for these",
              "operator_organisations", frozenset({p.ORGANISATIONS, p.SUPPORT}), query="?without=lso",
              waiting=lambda: counted(directory.without_keeper(on=on))),
        Entry("Overdue yearly confirmations", "Their people have not been confirmed in time",
              "operator_organisations", frozenset({p.ORGANISATIONS, p.SUPPORT, p.EVENTS}), query="?overdue=yes",
              waiting=lambda: counted(directory.overdue_certifications(on=on))),
        Entry("Messages to users", "News and planned outages", "operator_notices", frozenset({p.PUBLISH})),
        Entry("Terms", "Documents, versions, and who has accepted", "operator_terms", frozenset({p.PUBLISH})),
        Entry("Security events", "What happened to accounts and rights", "operator_events", frozenset({p.EVENTS})),
        Entry("Evidence pack", "Access control over a year, to take away", "operator_evidence",
              frozenset({p.EVIDENCE})),
    ]  # fmt: skip


@require_safe
@permission_required(*CONSOLE)
def operator(request: ActingRequest) -> HttpResponse:
    """What the actor may do here, and how much of it waits."""
    mine = [entry for entry in entries() if entry.permissions & request.actor.permissions]
    return render(request, "operator/start.html", {"entries": mine})


# -- support sessions


@require_http_methods(["GET", "POST"])
@permission_required(Permission.ASSIST)
@fresh_proof_required
def support(request: ActingRequest) -> HttpResponse:
    """Find an organisation, then open a session for it with a reason; and the sessions that were."""
    now = timezone.now()
    chosen = chosen_organisation(request)
    form = SupportSessionForm(request.POST or None)
    if request.method == "POST" and chosen and form.is_valid():
        said = form.cleaned_data
        try:
            operation.open_session(
                user=request.user,
                organisation=chosen,
                reason=said["reason"],
                minutes=said["minutes"],
                origin=request.origin,
                now=now,
            )
        except operation.AlreadyOpen:
            form.add_error(None, "You have a support session open. End it first.")
        else:
            messages.success(request, f"The support session for {chosen.name} is open.")
            return redirect("operator_support")
    search = SearchForm(request.GET if "q" in request.GET else None)
    found = directory.after(sought(search), "") if search.is_bound and search.is_valid() else None
    past = SupportSession.objects.filter(user=request.user).select_related("organisation")
    sessions, next_key = directory.page_of(past, after_key=key_of(request, "before"), newest_first=True)
    context = {
        "open": SupportSession.objects.open(now=now).filter(user=request.user).select_related("organisation").first(),
        "chosen": chosen,
        "form": form,
        "search": search,
        "found": found[: directory.SHOWN] if found is not None else None,
        "more": found is not None and len(found) > directory.SHOWN,
        "sessions": sessions,
        "now": now,
        "minutes": settings.SUPPORT_MINUTES,
        "next_url": query_of(request, before=next_key) if next_key else "",
        "first_url": without(request, "before") if "before" in request.GET else "",
    }
    return render(request, "operator/support.html", context)


def chosen_organisation(request: HttpRequest) -> Organisation | None:
    """The organisation that the query names; 404 where it names one that is none, or the operator's own."""
    if "organisation" not in request.GET:
        return None
    return get_object_or_404(directory.helped(), pk=key_of(request, "organisation"))


def sought(search: SearchForm) -> QuerySet[Organisation]:
    return directory.organisations_called(search.cleaned_data["q"]).filter(pk__in=directory.helped().values("pk"))


@require_POST
@permission_required(Permission.ASSIST)
def support_end(request: ActingRequest) -> HttpResponse:
    """End the open session; from the next page on, no data is seen."""
    if operation.end_session(user=request.user, origin=request.origin, now=timezone.now()):
        messages.success(request, "The support session is ended.")
    else:
        messages.info(request, "The support session was over already.")
    return redirect("operator_support")
