"""What the worker does for accounts. Each task makes one call."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts import limits, mail
from accounts.minting import MINTS


@shared_task(expires=30)
def send_mail(**_kwargs: Any) -> None:
    mail.send_waiting(mints=MINTS, now=timezone.now())


@shared_task
def forget(**_kwargs: Any) -> None:
    """Delete what has served its time: counts of tries, and messages that were sent."""
    now = timezone.now()
    limits.forget_old(now=now)
    mail.forget_old(now=now, keep=timedelta(days=settings.MAIL_DAYS))
