"""What the worker is asked to do. Each task takes ids and makes one call."""

from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from des.exports import jobs

# A message that nobody took in time is dropped, since by then the job is rung for again.
HEARD_WITHIN = jobs.RING_AGAIN.total_seconds()


@shared_task(expires=HEARD_WITHIN)
def write(*, export_id: str, **_kwargs: Any) -> None:
    jobs.write_export(export_id=UUID(export_id), now=timezone.now())


@shared_task(expires=HEARD_WITHIN)
def write_waiting(**_kwargs: Any) -> None:
    """Ring again for the jobs whose bell was not heard."""
    for export_id in jobs.waiting_exports(now=timezone.now()):
        write.delay(export_id=str(export_id))


@shared_task
def expire(**_kwargs: Any) -> None:
    jobs.expire_exports(now=timezone.now())
