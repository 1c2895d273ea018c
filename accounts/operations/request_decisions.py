"""What handlers do with an access request: take it up, ask, remark, approve, reject.

Each is done under the lock of the request's row and for whom it is theirs at that moment, so that of all who decide at
once one does.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.access import Actor
from accounts.events import record
from accounts.models import (
    AccessRequest,
    Approval,
    Event,
    Organisation,
    RejectionReason,
    RequestAttachment,
    RequestKind,
    RequestNote,
    RequestState,
)
from accounts.operations import memberships
from accounts.operations.request_effects import CannotApprove, carry_out
from accounts.operations.request_progress import write_to
from accounts.operations.request_reach import counting, decided, may_place
from accounts.operations.requests import WAITING, OwnRequest, due, given_by
from accounts.operations.sign_in import mailbox_of
from accounts.origin import Origin
from accounts.permissions import MarketRole, Permission, PortalRole


class NotYours(Exception):
    """The request is not this actor's to decide, or does not exist."""


class AlreadyDecided(Exception):
    """The request is over."""


class AlreadyApproved(Exception):
    """This person has approved this already: another must."""


OWN = "Nobody decides their own request. Leave it to a colleague."
FILED = "You filed this request, and one approval is enough for it: leave it to a colleague."
BEYOND = "The applicant did not ask for this."


@dataclass(frozen=True)
class Choice:
    """What an approval gives, as far as the handler chooses."""

    portal_roles: Collection[PortalRole]
    market_role: MarketRole
    ends_on: date | None = None
    # Of a new organisation only.
    organisation_name: str = ""
    company_number: str = ""
    short_code: str = ""


def locked(request_id: UUID, *, by: Actor, now: datetime) -> AccessRequest:
    """A request that waits, for its handler alone. Raises `NotYours` and `AlreadyDecided`."""
    # Locked first, and read only then: what others decided meanwhile is seen.
    if not AccessRequest.objects.select_for_update().filter(pk=request_id).exists():
        raise NotYours
    mine = decided(by, now=now).select_related("organisation", "person", "filed_by", "assigned_to")
    request = mine.filter(pk=request_id).first()
    if request is None:
        over = AccessRequest.objects.filter(pk=request_id).exclude(state__in=WAITING)
        raise AlreadyDecided if over.exists() else NotYours
    if request.state not in WAITING:
        raise AlreadyDecided
    return request


def is_own(request: AccessRequest, person_id: UUID, email: str) -> bool:
    """Whether a request is about the person themselves."""
    return request.person_id == person_id or mailbox_of(request.email) == mailbox_of(email)


def not_by_the_person(request: AccessRequest, by: Actor) -> None:
    if is_own(request, by.person_id, by.email):
        raise OwnRequest(OWN)


def note(event: Event, request: AccessRequest, *, by: Actor, origin: Origin, detail: str = "") -> None:
    record(
        event, origin=origin, person=request.person, by_id=by.person_id, organisation_id=request.organisation_id,
        detail=f"{request.get_kind_display()}, {request.reference}. {detail}".strip(),
    )  # fmt: skip


@transaction.atomic
def take_up(*, request_id: UUID, by: Actor, origin: Origin, now: datetime) -> None:
    """Say that one deals with a request, whoever did before."""
    request = locked(request_id, by=by, now=now)
    not_by_the_person(request, by)
    if request.assigned_to_id != by.person_id:
        AccessRequest.objects.filter(pk=request.pk).update(assigned_to=by.person_id)
        note(Event.REQUEST_ASSIGNED, request, by=by, origin=origin)


@transaction.atomic
def release(*, request_id: UUID, by: Actor, now: datetime) -> None:
    """Leave a request to others again."""
    request = locked(request_id, by=by, now=now)
    AccessRequest.objects.filter(pk=request.pk, assigned_to=by.person_id).update(assigned_to=None)


@transaction.atomic
def ask_question(*, request_id: UUID, text: str, by: Actor, origin: Origin, now: datetime) -> None:
    """Ask whoever made the request; it waits for them, with its whole time before it runs out."""
    request = locked(request_id, by=by, now=now)
    not_by_the_person(request, by)
    RequestNote.objects.create(request=request, at=now, by_id=by.person_id, text=text, for_applicant=True)
    request.state, request.expires_at, request.expiry_warned_at = RequestState.QUESTION, due(now)["expires_at"], None
    request.save(update_fields=["state", "expires_at", "expiry_warned_at"])
    note(Event.REQUEST_QUESTION, request, by=by, origin=origin)
    write_to(request, "request_question")


@transaction.atomic
def remark(*, request_id: UUID, text: str, by: Actor, now: datetime) -> None:
    """Write down what only handlers read."""
    request = locked(request_id, by=by, now=now)
    RequestNote.objects.create(request=request, at=now, by_id=by.person_id, text=text, for_applicant=False)


@transaction.atomic
def place(
    *,
    request_id: UUID,
    organisation: Organisation,
    market_role: MarketRole,
    portal_roles: Collection[PortalRole],
    by: Actor,
    origin: Origin,
    now: datetime,
) -> AccessRequest:
    """Say at which organisation a person is wanted, of a request by mail, for a name that nobody knew or for a new one.

    From then on it is its LSO's to decide, where there is one. Raises `CannotApprove`.
    """
    request = locked(request_id, by=by, now=now)
    not_by_the_person(request, by)
    if not may_place(request, actor=by):
        raise CannotApprove("This request is not about joining an organisation.")
    request.kind, request.organisation = RequestKind.PERSON, organisation
    request.market_role, request.short_code = market_role, ""
    request.portal_roles = sorted(role.value for role in portal_roles)
    request.assigned_to = None
    request.save(update_fields=["kind", "organisation", "market_role", "short_code", "portal_roles", "assigned_to"])
    text = f"Placed at {organisation.name} as {market_role.label}."
    RequestNote.objects.create(request=request, at=now, by_id=by.person_id, text=text, for_applicant=False)
    note(Event.REQUEST_ASSIGNED, request, by=by, origin=origin, detail=text)
    return request


@transaction.atomic
def approve(
    *, request_id: UUID, by: Actor, choice: Choice | None, words: str, origin: Origin, now: datetime
) -> AccessRequest:
    """Approve a request; with the last approval that it needs, do what it asks for, once.

    Approvals of the same choice count together, while who gave them could still do so. Raises `NotYours`,
    `AlreadyDecided`, `AlreadyApproved`, `OwnRequest`, `NotGrantable` and `CannotApprove`, and then nothing is changed.
    """
    request = locked(request_id, by=by, now=now)
    not_by_the_person(request, by)
    if choice is not None:
        choose(request, choice)
    gives_access = request.kind in {RequestKind.PERSON, RequestKind.ORGANISATION}
    if gives_access and request.approvals_needed == 1 and request.filed_by_id == by.person_id:
        raise OwnRequest(FILED)
    if not by.may(Permission.QUEUE) and not by.may(Permission.ORGANISATIONS):
        memberships.check_grantable(by, [PortalRole(name) for name in request.portal_roles])
    what = given_by(request)
    _, is_new = Approval.objects.get_or_create(request=request, by_id=by.person_id, what=what, defaults={"at": now})
    if not is_new:
        raise AlreadyApproved
    note(Event.REQUEST_APPROVED, request, by=by, origin=origin, detail=what)
    approvers = [approval.by for approval in counting(request, on=timezone.localdate(now))]
    request.reason = words
    if len(approvers) >= request.approvals_needed:
        carry_out(request, approvers=approvers, by=by, origin=origin, now=now)
        request.state, request.decided_at = RequestState.APPROVED, now
        write_to(request, "request_decided")
    request.save()
    return request


def choose(request: AccessRequest, choice: Choice) -> None:
    """Take over what the handler chose: never more than was asked for."""
    asked = {PortalRole(name) for name in request.portal_roles}
    if not set(choice.portal_roles) <= asked:
        raise memberships.NotGrantable(BEYOND)
    request.portal_roles = sorted(role.value for role in choice.portal_roles)
    request.market_role, request.ends_on = choice.market_role, choice.ends_on
    if request.kind == RequestKind.ORGANISATION:
        request.organisation_name = choice.organisation_name or request.organisation_name
        request.company_number, request.short_code = choice.company_number, choice.short_code


@transaction.atomic
def reject(
    *, request_id: UUID, reason: RejectionReason, words: str, by: Actor, origin: Origin, now: datetime
) -> AccessRequest:
    """Reject a request, with the reason by its code and in words."""
    request = locked(request_id, by=by, now=now)
    not_by_the_person(request, by)
    request.state, request.rejection, request.reason, request.decided_at = RequestState.REJECTED, reason, words, now
    request.save(update_fields=["state", "rejection", "reason", "decided_at"])
    note(Event.REQUEST_REJECTED, request, by=by, origin=origin, detail=f"{reason.value} {reason.label}")
    write_to(request, "request_decided")
    return request


def note_read(attachment: RequestAttachment, *, by: Actor, origin: Origin) -> None:
    """Write down who fetched a file."""
    note(Event.ATTACHMENT_READ, attachment.request, by=by, origin=origin, detail=attachment.title)
