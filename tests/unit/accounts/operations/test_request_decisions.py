"""Decisions on access requests, made by many at the same moment."""

from collections import Counter

import pytest
from django.utils import timezone

from accounts.access import actor_for
from accounts.models import (
    AccessRequest,
    Approval,
    Invitation,
    Mail,
    Membership,
    RejectionReason,
    SecurityEvent,
    User,
)
from accounts.operations import request_decisions as decisions
from accounts.operations import request_progress
from accounts.operations.request_reach import counting
from accounts.origin import SERVICE
from accounts.permissions import MarketRole, PortalRole
from tests.conftest import at_once
from tests.integration.accounts.request_cast import asked, lost, lso_asked, lso_invitation_asked, organisation
from tests.unit.accounts.operations.people_cast import held

CHOICE = decisions.Choice(portal_roles=[PortalRole.USER], market_role=MarketRole.SHIPPER)


def approve(request, user, choice=None):
    now = timezone.now()
    return decisions.approve(
        request_id=request.pk, by=actor_for(user, now=now), choice=choice, words="", origin=SERVICE, now=now
    )


def outcomes(results):
    return Counter(type(result).__name__ for result in results)


@pytest.fixture
def many(person):
    """Twenty LSOs of one organisation."""
    return [person(f"lso-{number}", "BGF", "shipper", "lso") for number in range(20)]


@pytest.mark.usefixtures("committed")
def test_of_twenty_approvals_by_one_lso_one_invites(lso):
    request = asked()

    results = at_once(lambda: approve(request, lso, CHOICE), 20)

    assert outcomes(results) == {"AccessRequest": 1, "AlreadyDecided": 19}
    assert Invitation.objects.count() == Approval.objects.count() == 1
    assert Mail.objects.filter(template="request_decided").count() == 1
    assert SecurityEvent.objects.filter(event="access:request:approved").count() == 1


@pytest.mark.usefixtures("committed")
def test_of_twenty_approvals_by_twenty_lsos_one_invites(many):
    request, waiting = asked(), list(many)

    results = at_once(lambda: approve(request, waiting.pop(), CHOICE), 20)

    assert outcomes(results) == {"AccessRequest": 1, "AlreadyDecided": 19}
    assert Invitation.objects.count() == Approval.objects.count() == 1


@pytest.mark.usefixtures("committed")
def test_of_twenty_approvals_where_two_are_needed_two_count(many):
    request, waiting = asked(portal_roles=["lso"]), list(many)
    choice = decisions.Choice(portal_roles=[PortalRole.LSO], market_role=MarketRole.SHIPPER)

    results = at_once(lambda: approve(request, waiting.pop(), choice), 20)

    assert outcomes(results) == {"AccessRequest": 2, "AlreadyDecided": 18}
    assert (Approval.objects.count(), Invitation.objects.count()) == (2, 1)


@pytest.mark.usefixtures("committed")
def test_of_twenty_approvals_by_one_where_two_are_needed_one_counts(second_lso, lso, reader):
    request = lso_invitation_asked(lso)
    choice = decisions.Choice(portal_roles=[PortalRole.LSO], market_role=MarketRole.SHIPPER)

    results = at_once(lambda: approve(request, lso, choice), 20)

    assert outcomes(results) == {"AlreadyApproved": 20}
    assert Approval.objects.count() == 1
    assert not Invitation.objects.exists()


@pytest.mark.usefixtures("committed")
def test_approval_and_rejection_at_once_have_one_effect(lso, second_lso):
    request = asked()
    now = timezone.now()

    def reject():
        return decisions.reject(
            request_id=request.pk, reason=RejectionReason.NOT_EMPLOYED, words="", by=actor_for(second_lso, now=now),
            origin=SERVICE, now=now,
        )  # fmt: skip

    calls = [reject, lambda: approve(request, lso, CHOICE)] * 10
    results = at_once(lambda: calls.pop()(), 20)

    request.refresh_from_db()
    assert outcomes(results) == {"AccessRequest": 1, "AlreadyDecided": 19}
    assert Invitation.objects.count() == (1 if request.state == "approved" else 0)


@pytest.mark.usefixtures("committed")
def test_of_twenty_resets_of_a_factor_one_is_done(idle_support, other_support, shipper):
    request = lost(shipper)
    approve(request, idle_support)

    results = at_once(lambda: approve(request, other_support), 20)

    assert outcomes(results) == {"AccessRequest": 1, "AlreadyDecided": 19}
    assert SecurityEvent.objects.filter(event="account:factor:reset").count() == 1


@pytest.mark.usefixtures("committed")
def test_of_twenty_confirmations_one_opens_the_request():
    request = asked(state="unconfirmed", confirmed_at=None, target_at=None)

    def confirm():
        return request_progress.confirm(request_id=str(request.pk), origin=SERVICE, now=timezone.now())

    assert outcomes(at_once(confirm, 20)) == {"AccessRequest": 1, "NotOpen": 19}
    assert Mail.objects.filter(template="request_follow").count() == 1


def test_an_approval_that_fails_leaves_nothing(lso):
    choice = decisions.Choice(portal_roles=[PortalRole.USER], market_role=MarketRole.GT)

    with pytest.raises(decisions.CannotApprove, match="does not act as Gas transporter today"):
        approve(asked(), lso, choice)

    assert not Approval.objects.exists()
    assert not SecurityEvent.objects.filter(event="access:request:approved").exists()


def test_more_than_was_asked_is_not_given_even_without_the_form(lso):
    choice = decisions.Choice(portal_roles=[PortalRole.GROUP_LSO], market_role=MarketRole.SHIPPER)

    with pytest.raises(decisions.memberships.NotGrantable):
        approve(asked(), lso, choice)


def test_the_right_is_asked_again_under_the_lock(lso, other_lso):
    request = asked()

    with pytest.raises(decisions.NotYours):
        approve(request, other_lso, CHOICE)
    AccessRequest.objects.update(organisation=organisation("OCT"))
    with pytest.raises(decisions.NotYours):
        approve(request, lso, CHOICE)


def test_who_has_left_does_not_become_an_lso(lso, second_lso, reader):
    request = lso_asked(reader, lso)
    Membership.objects.filter(user=reader).update(ended_on=timezone.localdate())

    with pytest.raises(decisions.CannotApprove, match="any more"):
        approve(request, second_lso)


def switched_off(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


def no_lso_any_more(user):
    Membership.objects.filter(user=user).update(portal_roles=["user"])


def paused(user):
    Membership.objects.filter(user=user).update(disabled_at=timezone.now())


@pytest.mark.parametrize("changed", [switched_off, no_lso_any_more, paused])
def test_an_approval_counts_only_while_its_giver_could_give_it(lso, second_lso, group_lso, reader, changed):
    request = lso_asked(reader, lso)
    changed(lso)

    assert approve(request, second_lso).state == "open"
    assert held(reader).portal_roles == ["user"]
    assert [approval.by for approval in counting(request, on=timezone.localdate())] == [second_lso]

    assert approve(request, group_lso).state == "approved"
    assert held(reader).portal_roles == ["lso", "user"]


def test_who_is_a_plain_lso_now_gives_no_group_role(group_lso, person, reader):
    request = lso_asked(reader, group_lso, PortalRole.GROUP_LSO)
    Membership.objects.filter(user=group_lso).update(portal_roles=["lso"])

    assert approve(request, person("another", "OCT", "shipper", "group-lso")).state == "open"
    assert held(reader).portal_roles == ["user"]


def test_nor_does_an_approval_of_support_that_has_left_count(idle_support, other_support, security, shipper):
    request = lost(shipper)
    approve(request, idle_support)
    Membership.objects.filter(user=idle_support).update(ended_on=timezone.localdate())

    assert approve(request, other_support).state == "open"
    assert not SecurityEvent.objects.filter(event="account:factor:reset").exists()


def test_an_open_invitation_is_not_made_twice(lso, second_lso):
    approve(asked(), lso, CHOICE)

    with pytest.raises(decisions.CannotApprove, match="open invitation"):
        approve(asked(), second_lso, CHOICE)
