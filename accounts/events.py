"""The one way to write a security event, and who hears of it by mail."""

from uuid import UUID

from accounts.mail import post
from accounts.models import Event, SecurityEvent, User
from accounts.origin import Origin

# Of these the person is told, since they would want to know if it was not they.
TOLD = frozenset(
    {
        Event.NEW_DEVICE,
        Event.UNLOCKED,
        Event.PROFILE_CHANGED,
        Event.ENROLMENT_ASSISTED,
        Event.PASSWORD_CHANGED,
        Event.PASSWORD_RESET,
        Event.FACTOR_ADDED,
        Event.FACTOR_REMOVED,
        Event.FACTORS_RESET,
        Event.RECOVERY_CODES_MADE,
        Event.RECOVERY_CODE_USED,
        Event.RESET_ASSISTED,
        Event.ACCOUNT_SWITCHED_OFF,
        Event.ACCOUNT_SWITCHED_ON,
        Event.ACCOUNT_DELETED,
        Event.MEMBERSHIP_ADDED,
        Event.MEMBERSHIP_ENDED,
        Event.MEMBERSHIP_DISABLED,
        Event.MEMBERSHIP_ENABLED,
        Event.ROLE_GRANTED,
        Event.ROLE_REMOVED,
    }
)


def record(
    event: Event,
    *,
    origin: Origin,
    person: User | None = None,
    by_id: UUID | None = None,
    organisation_id: int | None = None,
    detail: str = "",
) -> None:
    """Write down that something happened, in the transaction in which it does; and tell the person by mail."""
    SecurityEvent.objects.create(
        event=event,
        person_id=person.pk if person else None,
        by_id=by_id,
        organisation_id=organisation_id,
        detail=detail[:500],
        address=origin.address,
        user_agent=origin.user_agent,
        request_id=origin.request_id,
    )
    if person and event in TOLD:
        post("event", to=person.email, name=person.name, what=event.label, detail=detail, address=origin.address or "")
