"""What an LSO does for one of their people: each checks first that the person is within the LSO's reach.

A membership is the LSO's to change. The account belongs to the person, who may act for others too: then only operator
support changes it.
"""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.access import Actor
from accounts.events import record
from accounts.models import AccessRequest, Event, Membership, Organisation, User
from accounts.operations import identities, memberships, passwords, requests
from accounts.operations.memberships import ONESELF, NotGrantable, check_grantable, check_reach, grantable
from accounts.operations.sign_in import account_of, mailbox_of
from accounts.origin import Origin
from accounts.permissions import LSO_ROLES, PortalRole


class NotWholeAccount(Exception):
    """The person also acts for organisations that the actor does not look after; the message is for people."""


class Over(Exception):
    """The membership has ended, or the account was deleted; the message is for people."""


class OutsideDomains(Exception):
    """The address is not one of the organisation's; the message is for people."""


ELSEWHERE = (
    "{name} also acts for an organisation whose people you do not look after, so only operator support can do this."
)
OVER = "{name} does not act here any more. Invite them anew."
NO_ROLE = "Choose at least one role. To take all of them away, end the membership."


def check_current(membership: Membership, *, now: datetime) -> None:
    """Raises `Over`."""
    ended_on = membership.ended_on
    if (ended_on and ended_on <= timezone.localdate(now)) or membership.user.deleted_at:
        raise Over(OVER.format(name=membership.user.name))


def check_membership(actor: Actor, membership: Membership, *, now: datetime) -> None:
    """Raises `Over`, `NotOnOneself` and `NotGrantable` where an actor may not change a membership."""
    check_current(membership, now=now)
    check_reach(actor, membership)


def check_whole_account(actor: Actor, membership: Membership, *, now: datetime) -> None:
    """Raises as `check_membership` does, and `NotWholeAccount`, where an actor may not act on a whole account."""
    check_membership(actor, membership, now=now)
    held = Membership.objects.not_over(on=timezone.localdate(now)).filter(user=membership.user_id)
    managed = {organisation.pk for organisation in memberships.organisations_managed(actor, now=now)}
    for other in held.select_related("user"):
        if other.organisation_id not in managed:
            raise NotWholeAccount(ELSEWHERE.format(name=membership.user.name))
        check_reach(actor, other)


@transaction.atomic
def change_roles(
    *, membership: Membership, roles: Collection[PortalRole], by: Actor, asker: User, origin: Origin, now: datetime
) -> AccessRequest | None:
    """Set the roles among those that the actor may give; the request that waits for a second approval, if one does.

    Roles beyond the actor's own stay as they are. Raises `Over`, `NotGrantable` and `LastKeeper`.
    """
    held = Membership.objects.select_related("user", "organisation").get(pk=membership.pk)
    check_current(held, now=now)
    check_grantable(by, roles)
    wanted = set(roles) | held.roles.difference(grantable(by))
    asked = (wanted - held.roles) & LSO_ROLES
    if asked and by.person_id == held.user_id:
        raise NotGrantable(ONESELF)
    if not wanted - asked:
        raise NotGrantable(NO_ROLE)
    memberships.change_roles(membership=held, roles=wanted - asked, by=by, origin=origin, now=now)
    if not asked:
        return None
    return requests.ask_for_lso(membership=held, roles=asked, by=asker, origin=origin, now=now)


def set_end(*, membership: Membership, ends_on: date | None, by: Actor, origin: Origin, now: datetime) -> None:
    """Set or lift the end date. Raises `Over`, `NotOnOneself`, `NotGrantable`, `LastKeeper` and `Overlaps`."""
    check_membership(by, membership, now=now)
    memberships.set_end(membership=membership, ends_on=ends_on, by_id=by.person_id, origin=origin, now=now)


def end_now(*, membership: Membership, because: str, by: Actor, origin: Origin, now: datetime) -> None:
    """End the membership today. Raises `Over`, `NotOnOneself`, `NotGrantable` and `LastKeeper`."""
    check_membership(by, membership, now=now)
    memberships.end(
        membership=membership, on=timezone.localdate(now), by_id=by.person_id, because=because, origin=origin, now=now
    )


def disable(*, membership: Membership, because: str, by: Actor, origin: Origin, now: datetime) -> None:
    """Pause the membership with its roles kept. Raises `Over`, `NotOnOneself`, `NotGrantable` and `LastKeeper`."""
    check_membership(by, membership, now=now)
    memberships.disable(membership=membership, by_id=by.person_id, because=because, origin=origin, now=now)


def enable(*, membership: Membership, by: Actor, origin: Origin, now: datetime) -> None:
    """End the pause. Raises `Over`, `NotOnOneself` and `NotGrantable`."""
    check_membership(by, membership, now=now)
    memberships.enable(membership=membership, by_id=by.person_id, origin=origin, now=now)


def unlock(*, membership: Membership, by: Actor, asker: User, origin: Origin, now: datetime) -> bool:
    """Lift the pause of sign-in; False where there was none. Raises as `check_whole_account` does."""
    check_whole_account(by, membership, now=now)
    return identities.unlock(user=membership.user, by=asker, because=said_by(by), origin=origin, now=now)


def end_sessions(*, membership: Membership, by: Actor, asker: User, origin: Origin, now: datetime) -> int:
    """Sign the person out everywhere, and say of how many sessions. Raises as `check_whole_account` does."""
    check_whole_account(by, membership, now=now)
    return identities.end_sessions(user=membership.user, by=asker, because=said_by(by), origin=origin, now=now)


def said_by(actor: Actor) -> str:
    return f"by {actor.name}, {actor.organisation_name}"


def give_code(*, membership: Membership, by: Actor, asker: User, origin: Origin, now: datetime) -> str:
    """A code, told this once, by which the person sets a new password. Raises as `check_whole_account` does."""
    check_whole_account(by, membership, now=now)
    return passwords.start_assisted_reset(user=membership.user, by=asker, origin=origin, now=now)


def give_factor_code(*, membership: Membership, by: Actor, asker: User, origin: Origin, now: datetime) -> str:
    """A code, told this once, in place of the one by mail before the first second factor.

    Raises as `check_whole_account` does, and `SameHelper`.
    """
    check_whole_account(by, membership, now=now)
    return passwords.start_assisted_enrolment(user=membership.user, by=asker, origin=origin, now=now)


def change_email(*, membership: Membership, email: str, by: Actor, asker: User, origin: Origin, now: datetime) -> None:
    """Give the person another address within the organisation's mail domains.

    Raises as `check_whole_account` does, and `OutsideDomains`, `AddressInUse` and `NotGrantable`.
    """
    check_whole_account(by, membership, now=now)
    if mailbox_of(email) == mailbox_of(by.email):
        raise NotGrantable("This is your own mailbox: nobody else’s account has its mail sent there.")
    domain = account_of(email).rpartition("@")[2]
    if not membership.organisation.domains.filter(domain=domain).exists():
        raise OutsideDomains(
            f"{domain} is not among the mail domains of {membership.organisation.name}. Ask operator support, who can"
            " change the address, or add the domain."
        )
    identities.change_email(user=membership.user, email=email, by=asker, origin=origin, now=now)


@transaction.atomic
def require_factor(*, organisation: Organisation, required: bool, by_id: UUID, origin: Origin) -> None:
    """Ask a second factor of everybody of an organisation, or of those only whose role needs one."""
    changed = Organisation.objects.filter(pk=organisation.pk).exclude(requires_second_factor=required)
    if changed.update(requires_second_factor=required):
        asked = "everybody" if required else "those whose role needs one"
        record(
            Event.ORGANISATION_CHANGED, origin=origin, by_id=by_id, organisation_id=organisation.pk,
            detail=f"second factor asked of {asked}",
        )  # fmt: skip
