"""Mail: written down with what causes it, sent by the worker, and tried again until it is gone.

A template below `templates/mail` begins with its subject, then an empty line, then the text. What is secret in it, such
as a link, is made when it is sent (`accounts/minting.py`), so that no secret is ever stored, and a request for a link
costs the same whether or not the address is known.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models.mail import Mail

logger = logging.getLogger("accounts.mail")

ATTEMPTS = 8
PAUSE = timedelta(seconds=20)  # doubled at each attempt: about 40 minutes in all
BATCH = 50

type Mint = Callable[[Mail], dict[str, Any] | None]


def post(template: str, *, to: str, **about: Any) -> None:
    """Write a message down, in the caller's transaction; the worker sends it within seconds."""
    now = timezone.now()
    Mail.objects.create(template=template, to=to, about=about, written_at=now, next_try_at=now)


def post_all(template: str, letters: Iterable[tuple[str, dict[str, Any]]], *, a_second: int, now: datetime) -> None:
    """Write one message down for each of many people, spread so that it holds up nothing that somebody waits for."""
    Mail.objects.bulk_create(
        (
            Mail(
                template=template,
                to=to,
                about=about,
                written_at=now,
                next_try_at=now + timedelta(seconds=index // a_second),
            )
            for index, (to, about) in enumerate(letters)
        ),
        batch_size=1_000,
    )


def send_waiting(*, mints: dict[str, Mint], now: datetime) -> int:
    """Send what waits, and say how many went; two workers never send the same."""
    sent = 0
    for _ in range(BATCH):
        with transaction.atomic():
            waiting = Mail.objects.select_for_update(skip_locked=True).filter(
                sent_at__isnull=True, given_up_at__isnull=True, next_try_at__lte=now
            )
            mail = waiting.order_by("next_try_at").first()
            if mail is None:
                break
            sent += send(mail, mints=mints, now=now)
    return sent


def send(mail: Mail, *, mints: dict[str, Mint], now: datetime) -> bool:
    """Send one message that is locked; False where there is nothing to say, or the mail server did not take it."""
    mint = mints.get(mail.template)
    about = mint(mail) if mint else mail.about
    mine = Mail.objects.filter(pk=mail.pk)
    if about is None:
        mine.update(sent_at=now, about={})
        return False
    subject, text = letter(mail.template, about)
    try:
        EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [mail.to]).send()
    except (OSError, SMTPException):
        logger.warning("a message could not be sent")
        over = mail.attempts + 1 >= ATTEMPTS
        mine.update(
            attempts=F("attempts") + 1,
            next_try_at=now + PAUSE * 2**mail.attempts,
            given_up_at=now if over else None,
        )
        return False
    mine.update(sent_at=now, about={})
    return True


def letter(template: str, about: dict[str, Any]) -> tuple[str, str]:
    """The subject and the text of a message. Neither can hold a line that makes a header."""
    context = {
        "base_url": settings.PUBLIC_BASE_URL,
        "support": f"{settings.SUPPORT_EMAIL}, {settings.SUPPORT_TELEPHONE}",
        **about,
    }
    subject, _, text = render_to_string(f"mail/{template}.txt", context, using="mail").partition("\n")
    return " ".join(subject.split())[:200], text.strip() + "\n"


def forget_old(*, now: datetime, keep: timedelta) -> int:
    """Delete the messages that were sent, or given up, long ago."""
    gone, _ = Mail.objects.filter(written_at__lt=now - keep).delete()
    return gone
