"""People: one account for an e-mail address, for as long as it is not deleted."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User


def delete(user):
    user.is_active, user.deleted_at = False, timezone.now()
    user.save()


def test_an_email_is_unique_whatever_its_case(shipper):
    with pytest.raises(IntegrityError, match="user_email_is_unique"), transaction.atomic():
        User.objects.create_user(email="SHIPPER@example.com", password="x")


def test_a_deleted_account_frees_its_email_and_keeps_its_row(shipper):
    delete(shipper)

    successor = User.objects.create_user(email="shipper@example.com", password="x", name="Successor")

    assert User.objects.get_by_natural_key("Shipper@Example.com") == successor
    assert set(User.with_deleted.filter(email="shipper@example.com")) == {shipper, successor}


def test_a_deleted_account_is_not_active(shipper):
    shipper.deleted_at = timezone.now()

    with pytest.raises(IntegrityError, match="user_deleted_is_not_active"), transaction.atomic():
        shipper.save()


def test_a_person_is_called_by_name(shipper):
    assert (str(shipper), shipper.get_short_name()) == ("Shipper", "Shipper")


def test_a_password_is_kept_as_a_hash_only(shipper):
    assert "correct horse" not in shipper.password
    assert shipper.check_password("correct horse battery staple")
