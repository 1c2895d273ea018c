"""One's own account: who one is, for whom one acts, where one is signed in, and what has happened."""

from django.contrib import messages
from django.contrib.auth import logout
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import devices
from accounts.asking import keepers_by_organisation
from accounts.decorators import OwnRequest, fresh_proof_required, own_account
from accounts.forms import ProfileForm
from accounts.middleware import MEMBERSHIP_KEY
from accounts.models import Membership, SecurityEvent, SignIn, User
from accounts.next import next_of
from accounts.operations import factors, sessions
from accounts.operations import profile as profiles
from accounts.operations.event_log import told
from accounts.permissions import MarketRole, PortalRole

RECENT = 10
A_PAGE = 50
# What a bigint key holds: more is no event's.
LARGEST_KEY = 2**63 - 1


@require_safe
@own_account()
def account(request: OwnRequest) -> HttpResponse:
    """The page about oneself, with a summary of what has a page of its own."""
    user, standing = request.user, request.standing
    held = Membership.objects.not_over(on=standing.on).filter(user=user).select_related("organisation")
    memberships = list(held.order_by("started_on", "pk"))
    organisations = list({membership.organisation_id: membership.organisation for membership in memberships}.values())
    keepers = keepers_by_organisation(organisations, on=standing.on, but=user)
    is_operator = any(membership.market_role == MarketRole.OPERATOR for membership in memberships)
    context = {
        "memberships_held": [
            {
                "membership": membership,
                "roles": [PortalRole(name).label for name in membership.portal_roles],
                "state": state_of(membership, request),
                "keepers": keepers[membership.organisation_id],
            }
            for membership in memberships
        ],
        "keepers": list({keeper.pk: keeper for named in keepers.values() for keeper in named}.values()),
        "keeper_title": "administrator" if is_operator else "Local Security Officer",
        "factors": [factor for factor in factors.factors_of(user) if factor.kind != "Recovery codes"],
        "codes_left": factors.codes_left(user),
        "needs_factor": standing.needs_factor,
        "sessions": len(open_sessions(request)),
        "events": told(events_of(user)[:RECENT]),
    }
    return render(request, "account/overview.html", context)


def state_of(membership: Membership, request: OwnRequest) -> tuple[str, str]:
    """Whether a membership can be acted under, as a chip and in words."""
    standing, actor = request.standing, request.actor
    if membership.disabled_at:
        return "failed", "Disabled"
    if membership.started_on > standing.on:
        return "pl", "To come"
    if actor and membership.pk == actor.membership_id:
        return "done", "Acting for now"
    return "li", "In force"


@require_http_methods(["GET", "POST"])
@own_account()
@fresh_proof_required
def profile(request: OwnRequest) -> HttpResponse:
    """Edit one's own name and telephone number."""
    user = request.user
    form = ProfileForm(request.POST or None, initial={"name": user.name, "telephone": user.telephone})
    if request.method == "POST" and form.is_valid():
        if profiles.change(user=user, **form.cleaned_data, origin=request.origin):
            messages.success(request, "Your name and telephone number have been changed.")
        return redirect("account")
    return render(request, "account/profile.html", {"form": form})


# -- sessions


def open_sessions(request: OwnRequest) -> list[SignIn]:
    """Where the person is signed in: what went idle or grew too old is over, though nothing has ended it yet."""
    now = timezone.now()
    idle, absolute = sessions.limits_of(request.standing)
    alive = sessions.open_sign_ins(request.user, now=now).filter(
        seen_at__gte=now - idle, started_at__gte=now - absolute
    )
    return list(alive[:A_PAGE])


@require_safe
@own_account()
def own_sessions(request: OwnRequest) -> HttpResponse:
    """Where one is signed in, this session first."""
    here = request.sign_in.pk
    rows = [
        {"sign_in": sign_in, "device": devices.in_words(sign_in.user_agent), "here": sign_in.pk == here}
        for sign_in in open_sessions(request)
    ]
    rows.sort(key=lambda row: not row["here"])
    return render(request, "account/sessions.html", {"rows": rows, "most": A_PAGE})


@require_POST
@own_account()
def end_session(request: OwnRequest, sign_in_id: int) -> HttpResponse:
    """End one of one's own sessions; of this one it is signing out."""
    if sign_in_id > LARGEST_KEY or not SignIn.objects.filter(pk=sign_in_id, user=request.user).exists():
        raise Http404
    ended = sessions.end(
        user=request.user, by_id=request.user.pk, because="ended on the sessions page", origin=request.origin,
        now=timezone.now(), only=sign_in_id,
    )  # fmt: skip
    if sign_in_id == request.sign_in.pk:
        return signed_out(request, "You are signed out.")
    messages.success(request, "The session has been ended." if ended else "The session was over already.")
    return redirect("own_sessions")


@require_POST
@own_account()
def end_everywhere(request: OwnRequest) -> HttpResponse:
    """Sign out everywhere, here too."""
    sessions.end(
        user=request.user, by_id=request.user.pk, because="signed out everywhere", origin=request.origin,
        now=timezone.now(),
    )  # fmt: skip
    return signed_out(request, "You are signed out everywhere.")


def signed_out(request: OwnRequest, said: str) -> HttpResponse:
    """To the sign-in page, which says what was done."""
    logout(request)
    messages.success(request, said)
    return redirect("account_login")


# -- events


def events_of(user: User) -> QuerySet[SecurityEvent]:
    return SecurityEvent.objects.filter(person_id=user.pk).order_by("-at", "-id")


@require_safe
@own_account()
def own_events(request: OwnRequest) -> HttpResponse:
    """What has happened to one's own account, newest first."""
    user = request.user
    events = events_of(user)
    before = request.GET.get("before", "")
    last = events.filter(pk=int(before)).first() if is_key(before) else None
    if last:
        events = events.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk))
    rows = list(events[: A_PAGE + 1])
    more, rows = len(rows) > A_PAGE, rows[:A_PAGE]
    context = {
        "events": told(rows),
        "first_url": request.path if last else "",
        "next_url": f"{request.path}?before={rows[-1].pk}" if more else "",
    }
    return render(request, "account/events.html", context)


def is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST_KEY


# -- whom one acts for


@require_POST
@own_account()
def act_for(request: OwnRequest) -> HttpResponse:
    """Act under another of one's memberships from now on; pages made under the last one change nothing any more."""
    wanted = request.POST.get("membership", "")
    chosen = next((held for held in request.standing.memberships if str(held.pk) == wanted), None)
    actor = request.standing.actor(chosen.pk) if chosen else None
    if actor is None:
        raise Http404
    request.session.cycle_key()
    request.session[MEMBERSHIP_KEY] = actor.membership_id
    messages.success(request, f"You now act for {actor.organisation_name} ({actor.role_label}).")
    return HttpResponseRedirect(next_of(request))
