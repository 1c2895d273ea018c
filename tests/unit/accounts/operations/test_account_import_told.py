"""What is recorded of an import, and who hears of it."""

import pytest
from django.utils import timezone

from accounts import mail
from accounts.minting import MINTS
from accounts.models import Event, Mail, Membership, SecurityEvent, User
from tests.unit.accounts.operations.importing import bring_in

pytestmark = pytest.mark.django_db


def test_every_account_and_membership_is_an_event_and_the_import_is_one():
    bring_in("ann@example.com,Ann,,BGF,shipper,user,,", "ann@example.com,Ann,,OCT,shipper,user,,")

    ann = User.objects.get(email="ann@example.com")
    of_ann = list(SecurityEvent.objects.filter(person_id=ann.pk).order_by("pk").values_list("event", flat=True))
    done = SecurityEvent.objects.get(event=Event.ACCOUNTS_IMPORTED)
    assert of_ann == [Event.ACCOUNT_MADE, Event.MEMBERSHIP_ADDED, Event.MEMBERSHIP_ADDED]
    assert set(
        SecurityEvent.objects.filter(event=Event.MEMBERSHIP_ADDED, person_id=ann.pk).values_list(
            "organisation_id", flat=True
        )
    ) == set(Membership.objects.filter(user=ann).values_list("organisation_id", flat=True))
    assert done.detail == "list.csv: 1 made, 1 added to an existing account"


def test_a_new_person_hears_how_to_sign_in_and_that_the_role_needs_a_second_factor(mailoutbox):
    bring_in("ann@example.com,Ann O'Ther,,BGF,shipper,exporter,,", "ann@example.com,Ann,,OCT,shipper,user,,")

    mail.send_waiting(mints=MINTS, now=timezone.now())

    (letter,) = mailoutbox
    assert letter.to == ["ann@example.com"]
    assert letter.subject == "Your account for the Data Enquiry Service: set a password"
    assert "Dear Ann O'Ther," in letter.body
    assert letter.body.count("  * ") == 2
    assert "/reset/" in letter.body
    assert "second factor" in letter.body


def test_who_has_signed_in_before_hears_what_was_added_only(supplier, mailoutbox):
    User.objects.filter(pk=supplier.pk).update(password_set_at=timezone.now())

    bring_in("supplier@example.com,Supplier,,OCT,shipper,user,,")
    mail.send_waiting(mints=MINTS, now=timezone.now())

    (letter,) = mailoutbox
    assert "another organisation or role" in letter.subject
    assert "/reset/" not in letter.body


def test_nobody_hears_of_it_where_that_is_asked_for():
    bring_in("ann@example.com,Ann,,BGF,shipper,user,,", with_mail=False)

    assert not Mail.objects.exists()


def test_what_somebody_waits_for_goes_before_the_messages_of_an_import(mailoutbox):
    bring_in(*[f"p{number}@example.com,Ann,,BGF,shipper,user,," for number in range(200)])
    mail.post("event", to="waiting@example.com", name="Ann", what="Password changed")

    mail.send_waiting(mints=MINTS, now=timezone.now())

    assert "waiting@example.com" in [letter.to[0] for letter in mailoutbox]
    assert len(mailoutbox) < 50


def test_an_imported_person_can_ask_for_the_link_that_sets_a_password(mailoutbox):
    bring_in("ann@example.com,Ann,,BGF,shipper,user,,", with_mail=False)
    mail.post("reset", to="Ann@Example.com", address=None, request_id="")

    mail.send_waiting(mints=MINTS, now=timezone.now())

    assert [letter.to for letter in mailoutbox] == [["Ann@Example.com"]]
