"""What the worker does for accounts. Each task makes one call."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts import limits, mail
from accounts.minting import MINTS
from accounts.operations import certifications, dormancy, request_progress


@shared_task(expires=30)
def send_mail(**_kwargs: Any) -> None:
    mail.send_waiting(mints=MINTS, now=timezone.now())


@shared_task
def forget(**_kwargs: Any) -> None:
    """Delete what has served its time: counts of tries, and messages that were sent."""
    now = timezone.now()
    limits.forget_old(now=now)
    mail.forget_old(now=now, keep=timedelta(days=settings.MAIL_DAYS))


@shared_task
def end_requests(**_kwargs: Any) -> None:
    """Warn of access requests that end soon, and end those whose time is over."""
    request_progress.run_out(now=timezone.now())


@shared_task
def see_who_is_dormant(**_kwargs: Any) -> None:
    dormancy.see_to_everybody(now=timezone.now())


@shared_task
def see_to_certifications(**_kwargs: Any) -> None:
    certifications.see_to_rounds(now=timezone.now())
