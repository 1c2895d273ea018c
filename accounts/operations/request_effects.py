"""What an approved access request does: an invitation, an organisation with its first person, a role, a new start."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access import Actor
from accounts.events import record
from accounts.models import (
    AccessRequest,
    Event,
    Invitation,
    MarketParticipant,
    Membership,
    Organisation,
    RequestKind,
    User,
)
from accounts.operations import factors, invitations, memberships
from accounts.origin import Origin
from accounts.permissions import MarketRole, PortalRole

UNPLACED = "Say first at which organisation this person is wanted."
NO_ROLE = "{organisation} does not act as {role} today. Choose a market role that it has, or reject the request."
UNFIT = (
    "The operator’s roles are for its own people, and they hold no others. Choose other roles, or reject the request."
)
ACTS = "This person acts for {organisation} as {role} already. Change the roles on the page “People”, and reject this."
INVITED = "This person has an open invitation to {organisation} as {role} already. Reject this as a duplicate."
GONE = "This person does not act for {organisation} any more. Reject the request."
NEEDS_ADMINISTRATOR = (
    "Nobody has the short code {code} as {role} yet. Only an administrator gives an organisation its short code: ask"
    " one to approve this request too, or to add the organisation first."
)
HERE = (
    "This organisation is here already, as {organisation}, and has somebody who decides who joins it: place the request"
    " there. An administrator adds a market role that it does not have yet."
)
TAKEN = "This organisation or short code was added at the same moment. Look at the request again."


class CannotApprove(Exception):
    """The approval would do nothing, or what it must not; the message is for people."""


def carry_out(request: AccessRequest, *, approvers: Sequence[User], by: Actor, origin: Origin, now: datetime) -> None:
    """Do what a request asks for. The caller holds its lock. Raises `CannotApprove`."""
    match request.kind:
        case RequestKind.PERSON:
            request.invitation = invite(request, by=by, origin=origin, now=now)
        case RequestKind.ORGANISATION:
            request.organisation = organisation_of(request, approvers=approvers, by=by, origin=origin, now=now)
            request.invitation = invite(request, by=by, origin=origin, now=now)
        case RequestKind.LSO:
            grant(request, by=by, origin=origin, now=now)
        case RequestKind.LOST_FACTOR:
            reset_factors(request, approvers=approvers, by=by, origin=origin, now=now)


def invite(request: AccessRequest, *, by: Actor, origin: Origin, now: datetime) -> Invitation:
    """The invitation of the applicant; it waits for the operator where any invitation of this address would."""
    organisation = request.organisation
    if organisation is None:
        raise CannotApprove(UNPLACED)
    role = MarketRole(request.market_role)
    words = {"organisation": organisation.name, "role": role.label}
    try:
        return invitations.invite(
            email=request.email,
            name=request.name,
            telephone=request.telephone,
            organisation=organisation,
            market_role=role,
            portal_roles=[PortalRole(name) for name in request.portal_roles],
            ends_on=request.ends_on,
            by=User.objects.get(pk=by.person_id),
            origin=origin,
            now=now,
        )
    except invitations.NotHeldByOrganisation as error:
        raise CannotApprove(NO_ROLE.format(**words)) from error
    except invitations.Unfit as error:
        raise CannotApprove(UNFIT) from error
    except invitations.AlreadyActs as error:
        raise CannotApprove(ACTS.format(**words)) from error
    except invitations.AlreadyInvited as error:
        raise CannotApprove(INVITED.format(**words)) from error


def organisation_of(
    request: AccessRequest, *, approvers: Sequence[User], by: Actor, origin: Origin, now: datetime
) -> Organisation:
    """The organisation with the short code in the market role; a new one where an administrator is of the approvers.

    One that has somebody to look after its people is joined by their decision only.
    """
    on, role = timezone.localdate(now), MarketRole(request.market_role)
    holder = MarketParticipant.objects.in_force(on=on).filter(short_code=request.short_code, market_role=role)
    if known := holder.select_related("organisation").first():
        not_past_keepers(known.organisation, on=on)
        return with_number(known.organisation, request, by=by, origin=origin)
    administrators = Membership.objects.acting(on=on).filter(
        user__in=approvers, portal_roles__contains=[PortalRole.ADMINISTRATOR.value]
    )
    if not administrators.exists():
        raise CannotApprove(NEEDS_ADMINISTRATOR.format(code=request.short_code, role=role.label))
    try:
        with transaction.atomic():
            organisation = Organisation.objects.filter(name__iexact=request.organisation_name).first()
            if organisation is None:
                organisation = Organisation.objects.create(name=request.organisation_name)
            not_past_keepers(organisation, on=on)
            MarketParticipant.objects.create(
                organisation=organisation,
                market_role=role,
                short_code=request.short_code,
                started_on=on,
                basis=f"access request {request.reference}",
            )
    except IntegrityError as error:
        raise CannotApprove(TAKEN) from error
    record(
        Event.ORGANISATION_CHANGED, origin=origin, by_id=by.person_id, organisation_id=organisation.pk,
        detail=f"Added {request.short_code} as {role.label} by access request {request.reference}",
    )  # fmt: skip
    return with_number(organisation, request, by=by, origin=origin)


def not_past_keepers(organisation: Organisation, *, on: date) -> None:
    """Raises `CannotApprove` where somebody of the organisation decides who joins it."""
    if memberships.keepers_of(organisation, on=on).exists():
        raise CannotApprove(HERE.format(organisation=organisation.name))


def with_number(organisation: Organisation, request: AccessRequest, *, by: Actor, origin: Origin) -> Organisation:
    """An organisation with the company number of the request, where it had none."""
    if request.company_number and not organisation.company_number:
        organisation.company_number = request.company_number
        organisation.save(update_fields=["company_number"])
        record(
            Event.ORGANISATION_CHANGED, origin=origin, by_id=by.person_id, organisation_id=organisation.pk,
            detail=f"Company number {request.company_number}",
        )  # fmt: skip
    return organisation


def grant(request: AccessRequest, *, by: Actor, origin: Origin, now: datetime) -> None:
    """Give the roles of an LSO that two have approved."""
    held = Membership.objects.not_over(on=timezone.localdate(now)).filter(
        user=request.person, organisation=request.organisation, market_role=request.market_role
    )
    membership = held.first()
    if membership is None:
        raise CannotApprove(GONE.format(organisation=request.organisation))
    for name in request.portal_roles:
        memberships.grant(membership=membership, role=PortalRole(name), by_id=by.person_id, origin=origin)


def reset_factors(
    request: AccessRequest, *, approvers: Sequence[User], by: Actor, origin: Origin, now: datetime
) -> None:
    """Take every factor of the person away, naming both who approved; their owner is told by mail."""
    if request.person is None or request.person.deleted_at:
        raise CannotApprove("This account does not exist any more. Reject the request.")
    names = " and ".join(approver.name for approver in approvers)
    factors.take_all_away(
        user=request.person,
        by_id=by.person_id,
        detail=f"Approved by {names}, request {request.reference}",
        origin=origin,
        now=now,
    )
