"""Mail: written down, sent once, tried again, and given up in the end."""

from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.utils import timezone

from accounts import mail
from accounts.models import Mail

NOW = timezone.now() + timedelta(hours=1)  # whatever is written by then waits


@pytest.fixture(autouse=True)
def _database(db):
    pass


def write(to="sam@example.com", **about):
    mail.post("event", to=to, **({"name": "Sam", "what": "Password changed", "detail": "", "address": ""} | about))


def send(now=NOW, **mints):
    return mail.send_waiting(mints=mints, now=now)


def test_what_is_written_is_sent_once_and_then_forgotten_but_for_its_moment(mailoutbox):
    write(detail="<b>O'Neill & Sons</b>")

    assert (send(), send()) == (1, 0)
    message = mailoutbox[0]
    assert (message.to, message.subject) == (["sam@example.com"], "Password changed (Data Enquiry Service)")
    assert "<b>O'Neill & Sons</b>" in message.body
    assert Mail.objects.get().about == {}


def test_no_text_makes_another_header(mailoutbox):
    write(what="Changed\nBcc: everybody@example.com\r\n")
    send()

    assert "\n" not in mailoutbox[0].subject
    assert mailoutbox[0].recipients() == ["sam@example.com"]


def test_a_secret_is_made_when_it_is_sent_and_none_sends_nothing(mailoutbox):
    mail.post("reset", to="sam@example.com")
    mail.post("reset", to="nobody@example.com")

    def mint(message):
        known = message.to == "sam@example.com"
        return {"name": "Sam", "url": "https://x/secret", "minutes": 30} if known else None

    assert send(reset=mint) == 1
    assert "https://x/secret" in mailoutbox[0].body
    assert not Mail.objects.filter(sent_at=None).exists()
    assert "secret" not in str(list(Mail.objects.values()))


def test_what_the_server_does_not_take_is_tried_again_later_and_later_and_given_up_in_the_end(monkeypatch, mailoutbox):
    def refuse(_message):
        raise ConnectionRefusedError

    monkeypatch.setattr(django_mail.EmailMessage, "send", refuse)
    write()
    now, pauses = NOW, []
    while True:
        assert send(now) == 0
        held = Mail.objects.get()
        if held.given_up_at:
            break
        pauses.append((held.next_try_at - now).total_seconds())
        assert send(held.next_try_at - timedelta(seconds=1)) == 0
        assert Mail.objects.get().attempts == held.attempts
        now = held.next_try_at

    assert pauses == [20 * 2**attempt for attempt in range(7)]
    monkeypatch.undo()
    assert send(now + timedelta(days=1)) == 0


def test_a_message_that_fails_does_not_hold_up_the_next(monkeypatch, mailoutbox):
    sent = django_mail.EmailMessage.send

    def pick(message):
        if message.to == ["bad@example.com"]:
            raise ConnectionRefusedError
        return sent(message)

    monkeypatch.setattr(django_mail.EmailMessage, "send", pick)
    write(to="bad@example.com")
    write(to="good@example.com")

    assert send() == 1
    assert mailoutbox[0].to == ["good@example.com"]


def test_old_messages_are_forgotten():
    write()

    assert mail.forget_old(now=NOW, keep=timedelta(days=30)) == 0
    assert mail.forget_old(now=NOW + timedelta(days=31), keep=timedelta(days=30)) == 1
