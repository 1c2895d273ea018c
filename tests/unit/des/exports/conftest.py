"""Jobs as they stand in the queue."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.access import Actor
from des.catalogue import enquiry_named
from des.exports.jobs import ask_for_export
from des.exports.models import Export


@pytest.fixture
def queued(actor: Callable[[Any], Actor], shipper: Any, keys: dict[str, str]) -> Callable[..., Export]:
    """Queue an export, of the shipper's own meter point unless asked otherwise."""

    def queue(by: Any = None, enquiry: str = "meter-points", *, whole_record: bool = False, **criteria: str) -> Export:
        asking = actor(by or shipper)
        asked = enquiry_named(enquiry)(criteria or {"mprn": keys["mprn"]}, actor=asking, on=timezone.localdate())
        assert asked.is_valid(), asked.errors
        return ask_for_export(
            by=asking,
            enquiry=asked,
            whole_record=whole_record,
            now=timezone.now(),
            address="192.0.2.7",
            request_id="ab12",
        )

    return queue
