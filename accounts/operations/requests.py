"""Access requests, as they are made. One queue, whatever is asked for and however it comes."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.events import record
from accounts.mail import post
from accounts.models import (
    AccessRequest,
    Approval,
    Event,
    MarketParticipant,
    Membership,
    Organisation,
    RequestKind,
    RequestState,
    User,
)
from accounts.operations.memberships import NotGrantable
from accounts.operations.sign_in import mailbox_of, user_with
from accounts.origin import Origin
from accounts.permissions import LSO_ROLES, MarketRole, PortalRole

WAITING = (RequestState.OPEN, RequestState.QUESTION)


class OwnRequest(NotGrantable):
    """Nobody decides what is asked for themselves; the message is for people."""


class NoAccount(Exception):
    """No account has this address."""


def working_days_later(moment: datetime, days: int) -> datetime:
    """The same time of day so many working days (Monday to Friday) later."""
    local = timezone.localtime(moment)
    while days:
        local += timedelta(days=1)
        days -= local.weekday() < 5
    return local


def due(now: datetime) -> dict[str, datetime]:
    """By when a decision is due on what begins to wait now, and when it ends by itself."""
    return {
        "target_at": working_days_later(now, settings.REQUEST_TARGET_DAYS),
        "expires_at": now + timedelta(days=settings.REQUEST_EXPIRY_DAYS),
    }


def given_by(request: AccessRequest) -> str:
    """What approving a request gives, in words: approvals of the same words count together, and no others."""
    roles = ", ".join(PortalRole(name).label for name in sorted(request.portal_roles))
    parts = [request.organisation_name if request.organisation is None else request.organisation.name]
    parts += [request.company_number, request.get_market_role_display(), request.short_code, roles]
    parts += [f"until {request.ends_on:%-d %B %Y}"] if request.ends_on else []
    return "; ".join(part for part in parts if part)[:300]


def note_made(request: AccessRequest, *, by_id: Any, origin: Origin) -> None:
    record(
        Event.REQUEST_MADE, origin=origin, person=request.person, by_id=by_id, organisation_id=request.organisation_id,
        detail=f"{request.get_kind_display()}, {request.reference}",
    )  # fmt: skip


@transaction.atomic
def ask_for_lost_factor(
    *, person: User, filed_by: User | None, reason: str, origin: Origin, now: datetime
) -> AccessRequest:
    """Ask that a person's factors be taken away; the request that is open already, where there is one.

    The person is told at once: who asks may know their password, or have deceived support.
    """
    User.objects.select_for_update().get(pk=person.pk)
    waiting = AccessRequest.objects.filter(
        person=person, kind=RequestKind.LOST_FACTOR, state__in=[RequestState.OPEN, RequestState.QUESTION]
    )
    if request := waiting.first():
        return request
    request = AccessRequest.objects.create(
        kind=RequestKind.LOST_FACTOR,
        state=RequestState.OPEN,
        email=person.email,
        name=person.name,
        telephone=person.telephone,
        person=person,
        filed_by=filed_by,
        purpose=reason,
        made_at=now,
        confirmed_at=now,
        target_at=now + timedelta(days=1),
        expires_at=now + timedelta(days=settings.REQUEST_EXPIRY_DAYS),
    )
    note_made(request, by_id=filed_by.pk if filed_by else person.pk, origin=origin)
    post(
        "lost_factor_asked", to=person.email, name=person.name, by=filed_by.name if filed_by else "",
        reference=request.reference,
    )  # fmt: skip
    return request


@transaction.atomic
def ask_for_lso(
    *, membership: Membership, roles: Collection[PortalRole], by: User, origin: Origin, now: datetime
) -> AccessRequest:
    """Ask that somebody who acts for an organisation become its LSO; the open request, where there is one.

    Who asks has thereby approved, and a second person must. Raises `OwnRequest` and `NotGrantable`.
    """
    if membership.user_id == by.pk:
        raise OwnRequest("Nobody gives roles to themselves. Ask another Local Security Officer.")
    if not roles or not set(roles) <= LSO_ROLES:
        raise NotGrantable("Only the roles of a Local Security Officer are asked for in this way.")
    held = Membership.objects.select_for_update(of=("self",)).select_related("user", "organisation").get(
        pk=membership.pk
    )  # fmt: skip
    waiting = AccessRequest.objects.filter(
        person=held.user, kind=RequestKind.LSO, organisation=held.organisation, state__in=WAITING
    )
    if request := waiting.first():
        return request
    return asked_by_lso(
        kind=RequestKind.LSO,
        person=held.user,
        email=held.user.email,
        name=held.user.name,
        telephone=held.user.telephone,
        organisation=held.organisation,
        market_role=held.market_role,
        portal_roles=roles,
        by=by,
        origin=origin,
        now=now,
    )


@transaction.atomic
def ask_for_lso_invitation(
    *,
    email: str,
    name: str,
    organisation: Organisation,
    market_role: MarketRole,
    portal_roles: Collection[PortalRole],
    by: User,
    origin: Origin,
    now: datetime,
    telephone: str = "",
    ends_on: date | None = None,
) -> AccessRequest:
    """Ask that somebody new be invited as an LSO; the open request for the same, where there is one.

    Who asks has thereby approved, and a second person must. Raises `OwnRequest`.
    """
    email = email.strip().lower()
    if mailbox_of(email) == mailbox_of(by.email):
        raise OwnRequest("Nobody gives roles to themselves. Ask another Local Security Officer.")
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # else two at once would both ask
    waiting = AccessRequest.objects.filter(
        email=email, kind=RequestKind.PERSON, organisation=organisation, market_role=market_role, state__in=WAITING,
        filed_by__isnull=False, portal_roles__overlap=sorted(role.value for role in LSO_ROLES),
    )  # fmt: skip
    if request := waiting.first():
        return request
    return asked_by_lso(
        kind=RequestKind.PERSON,
        person=None,
        email=email,
        name=name,
        telephone=telephone,
        organisation=organisation,
        market_role=market_role,
        portal_roles=portal_roles,
        ends_on=ends_on,
        by=by,
        origin=origin,
        now=now,
    )


def asked_by_lso(
    *, portal_roles: Collection[PortalRole], by: User, origin: Origin, now: datetime, **fields: Any
) -> AccessRequest:
    """A request that an LSO makes for somebody else: approved once, and unconfirmed by the person it is about."""
    request = AccessRequest.objects.create(
        state=RequestState.OPEN,
        portal_roles=sorted(role.value for role in portal_roles),
        filed_by=by,
        made_at=now,
        **due(now),
        **fields,
    )
    Approval.objects.create(request=request, by=by, at=now, what=given_by(request))
    note_made(request, by_id=by.pk, origin=origin)
    return request


def organisation_called(text: str) -> Organisation | None:
    """The one organisation, not the operator's, with this name or short code today; none where several have it."""
    on = timezone.localdate()
    with_code = MarketParticipant.objects.in_force(on=on).filter(short_code=text.strip().upper())
    operators = MarketParticipant.objects.filter(market_role=MarketRole.OPERATOR)
    found = Organisation.objects.exclude(pk__in=operators.values("organisation")).filter(
        Q(name__iexact=" ".join(text.split())) | Q(pk__in=with_code.values("organisation"))
    )[:2]
    return found[0] if len(found) == 1 else None


@transaction.atomic
def ask(*, kind: RequestKind, email: str, organisation_name: str, now: datetime, **about: Any) -> AccessRequest:
    """Take a request from the public form. It counts for nothing until the address is confirmed.

    The same is done whoever asks and whichever organisation is named, so that the form tells nobody who is known here.
    """
    known = organisation_called(organisation_name)
    request = AccessRequest.objects.create(
        kind=kind,
        state=RequestState.UNCONFIRMED,
        email=email.strip().lower(),
        organisation=known if kind == RequestKind.PERSON else None,
        organisation_name=organisation_name,
        made_at=now,
        expires_at=now + timedelta(hours=settings.REQUEST_CONFIRM_HOURS),
        **about,
    )
    post("request_confirm", to=request.email, request=str(request.pk))
    return request


@transaction.atomic
def file_mailed(
    *,
    kind: RequestKind,
    email: str,
    name: str,
    organisation_name: str,
    portal_roles: Collection[str],
    text: str,
    by: User,
    origin: Origin,
    now: datetime,
) -> AccessRequest:
    """File what came by mail (subject DES ACCESS) into the queue, and tell its sender how to follow it.

    A lost second factor is that of the account with the address. Raises `NoAccount`.
    """
    email = email.strip().lower()
    if kind == RequestKind.LOST_FACTOR:
        person = user_with(email)
        if person is None:
            raise NoAccount
        request = ask_for_lost_factor(person=person, filed_by=by, reason=text, origin=origin, now=now)
    else:
        request = AccessRequest.objects.create(
            kind=kind,
            state=RequestState.OPEN,
            email=email,
            name=name,
            organisation=organisation_called(organisation_name) if kind == RequestKind.PERSON else None,
            organisation_name=organisation_name,
            portal_roles=list(portal_roles),
            purpose=text,
            filed_by=by,
            made_at=now,
            confirmed_at=now,
            **due(now),
        )
        note_made(request, by_id=by.pk, origin=origin)
    post("request_follow", to=request.email, request=str(request.pk))
    return request
