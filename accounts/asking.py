"""Whom a person may ask: the Local Security Officers of an organisation, and where a refused person can go on."""

from collections.abc import Collection
from datetime import date
from typing import Any, cast

from django.db.models import Q
from django.http import HttpRequest

from accounts import gates
from accounts.access import Standing
from accounts.middleware import PortalRequest
from accounts.models import Membership, Organisation, User
from accounts.permissions import PortalRole

# A page names so many: whoever asks needs one.
MOST_NAMED = 5


def keepers_by_organisation(
    organisations: Collection[Organisation], *, on: date, but: User | None = None
) -> dict[int, list[User]]:
    """Who looks after each of some organisations, group LSOs of its group among them, in one question."""
    found: dict[int, list[User]] = {organisation.pk: [] for organisation in organisations}
    groups = {organisation.group_id for organisation in organisations} - {None}
    group_lso = Q(portal_roles__contains=[PortalRole.GROUP_LSO.value], organisation__group__in=groups)
    held = Membership.objects.of_keepers(on=on).filter(Q(organisation__in=found) | group_lso)
    for membership in held.select_related("user", "organisation").order_by("user__name", "pk"):
        for organisation in organisations:
            named = found[organisation.pk]
            if membership.user not in named and membership.user != but and _looks_after(membership, organisation):
                named.append(membership.user)
    return {key: named[:MOST_NAMED] for key, named in found.items()}


def _looks_after(membership: Membership, organisation: Organisation) -> bool:
    if membership.organisation_id == organisation.pk:
        return True
    of_group = PortalRole.GROUP_LSO in membership.roles and organisation.group_id is not None
    return of_group and membership.organisation.group_id == organisation.group_id


def standing_of(request: HttpRequest) -> Standing | None:
    """What is true of who asks; None for the signed-out, and before the sign-in was read."""
    user = getattr(request, "user", None)
    return cast(PortalRequest, request).standing if user and user.is_authenticated else None


def about_refusal(request: HttpRequest) -> dict[str, Any]:
    """What the page of a refusal says: whom to ask, and under what else the person may act."""
    standing = standing_of(request)
    if standing is None:
        return {"keepers": [], "others": []}
    user, on, actor = standing.user, standing.on, cast(PortalRequest, request).actor
    if actor:
        organisations = [held.organisation for held in standing.memberships if held.pk == actor.membership_id]
    else:
        held = Membership.objects.filter(user=user).select_related("organisation").order_by("-started_on", "-pk")
        organisations = [membership.organisation for membership in held[:1]]
    keepers = keepers_by_organisation(organisations, on=on, but=user)
    return {
        "keepers": [keeper for named in keepers.values() for keeper in named],
        "organisation": organisations[0].name if organisations else "",
        # Who has passed the gates and acts for nobody may act for another organisation, where they have one.
        "others": [] if actor else [held for held in standing.memberships if standing.actor(held.pk)],
    }


def about_stale_form(request: HttpRequest) -> dict[str, Any]:
    """For whom a refused form was made, where that is known and still holds, and the page it was on."""
    wanted = request.POST.get("acting", "")
    standing = standing_of(request)
    return {
        "made_for": next((held for held in (standing.memberships if standing else ()) if str(held.pk) == wanted), None),
        "back": gates.back_of(cast(PortalRequest, request)),
    }
