"""For whom a person acts: the database holds what must be true of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Membership


@pytest.fixture
def membership(shipper):
    return Membership.objects.get(user=shipper)


def test_it_is_held_once_at_a_time(membership):
    membership.pk = None

    with pytest.raises(IntegrityError, match="membership_is_held_once"), transaction.atomic():
        membership.save()


def test_it_may_be_held_again_after_it_ended(membership):
    membership.ended_on = membership.started_on + timedelta(days=30)
    membership.save()
    membership.pk, membership.started_on, membership.ended_on = None, membership.ended_on, None

    membership.save()

    assert Membership.objects.filter(user=membership.user).count() == 2


def test_it_ends_after_it_starts(membership):
    membership.ended_on = membership.started_on

    with pytest.raises(IntegrityError, match="membership_ends_after_it_starts"), transaction.atomic():
        membership.save()


def test_it_has_a_portal_role(membership):
    membership.portal_roles = []

    with pytest.raises(IntegrityError, match="membership_has_a_portal_role"), transaction.atomic():
        membership.save()


def test_it_reads_as_a_sentence(membership):
    assert str(membership) == f"Shipper for {membership.organisation} as Shipper"
