"""The one way to write who looked at what."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.access import Actor
from accounts.operations.usage import count_enquiry
from des.audit.models import Channel, Decision, EnquiryEvent


@transaction.atomic
def record_enquiry(
    *,
    actor: Actor,
    channel: Channel,
    enquiry: str,
    criteria: dict[str, Any],
    decision: Decision = Decision.ANSWERED,
    result_count: int | None,
    shown: Sequence[int] = (),
    address: str | None,
    request_id: str,
) -> None:
    """Write one enquiry down. Call it before the answer leaves: if it raises, nothing may be shown."""
    EnquiryEvent.objects.create(
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
        support_session_id=actor.support_session_id,
        market_role=actor.market_role,
        matrix_version=actor.matrix.version,
        channel=channel,
        enquiry=enquiry,
        criteria=criteria,
        decision=decision,
        result_count=result_count,
        shown=list(shown),
        address=address,
        request_id=request_id,
    )
    if decision == Decision.ANSWERED and channel != Channel.DOWNLOAD:
        count_enquiry(actor=actor, day=timezone.localdate())
