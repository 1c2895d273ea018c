"""Invitations: seen, and accepted by the person whose address they were sent to."""

from typing import cast

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import gates, limits, sealing
from accounts.asking import keepers_by_organisation
from accounts.decorators import public
from accounts.forms import AcceptInvitationForm
from accounts.middleware import PortalRequest
from accounts.models import Invitation, MarketParticipant, User
from accounts.operations import invitations
from accounts.operations.sign_in import network_of, user_with
from accounts.permissions import FACTOR_ROLES, PortalRole

INVITATION_KEY = "invitation_link"


@require_safe
@public
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token of a link out of the address, where others could read it."""
    if invitations.by_token(token, now=timezone.now()) is None:
        return not_open(request, invitations.of_token(token))
    request.session[INVITATION_KEY] = sealing.sealed(token.encode()).decode()
    return redirect("invitation_accept")


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
@public
def accept(request: HttpRequest) -> HttpResponse:
    """What the invitation of the link followed just now offers, and accepting it.

    Only who holds the link gets here, and so only they are told whether its address has an account.
    """
    portal = cast(PortalRequest, request)
    invitation = followed(request)
    if invitation is None or not invitation.is_open(now=timezone.now()):
        return not_open(request, invitation)
    account = user_with(invitation.email)
    signed_in = request.user if request.user.is_authenticated else None
    form = None
    if account is None:
        form = AcceptInvitationForm(
            request.POST or None,
            email=invitation.email,
            organisation_words=words_of(invitation),
            initial={"name": invitation.name, "telephone": invitation.telephone},
        )
        form.fields["name"].label = "Your name"
    may_accept = signed_in == account
    if request.method == "POST" and may_accept and (form is None or form.is_valid()):
        given = form.cleaned_data if form else {"password": None}
        try:
            invitations.accept(
                invitation=invitation, signed_in=signed_in, origin=portal.origin, now=timezone.now(), **given
            )
            return accepted(request, invitation, is_new=form is not None)
        except invitations.NotOpen:
            return not_open(request, None)
        except invitations.OtherPerson:
            return redirect("invitation_accept")  # the address got an account meanwhile, or lost it
    roles = {PortalRole(name) for name in invitation.portal_roles}
    context = {
        "form": form,
        "invitation": invitation,
        "roles": sorted(role.label for role in roles),
        "needs_factor": bool(FACTOR_ROLES & roles) or invitation.organisation.requires_second_factor,
        "account": account,
        "signed_in": signed_in,
        "may_accept": may_accept,
    }
    return render(request, "account/invitation.html", context)


def followed(request: HttpRequest) -> Invitation | None:
    """The invitation whose link this session followed."""
    try:
        token = sealing.opened(request.session.get(INVITATION_KEY, "").encode()).decode()
    except InvalidToken:
        return None
    return invitations.of_token(token)


def words_of(invitation: Invitation) -> str:
    """The words of the organisation, of which no password of its people may be made."""
    held = MarketParticipant.objects.in_force(on=timezone.localdate()).filter(organisation=invitation.organisation_id)
    return " ".join([invitation.organisation.name, *held.values_list("short_code", flat=True)])


def accepted(request: HttpRequest, invitation: Invitation, *, is_new: bool) -> HttpResponse:
    """On to what comes next: signing in with the new password, or choosing whom to act for."""
    request.session.pop(INVITATION_KEY, None)
    organisation, role = invitation.organisation.name, invitation.get_market_role_display()
    begins = invitation.starts_on and invitation.starts_on > timezone.localdate()
    since = f" from {invitation.starts_on:%-d %B %Y}" if begins else ""
    if is_new:
        request.session.cycle_key()
        request.session[gates.EMAIL_KEY] = invitation.email
        messages.success(request, f"You may act for {organisation} ({role}){since}. Sign in with your new password.")
        return redirect("account_login")
    messages.success(
        request, f"You may act for {organisation} ({role}){since}. Choose it by its name at the top of the page."
    )
    return redirect("account")


def not_open(request: HttpRequest, invitation: Invitation | None) -> HttpResponse:
    """What a link that is over leads to: whom to ask, as far as the link itself still says. Only these are counted."""
    request.session.pop(INVITATION_KEY, None)
    network = network_of(cast(PortalRequest, request).origin.address)
    if not limits.LINK_BY_NETWORK.take(network, now=timezone.now()):
        return render(request, "429.html", status=429)
    keepers: list[User] = []
    if invitation:
        organisation = invitation.organisation
        named = keepers_by_organisation([organisation], on=timezone.localdate())[organisation.pk]
        keepers = [invitation.invited_by] if invitation.invited_by in named else named
    context = {"invitation": invitation, "keepers": keepers}
    return render(request, "account/invitation_over.html", context, status=410)
