"""Organisations as the operator sees and makes them."""

from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.asking import keepers_by_organisation
from accounts.decorators import ActingRequest, fresh_proof_required, permission_required
from accounts.models import Membership, Organisation, OrganisationDomain, OrganisationGroup
from accounts.operations import directory
from accounts.operations import organisations as operation
from accounts.operator_forms.organisations import DomainForm, GroupForm, OrganisationChangeForm, OrganisationForm
from accounts.operator_forms.people import SearchForm
from accounts.permissions import MarketRole, Permission
from accounts.views.operator_pages import asked_and_done, key_of, query_of, without

READS_ORGANISATIONS = (Permission.ORGANISATIONS, Permission.SUPPORT, Permission.EVENTS)


@require_safe
@permission_required(*READS_ORGANISATIONS)
def organisations(request: ActingRequest) -> HttpResponse:
    """All by name, or those that are called so, have no LSO, or are late with their yearly confirmation."""
    on = timezone.localdate()
    form = SearchForm(request.GET if request.GET.get("q") else None)
    wanted = Organisation.objects.all()
    if form.is_bound:
        wanted = directory.organisations_called(form.cleaned_data["q"]) if form.is_valid() else wanted.none()
    if "without" in request.GET:
        wanted = wanted.filter(pk__in=directory.without_keeper(on=on).values("pk"))
    if "overdue" in request.GET:
        wanted = wanted.filter(pk__in=directory.overdue_certifications(on=on).values("organisation"))
    last = Organisation.objects.filter(pk=key_of(request, "after") or 0).first()
    found = directory.after(wanted, last.name if last else "")
    page = found[: directory.SHOWN]
    context = {
        "form": form,
        "organisations": page,
        "on": on,
        "without_lso": "without" in request.GET,
        "overdue": "overdue" in request.GET,
        "next_url": query_of(request, after=page[-1].pk) if len(found) > directory.SHOWN else "",
        "first_url": without(request, "after") if "after" in request.GET else "",
    }
    return render(request, "operator/organisations.html", context)


@require_safe
@permission_required(*READS_ORGANISATIONS)
def organisation(request: ActingRequest, organisation: int) -> HttpResponse:
    """One organisation: market roles, domains, people, who looks after them, and its yearly confirmation."""
    now = timezone.now()
    on = timezone.localdate(now)
    held = get_object_or_404(Organisation.objects.select_related("group"), pk=organisation)
    participants = list(held.participants.order_by("market_role", "short_code", "started_on"))
    context = {
        "organisation": held,
        "on": on,
        "participants": participants,
        "is_operator": any(one.market_role == MarketRole.OPERATOR for one in participants),
        "domains": held.domains.order_by("domain"),
        "keepers": keepers_by_organisation([held], on=on)[held.pk],
        "people": Membership.objects.not_over(on=on).filter(organisation=held).values("user").distinct().count(),
        "certification": held.certifications.select_related("done_by").first(),
        "sessions": held.support_sessions.select_related("user")[:10],
        "now": now,
    }
    return render(request, "operator/organisation.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.ORGANISATIONS)
@fresh_proof_required
def organisation_new(request: ActingRequest) -> HttpResponse:
    """Make an organisation; market roles and domains follow on its page."""

    def do(said: dict[str, Any]) -> str:
        made = operation.make(**said, by=request.user, origin=request.origin)
        return f"{made.name} is made. Give it a market role and its mail domains next."

    return asked_and_done(
        request, form=OrganisationForm(request.POST or None), do=do, to=("operator_organisations",),
        template="operator/organisation_form.html", context={"organisation": None},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@permission_required(Permission.ORGANISATIONS)
@fresh_proof_required
def organisation_change(request: ActingRequest, organisation: int) -> HttpResponse:
    """Name, company number, group, and whether everybody must have a second factor."""
    held = get_object_or_404(Organisation, pk=organisation)
    initial = {
        "name": held.name,
        "company_number": held.company_number,
        "group": held.group_id,
        "requires_second_factor": held.requires_second_factor,
    }

    def do(said: dict[str, Any]) -> str:
        changed = operation.change(
            organisation=held, **said, by=request.user, origin=request.origin, now=timezone.now()
        )
        return f"Changed: {'; '.join(changed)}." if changed else "Nothing was changed."

    return asked_and_done(
        request, form=OrganisationChangeForm(request.POST or None, initial=initial), do=do,
        to=("operator_organisation", held.pk), template="operator/organisation_form.html",
        context={"organisation": held},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@permission_required(Permission.ORGANISATIONS)
@fresh_proof_required
def groups(request: ActingRequest) -> HttpResponse:
    """The groups of companies, and a new one."""

    def do(said: dict[str, Any]) -> str:
        made = operation.make_group(name=said["name"], by=request.user, origin=request.origin)
        return f"{made.name} is made. Put organisations into it on their own pages."

    known = OrganisationGroup.objects.prefetch_related("organisations").order_by("pk")
    page, next_key = directory.page_of(known, after_key=key_of(request, "after"), newest_first=False)
    context = {
        "groups": page,
        "next_url": query_of(request, after=next_key) if next_key else "",
        "first_url": without(request, "after") if "after" in request.GET else "",
    }
    return asked_and_done(
        request, form=GroupForm(request.POST or None), do=do, to=("operator_groups",),
        template="operator/groups.html", context=context,
    )  # fmt: skip


# -- mail domains


@require_http_methods(["GET", "POST"])
@permission_required(Permission.ORGANISATIONS)
@fresh_proof_required
def domain_add(request: ActingRequest, organisation: int) -> HttpResponse:
    """List a mail domain."""
    held = get_object_or_404(Organisation, pk=organisation)

    def do(said: dict[str, Any]) -> str:
        operation.add_domain(organisation=held, domain=said["domain"], by=request.user, origin=request.origin)
        return f"{said['domain']} is listed."

    return asked_and_done(
        request, form=DomainForm(request.POST or None), do=do, to=("operator_organisation", held.pk),
        template="operator/domain.html", context={"organisation": held, "domain": None},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@permission_required(Permission.ORGANISATIONS)
@fresh_proof_required
def domain_remove(request: ActingRequest, organisation: int, domain: int) -> HttpResponse:
    """Take a mail domain off the list."""
    listed = get_object_or_404(OrganisationDomain.objects.select_related("organisation"), pk=domain)
    held = get_object_or_404(Organisation, pk=organisation, domains=listed)

    def do(_said: dict[str, Any]) -> str:
        operation.remove_domain(domain=listed, by=request.user, origin=request.origin)
        return f"{listed.domain} is off the list. Who has an address in it stays."

    return asked_and_done(
        request, form=Form(request.POST or None), do=do, to=("operator_organisation", held.pk),
        template="operator/domain.html", context={"organisation": held, "domain": listed},
    )  # fmt: skip
