"""The people of the organisations that the reader looks after: a list, and a page for each.

Whose people they are is asked of `memberships.organisations_managed`, every time; whatever is beyond it does not exist.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.asking import keepers_by_organisation
from accounts.context import open_support_session
from accounts.decorators import ActingRequest, fresh_proof_required, permission_required
from accounts.forms_people import DisableForm, EndForm, PeopleForm
from accounts.models import Membership, Organisation
from accounts.operations import identities, memberships, passwords, people_events, people_lists
from accounts.operations import people as operations
from accounts.permissions import OPERATOR_ROLES, Permission, PortalRole

# LSOs; support, in a session for an organisation without one; and the operator's administrators, for its own people.
LOOKS_AFTER = (Permission.PEOPLE, Permission.SUPPORT, Permission.IDENTITIES)
EVENTS_SHOWN = 10

# What is refused with a message of its own, and in which words what has none.
REFUSALS = (
    memberships.LastKeeper,
    memberships.NotGrantable,
    memberships.NotOnOneself,
    memberships.Overlaps,
    operations.NotWholeAccount,
    operations.OutsideDomains,
    operations.Over,
    passwords.SameHelper,
    passwords.SwitchedOff,
    identities.AddressInUse,
    identities.Deleted,
)
WORDS: dict[type[Exception], str] = {
    passwords.SameHelper: "You gave them the code for the password. Another Local Security Officer, or operator "
    "support, gives the one for the second factor.",
    passwords.SwitchedOff: "The account is switched off, so a code would not help. Ask operator support.",
    identities.AddressInUse: "Another account has this address. Ask operator support if both are the same person.",
    identities.Deleted: "The account was deleted meanwhile.",
}


def words_of(refusal: Exception) -> str:
    return WORDS.get(type(refusal), "") or str(refusal)


def managed(request: ActingRequest) -> list[Organisation]:
    """The organisations whose people the reader looks after now."""
    now = timezone.now()
    return list(memberships.organisations_managed(request.actor, now=now).select_related("group").order_by("name"))


def managed_or_404(request: ActingRequest, organisation_id: object = None) -> list[Organisation]:
    """The organisations that the reader looks after, or the one that is named; none is 404."""
    found = [one for one in managed(request) if organisation_id in (None, "", one.pk, str(one.pk))]
    if not found:
        raise Http404
    return found


def membership_or_404(request: ActingRequest, membership_id: int) -> Membership:
    """A membership of an organisation that the reader looks after, over or not; any other does not exist for them."""
    within = people_lists.held_by([one.pk for one in managed_or_404(request)])
    # Beyond what the column holds there is none.
    found: Membership | None = within.filter(pk=membership_id).first() if membership_id < 2**63 else None
    if found is None:
        raise Http404
    return found


def key_of(request: HttpRequest, name: str) -> int | None:
    """The key behind which a page begins; none where there is none of this kind, which is the first page."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def pages(request: HttpRequest, name: str, next_key: int | None) -> dict[str, str]:
    """Where the first page and the next of a list are, with what was asked."""
    asked = {key: value for key, value in request.GET.items() if key != name and value}
    return {
        "first_url": f"?{urlencode(asked)}" if request.GET.get(name) else "",
        "next_url": f"?{urlencode(asked | {name: str(next_key)})}" if next_key is not None else "",
    }


def held_roles(request: ActingRequest) -> list[PortalRole]:
    """The portal roles that the people whom the reader looks after can have."""
    of_operator = PortalRole.ADMINISTRATOR in request.actor.portal_roles
    return [role for role in PortalRole if (role in OPERATOR_ROLES) == of_operator]


@require_safe
@permission_required(*LOOKS_AFTER)
def people(request: ActingRequest) -> HttpResponse:
    """Who acts for the organisations, with which roles, and since when they have not signed in."""
    organisations, now = managed(request), timezone.now()
    if not organisations:
        return render(request, "people/nobody.html", about_nobody(request))
    form = PeopleForm(request.GET, organisations=organisations, roles=held_roles(request))
    shown: list[people_lists.Person] = []
    next_key = None
    if form.is_valid():
        asked = form.cleaned_data
        found = people_lists.found(
            people_lists.held_by([one.pk for one in form.chosen]),
            state=asked["state"], role=asked["role"], text=asked["q"], now=now,
        )  # fmt: skip
        shown, next_key = people_lists.page_of(found, after=key_of(request, "after"), now=now)
    context = {"form": form, "people": shown, "organisations": organisations, "filtered": bool(request.GET)}
    return render(request, "people/list.html", context | pages(request, "after", next_key))


def about_nobody(request: ActingRequest) -> dict[str, object]:
    """Who looks after the people of the organisation that support has a session for, where that is not support."""
    session = open_support_session(request.actor)
    if session is None:
        return {}
    helped = session.organisation
    keepers = keepers_by_organisation([helped], on=timezone.localdate())
    return {"helped": helped, "keepers": keepers[helped.pk]}


@require_safe
@permission_required(*LOOKS_AFTER)
def person(request: ActingRequest, membership_id: int) -> HttpResponse:
    """One person in one membership: how they stand, what can be done, and what happened."""
    return person_page(request, membership_or_404(request, membership_id))


def person_page(request: ActingRequest, membership: Membership, **forms: Any) -> HttpResponse:
    now = timezone.now()
    on = timezone.localdate(now)
    organisation_ids = [one.pk for one in managed_or_404(request)]
    (described,) = people_lists.described([membership], now=now)
    events, more = people_events.of_person(membership.user, organisation_ids=organisation_ids, on=on, most=EVENTS_SHOWN)
    others = people_lists.held_by(organisation_ids).filter(user=membership.user_id).exclude(pk=membership.pk)
    context = {
        "person": described,
        "membership": membership,
        "others": others.order_by("-started_on", "-pk")[:EVENTS_SHOWN],
        "why_not": why_not(request, operations.check_membership, membership),
        "why_not_account": why_not(request, operations.check_whole_account, membership),
        "is_oneself": membership.user_id == request.actor.person_id,
        "end_form": EndForm(membership=membership, on=on),
        "disable_form": DisableForm(),
        "events": events,
        "more_events": more is not None,
    }
    status = 422 if forms else 200
    return render(request, "people/person.html", context | forms, status=status)


def why_not(request: ActingRequest, check: Callable[..., None], membership: Membership) -> str:
    """Why the reader may not do something for a person; empty where they may."""
    try:
        check(request.actor, membership, now=timezone.now())
    except REFUSALS as refusal:
        return words_of(refusal)
    return ""


def done(
    request: ActingRequest, membership: Membership, act: Callable[..., Any], said: str, **about: Any
) -> HttpResponse:
    """Do something for a person, say so or why not, and lead back to their page."""
    try:
        act(membership=membership, by=request.actor, origin=request.origin, now=timezone.now(), **about)
    except REFUSALS as refusal:
        messages.warning(request, words_of(refusal))
    else:
        messages.success(request, said)
    return redirect("person", membership_id=membership.pk)


@require_POST
@permission_required(*LOOKS_AFTER)
@fresh_proof_required
def person_dates(request: ActingRequest, membership_id: int) -> HttpResponse:
    """Set the end date, or lift it."""
    membership = membership_or_404(request, membership_id)
    form = EndForm(request.POST, membership=membership, on=timezone.localdate())
    if not form.is_valid():
        return person_page(request, membership, end_form=form)
    ends_on = form.cleaned_data["ends_on"]
    said = f"{membership.user.name} acts until before {ends_on:%-d %B %Y}." if ends_on else "The end date is lifted."
    return done(request, membership, operations.set_end, said, ends_on=ends_on)


@require_POST
@permission_required(*LOOKS_AFTER)
@fresh_proof_required
def person_end(request: ActingRequest, membership_id: int) -> HttpResponse:
    """End the membership at once."""
    membership = membership_or_404(request, membership_id)
    said = f"{membership.user.name} does not act for {membership.organisation.name} any more."
    return done(request, membership, operations.end_now, said, because=f"Ended by {request.actor.name}.")


@require_POST
@permission_required(*LOOKS_AFTER)
@fresh_proof_required
def person_disable(request: ActingRequest, membership_id: int) -> HttpResponse:
    membership = membership_or_404(request, membership_id)
    form = DisableForm(request.POST)
    if not form.is_valid():
        return person_page(request, membership, disable_form=form)
    said = f"{membership.user.name} is disabled. The roles are kept."
    return done(request, membership, operations.disable, said, because=form.cleaned_data["reason"])


@require_POST
@permission_required(*LOOKS_AFTER)
@fresh_proof_required
def person_enable(request: ActingRequest, membership_id: int) -> HttpResponse:
    membership = membership_or_404(request, membership_id)
    said = f"{membership.user.name} is enabled, with the roles of before."
    return done(request, membership, operations.enable, said)


@require_POST
@permission_required(*LOOKS_AFTER)
@fresh_proof_required
def person_unlock(request: ActingRequest, membership_id: int) -> HttpResponse:
    membership = membership_or_404(request, membership_id)
    said = f"{membership.user.name} can try to sign in again."
    return done(request, membership, operations.unlock, said, asker=request.user)


@require_POST
@permission_required(*LOOKS_AFTER)
@fresh_proof_required
def person_sessions(request: ActingRequest, membership_id: int) -> HttpResponse:
    membership = membership_or_404(request, membership_id)
    said = f"{membership.user.name} is signed out everywhere."
    return done(request, membership, operations.end_sessions, said, asker=request.user)
