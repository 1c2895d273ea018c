"""What is secret in a message, made at the moment it is sent. Each gives what its template needs, or None."""

from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts import limits, sealing
from accounts.events import record
from accounts.mail import Mint
from accounts.models import AccessRequest, Event, Invitation, Mail, RequestState, SecretKind, User
from accounts.operations import request_progress, secrets
from accounts.operations.sign_in import user_with
from accounts.origin import Origin


def link(name: str, *arguments: object) -> str:
    """A whole address of a page, on the service's public host whatever the request said."""
    return urljoin(settings.PUBLIC_BASE_URL, reverse(name, args=arguments))


def reset(mail: Mail) -> dict[str, Any] | None:
    """A link to a new password, where the address is that of an account that is not switched off."""
    user = user_with(mail.to)
    if user is None or not user.is_active:
        return None
    token = sealing.new_token()
    lasts = timedelta(minutes=settings.RESET_MINUTES)
    secrets.make(user=user, kind=SecretKind.RESET, secret=token, lasts=lasts, now=timezone.now())
    origin = Origin(address=mail.about.get("address"), request_id=mail.about.get("request_id", ""))
    record(Event.RESET_REQUESTED, origin=origin, person=user)
    return {"name": user.name, "url": link("reset_link", token), "minutes": settings.RESET_MINUTES}


def paused(mail: Mail) -> dict[str, Any] | None:
    """What to do about a paused sign-in, where the address is that of an account that is not switched off."""
    user = user_with(mail.to)
    if user is None or not user.is_active:
        return None
    minutes = int(limits.SIGN_IN_BY_ACCOUNT.window.total_seconds() / 60)
    return {"name": user.name, "address": mail.about.get("address") or "", "minutes": minutes}


def enrolment(mail: Mail) -> dict[str, Any] | None:
    """A code to type before the first second factor is made."""
    user = User.objects.filter(pk=mail.about["person"], is_active=True).first()
    if user is None or user.email != mail.to:  # the address was changed meanwhile: the old mailbox gets nothing
        return None
    code = sealing.new_code(groups=2)
    lasts = timedelta(minutes=settings.CODE_MINUTES)
    secrets.make(user=user, kind=SecretKind.ENROLMENT, secret=code, lasts=lasts, now=timezone.now())
    return {"name": user.name, "code": code, "minutes": settings.CODE_MINUTES}


def invitation(mail: Mail) -> dict[str, Any] | None:
    """The link of an invitation that is still open; the one sent before is good no more."""
    now = timezone.now()
    invited = (
        Invitation.objects.select_related("organisation", "invited_by").filter(pk=mail.about["invitation"]).first()
    )
    if invited is None or invited.accepted_at or invited.withdrawn_at or invited.held:
        return None
    token = sealing.new_token()
    invited.digest = sealing.digest(f"invitation:{token}")
    invited.expires_at = now + timedelta(days=settings.INVITATION_DAYS)
    invited.save(update_fields=["digest", "expires_at"])
    return {
        "name": invited.name,
        "organisation": invited.organisation.name,
        "role": invited.get_market_role_display(),
        "by": invited.invited_by.name if invited.invited_by else "",
        "url": link("invitation", token),
        "days": settings.INVITATION_DAYS,
    }


def request_confirm(mail: Mail) -> dict[str, Any] | None:
    """The link that confirms the address of an access request; nothing that was typed goes to an unknown address."""
    unconfirmed = AccessRequest.objects.filter(
        pk=mail.about["request"], state=RequestState.UNCONFIRMED, expires_at__gt=timezone.now()
    )
    token = sealing.new_token()
    if not unconfirmed.update(confirm_digest=request_progress.confirm_digest(token)):
        return None
    return {"url": link("request_confirm", token), "hours": settings.REQUEST_CONFIRM_HOURS}


def request_letter(mail: Mail) -> dict[str, Any] | None:
    """How an access request stands, with the private link of its applicant, or its page for a colleague."""
    request = AccessRequest.objects.filter(pk=mail.about["request"]).select_related("filed_by", "organisation").first()
    if request is None:
        return None
    own = mail.to == request.email
    url = link("queue_request", request.pk)
    if own:
        token = request_progress.follow_token(request.pk)
        AccessRequest.objects.filter(pk=request.pk).update(follow_digest=request_progress.follow_digest(token))
        url = link("request_follow", token)
    question = request.notes.filter(for_applicant=True, by__isnull=False).last()
    return {
        "name": mail.about.get("name", request.name),
        "reference": request.reference,
        "about": request.get_kind_display(),
        "who": "" if own else request.name,
        "url": url,
        "question": question.text if question else "",
        "kind": request.kind,
        "state": request.get_state_display(),
        "is_approved": request.state == RequestState.APPROVED,
        "held": bool(request.invitation and request.invitation.held),
        "rejection": request.get_rejection_display(),
        "reason": request.reason,
        "target": request.target_at,
        "ends": request.expires_at,
        "days": settings.INVITATION_DAYS,
    }


MINTS: dict[str, Mint] = {
    "reset": reset,
    "paused": paused,
    "enrolment": enrolment,
    "invitation": invitation,
    "request_confirm": request_confirm,
    "request_follow": request_letter,
    "request_question": request_letter,
    "request_answered": request_letter,
    "request_decided": request_letter,
    "request_expiring": request_letter,
    "request_expired": request_letter,
}
