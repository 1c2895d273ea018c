"""Support sessions: without one, the operator's support sees no data."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.template.defaultfilters import date as date_text
from django.utils import timezone

from accounts.events import record
from accounts.mail import post
from accounts.models import Event, MarketParticipant, Organisation, SupportSession, User
from accounts.operations.memberships import keepers_of
from accounts.origin import Origin
from accounts.permissions import MarketRole

SHORTEST_REASON = 10


class AlreadyOpen(Exception):
    """This person has a support session open; one at a time."""


class NotHelped(Exception):
    """The operator's own organisation needs no support session."""


@transaction.atomic
def open_session(
    *, user: User, organisation: Organisation, reason: str, minutes: int, origin: Origin, now: datetime
) -> SupportSession:
    """Open a session for one organisation, whose LSOs are told. Raises `AlreadyOpen` and `NotHelped`.

    One of the same person whose time is up is ended first; of two that are opened at once, the database lets one be.
    """
    if MarketParticipant.objects.filter(organisation=organisation, market_role=MarketRole.OPERATOR).exists():
        raise NotHelped
    for over in SupportSession.objects.filter(user=user, ended_at__isnull=True, closes_at__lte=now):
        finish(over, ended_at=over.closes_at, detail="Its time was up.", origin=origin)
    try:
        with transaction.atomic():
            opened = SupportSession.objects.create(
                user=user,
                organisation=organisation,
                reason=reason,
                opened_at=now,
                closes_at=now + timedelta(minutes=max(1, min(minutes, settings.SUPPORT_MINUTES))),
            )
    except IntegrityError as error:
        raise AlreadyOpen from error
    record(
        Event.SUPPORT_OPENED, origin=origin, person=user, by_id=user.pk, organisation_id=organisation.pk, detail=reason
    )
    until = date_text(timezone.localtime(opened.closes_at), "j F Y, H:i")
    addresses = keepers_of(organisation, on=timezone.localdate(now)).values_list("user__email", "user__name").distinct()
    for email, name in addresses:
        post(
            "support_opened", to=email, name=name, by=user.name, organisation=organisation.name, until=until,
            reason=reason,
        )  # fmt: skip
    return opened


@transaction.atomic
def end_session(*, user: User, origin: Origin, now: datetime) -> bool:
    """End the session that a person has open; False where there is none."""
    held = SupportSession.objects.open(now=now).select_for_update().filter(user=user).first()
    if held is None:
        return False
    finish(held, ended_at=now, detail="Ended by the person.", origin=origin)
    return True


def finish(session: SupportSession, *, ended_at: datetime, detail: str, origin: Origin) -> None:
    """Note that a session is over, once."""
    if SupportSession.objects.filter(pk=session.pk, ended_at__isnull=True).update(ended_at=ended_at):
        record(
            Event.SUPPORT_ENDED, origin=origin, person=session.user, by_id=session.user_id,
            organisation_id=session.organisation_id, detail=detail,
        )  # fmt: skip
