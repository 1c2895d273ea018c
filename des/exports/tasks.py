"""What the worker is asked to do. Each task takes ids and makes one call."""

from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from des.exports import jobs


@shared_task
def write(*, export_id: str, **_kwargs: Any) -> None:
    jobs.write_export(export_id=UUID(export_id), now=timezone.now())


@shared_task
def write_waiting(**_kwargs: Any) -> None:
    """Ring again for the jobs whose bell was not heard."""
    for export_id in jobs.waiting_exports(now=timezone.now()):
        write.delay(export_id=str(export_id))


@shared_task
def expire(**_kwargs: Any) -> None:
    jobs.expire_exports(now=timezone.now())
