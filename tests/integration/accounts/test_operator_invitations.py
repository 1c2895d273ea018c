"""Invitations that wait for the operator: allowed, refused, and who comes back."""

import pytest
from django.utils import timezone

from accounts import mail
from accounts.minting import MINTS
from accounts.models import Held, Invitation, SecurityEvent, User
from accounts.operations import identities, invitations
from accounts.origin import SERVICE
from accounts.permissions import MarketRole, PortalRole
from tests.integration.accounts.console import asks_for_proof, long_ago_proved, organisation, said, signed_in
from tests.integration.pages import read


def invite(email, by, name="Nia Jones"):
    return invitations.invite(
        email=email, name=name, organisation=organisation(), market_role=MarketRole.SHIPPER,
        portal_roles=[PortalRole.USER], by=by, origin=SERVICE, now=timezone.now(),
    )  # fmt: skip


def page(invitation):
    return f"/operator/invitations/{invitation.pk}/"


def decide(user, invitation, **form):
    return signed_in(user).post(page(invitation), form, follow=True)


def delete(user, by):
    identities.delete(user=user, by=by, because="Left.", origin=SERVICE, now=timezone.now())


def letters(mailoutbox):
    mail.send_waiting(mints=MINTS, now=timezone.now())
    return {message.to[0]: message for message in mailoutbox}


@pytest.fixture
def outside(lso):
    return invite("nia@outside.example", lso)


@pytest.fixture
def returning(reader, lso, administrator):
    organisation().domains.create(domain="example.com")
    delete(reader, administrator)
    return invite("reader@example.com", lso, "Reader")


def test_what_waits_is_listed_with_its_reason(administrator, outside):
    [row] = read(signed_in(administrator).get("/operator/invitations/")).rows

    assert row["Person"] == "Nia Jones"
    assert row["Why it waits"] == "The address is outside the organisation’s mail domains"


def test_an_allowed_invitation_is_sent_and_its_maker_told(administrator, lso, outside, mailoutbox):
    response = decide(administrator, outside, decision="new")

    assert said(response) == ["The invitation of Nia Jones is on its way, and its maker is told."]
    sent = letters(mailoutbox)
    assert "/invitations/" in sent["nia@outside.example"].body
    assert "allowed" in sent[lso.email].subject
    assert read(signed_in(administrator).get("/operator/invitations/")).rows == []


def test_a_refused_invitation_is_not_sent_and_its_maker_reads_why(administrator, lso, outside, mailoutbox):
    decide(administrator, outside, decision="refuse", reason="We do not know this company.")

    sent = letters(mailoutbox)
    assert set(sent) == {lso.email}
    assert "We do not know this company." in sent[lso.email].body
    assert Invitation.objects.get().withdrawn_at is not None


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({}, "Choose what to do."),
        ({"decision": "somebody"}, "Choose what to do."),
        ({"decision": "refuse"}, "Give the reason, so that the inviter knows what to do."),
        ({"decision": "refuse", "reason": "x" * 201}, "Give the reason in at most 200 characters."),
    ],
)
def test_what_is_missing_is_said(administrator, outside, form, problem):
    response = decide(administrator, outside, **form)

    assert problem in response.text
    assert Invitation.objects.get().held == Held.DOMAIN


def test_the_same_person_comes_back_with_their_history(administrator, reader, returning, mailoutbox):
    assert "Deleted account of Reader" in signed_in(administrator).get(page(returning)).text

    decide(administrator, returning, decision=str(reader.pk))

    url = next(word for word in letters(mailoutbox)["reader@example.com"].body.split() if "/invitations/" in word)
    invited = invitations.by_token(url.rstrip("/").rpartition("/")[2], now=timezone.now())
    invitations.accept(
        invitation=invited, signed_in=None, password="correct horse battery staple", origin=SERVICE, now=timezone.now()
    )
    assert User.objects.get(email="reader@example.com").pk == reader.pk
    assert SecurityEvent.objects.filter(person_id=reader.pk, event="account:identity:restored").count() == 1


def test_another_person_gets_a_new_identity_and_history_stays_with_the_old(
    administrator, reader, returning, mailoutbox
):
    decide(administrator, returning, decision="new")

    url = next(word for word in letters(mailoutbox)["reader@example.com"].body.split() if "/invitations/" in word)
    invited = invitations.by_token(url.rstrip("/").rpartition("/")[2], now=timezone.now())
    invitations.accept(
        invitation=invited, signed_in=None, password="correct horse battery staple", origin=SERVICE, now=timezone.now()
    )
    assert User.objects.get(email="reader@example.com").pk != reader.pk
    assert User.with_deleted.get(pk=reader.pk).deleted_at is not None


def test_the_account_of_another_is_not_among_the_choices(administrator, person, returning):
    other = person("somebody", "BGF", "shipper")
    delete(other, administrator)

    response = decide(administrator, returning, decision=str(other.pk))

    assert "Choose what to do." in response.text
    assert Invitation.objects.get(pk=returning.pk).held == Held.IDENTITY


def test_one_that_is_decided_cannot_be_decided_again(administrator, outside):
    decide(administrator, outside, decision="new")

    assert "does not wait any more" in signed_in(administrator).get(page(outside)).text
    response = decide(administrator, outside, decision="refuse", reason="Too late.")

    assert said(response) == ["The invitation of Nia Jones was decided meanwhile. Nothing was changed."]
    assert Invitation.objects.get().withdrawn_at is None


def test_nobody_decides_about_their_own(administrator):
    own = invite("nia@outside.example", administrator)

    assert "Another administrator must decide." in signed_in(administrator).get(page(own)).text
    assert "Another administrator must decide." in decide(administrator, own, decision="new").text
    assert Invitation.objects.get().held == Held.DOMAIN


@pytest.mark.parametrize("role", ["idle_support", "security", "auditor", "lso"])
def test_only_administrators_decide(request, outside, role):
    response = signed_in(request.getfixturevalue(role)).post(page(outside), {"decision": "new"})

    assert response.status_code == 403
    assert Invitation.objects.get().held == Held.DOMAIN


def test_a_decision_needs_a_fresh_proof(administrator, outside):
    assert asks_for_proof(long_ago_proved(administrator).post(page(outside), {"decision": "new"}))
    assert Invitation.objects.get().held == Held.DOMAIN
