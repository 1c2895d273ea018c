"""The decision on an access request: what it gives, who must agree, and what is refused."""

import pytest

from accounts.models import (
    AccessRequest,
    Approval,
    AuthenticatorApp,
    Invitation,
    Mail,
    MarketParticipant,
    Membership,
    Organisation,
    RequestState,
    SecurityEvent,
    SignIn,
)
from accounts.permissions import PortalRole
from tests.conftest import give_factor
from tests.integration.accounts.request_cast import (
    APPROVE,
    NEW,
    asked,
    decide,
    lost,
    lso_asked,
    lso_invitation_asked,
    new_organisation,
    organisation,
    page_of,
    shown,
    signed_in,
)


def test_approving_invites_the_person_with_what_was_chosen(lso):
    request = asked()
    organisation().domains.create(domain="example.com")

    response = decide(lso, request, **APPROVE, words="Welcome.")

    invitation = Invitation.objects.get()
    request.refresh_from_db()
    assert (response.status_code, request.state, request.invitation) == (302, RequestState.APPROVED, invitation)
    assert (invitation.email, invitation.portal_roles, invitation.invited_by) == ("nora@example.com", ["user"], lso)
    assert set(Mail.objects.exclude(template="event").values_list("template", "to")) == {
        ("invitation", "nora@example.com"),
        ("request_decided", "nora@example.com"),
    }
    assert SecurityEvent.objects.filter(event="access:request:approved", by_id=lso.pk).count() == 1


def test_an_address_outside_the_domains_waits_for_an_administrator(lso):
    decide(lso, asked(), **APPROVE)

    assert Invitation.objects.get().held == "domain"
    assert not Mail.objects.filter(template="invitation").exists()


def test_no_more_is_given_than_was_asked(lso):
    response = decide(lso, asked(portal_roles=["user"]), **APPROVE | {"portal_roles": ["user", "exporter"]})

    assert response.status_code == 422
    assert not Invitation.objects.exists()


def test_roles_of_the_operator_are_not_given_to_others(idle_support):
    request = asked(portal_roles=["support"])

    assert "hold no others" in decide(idle_support, request, **APPROVE | {"portal_roles": ["support"]}).text
    assert not Invitation.objects.exists()


def test_a_market_role_that_the_organisation_does_not_have_is_refused(lso):
    response = decide(lso, asked(), **APPROVE | {"market_role": "gt"})

    assert "Choose from the list." in response.text


def test_who_acts_already_is_not_invited_and_the_handler_is_told(lso, reader):
    response = decide(lso, asked(email=reader.email), **APPROVE)

    assert response.status_code == 422
    assert "This person acts for" in response.text
    assert not Approval.objects.exists()
    assert AccessRequest.objects.get().state == RequestState.OPEN


@pytest.mark.parametrize("email", ["LSO@Example.com", "lso+second@example.com"])
def test_nobody_approves_their_own(lso, second_lso, email):
    request = asked(email=email)

    for form in (APPROVE, {"action": "reject", "reason": "R01"}):
        assert decide(lso, request, **form).url == page_of(request)
    for action in ("take", "question"):
        signed_in(lso).post(page_of(request), {"action": action, "text": "x"})

    page = signed_in(lso).get(page_of(request)).text
    request.refresh_from_db()
    assert "This request is about you." in page
    assert (request.state, request.assigned_to) == (RequestState.OPEN, None)
    assert not Invitation.objects.exists()
    decide(second_lso, request, action="reject", reason="R04")
    request.refresh_from_db()
    assert request.state == RequestState.REJECTED


def test_an_lso_is_made_by_two(lso, second_lso, reader):
    request = lso_asked(reader, lso)

    again = decide(lso, request, action="approve")
    assert "You have approved this already." in again.text
    assert Membership.objects.get(user=reader).portal_roles == ["user"]

    decide(second_lso, request, action="approve")
    assert Membership.objects.get(user=reader).portal_roles == ["lso", "user"]
    assert AccessRequest.objects.get().state == RequestState.APPROVED


def test_a_plain_lso_does_not_make_a_group_lso(group_lso, lso, reader):
    request = lso_asked(reader, group_lso, PortalRole.GROUP_LSO)

    assert "You may not give or take away: Group Local Security Officer." in decide(lso, request, action="approve").text
    assert Membership.objects.get(user=reader).portal_roles == ["user"]


def test_the_person_concerned_is_no_second(lso, reader):
    request = lso_asked(reader, lso)
    Membership.objects.filter(user=reader).update(portal_roles=["lso", "user"])
    give_factor(reader)

    assert decide(reader, request, action="approve").url == page_of(request)
    assert Approval.objects.count() == 1


def test_a_new_lso_is_invited_by_two(lso, second_lso):
    request = lso_invitation_asked(lso)
    assert not Invitation.objects.exists()

    decide(second_lso, request, **APPROVE | {"portal_roles": ["lso"]})

    assert Invitation.objects.get().portal_roles == ["lso"]
    # Who asked is told: the person has heard of nothing yet but the invitation.
    assert Mail.objects.get(template="request_decided").to == lso.email


def test_a_changed_choice_is_approved_anew_by_both(lso, second_lso, idle_support, other_support):
    request = asked(portal_roles=["lso", "user"], organisation=organisation("OCT"))
    decide(idle_support, request, **APPROVE | {"portal_roles": ["lso", "user"]})
    decide(other_support, request, **APPROVE | {"portal_roles": ["lso"]})

    assert not Invitation.objects.exists()
    decide(idle_support, request, **APPROVE | {"portal_roles": ["lso"]})
    assert Invitation.objects.get().portal_roles == ["lso"]


def test_a_new_organisation_needs_an_administrator_for_its_short_code(idle_support, other_support, administrator):
    request = new_organisation()
    decide(idle_support, request, **NEW)
    refused = decide(other_support, request, **NEW)

    assert "Nobody has the short code NGL as Supplier yet." in refused.text
    assert not Organisation.objects.filter(name="Newcomer Gas Ltd").exists()

    decide(administrator, request, **NEW)
    made = Organisation.objects.get(name="Newcomer Gas Ltd")
    assert (made.company_number, made.participants.get().short_code) == ("01234567", "NGL")
    invitation = Invitation.objects.get()
    assert (invitation.organisation, invitation.portal_roles) == (made, ["lso", "user"])
    assert AccessRequest.objects.get().organisation == made


def test_two_of_support_invite_to_an_organisation_that_has_its_short_code(idle_support, other_support):
    request, holder = new_organisation(), MarketParticipant.objects.filter(market_role="supplier").first()
    form = NEW | {"short_code": holder.short_code}
    decide(idle_support, request, **form)
    assert not Invitation.objects.exists()
    decide(other_support, request, **form)

    assert Invitation.objects.get().organisation == holder.organisation
    holder.organisation.refresh_from_db()
    assert holder.organisation.company_number == "01234567"


def test_an_organisation_that_has_an_lso_is_not_joined_past_them(lso, idle_support, other_support):
    request, form = new_organisation(market_role="shipper"), NEW | {"market_role": "shipper", "short_code": "BGF"}
    decide(idle_support, request, **form)
    refused = decide(other_support, request, **form)

    assert "This organisation is here already" in refused.text
    assert not Invitation.objects.exists()

    decide(idle_support, request, action="place", organisation="BGF", market_role="shipper", portal_roles=["user"])
    request.refresh_from_db()
    assert (request.kind, request.organisation, request.short_code) == ("person", organisation(), "")
    decide(other_support, request, **APPROVE)
    assert not Invitation.objects.exists()
    decide(lso, request, **APPROVE)
    assert Invitation.objects.get().organisation == organisation()


def test_nor_is_it_by_its_name_with_a_new_short_code(lso, idle_support, administrator):
    request = new_organisation(organisation_name=organisation().name.upper())
    form = NEW | {"organisation_name": request.organisation_name, "market_role": "mam"}
    decide(idle_support, request, **form)

    assert "This organisation is here already" in decide(administrator, request, **form).text
    assert not organisation().participants.filter(short_code="NGL").exists()


@pytest.mark.parametrize(("field", "value"), [("short_code", "ab"), ("short_code", "ABCDE"), ("company_number", "1é")])
def test_a_new_organisation_is_written_in_its_shape(idle_support, field, value):
    response = decide(idle_support, new_organisation(), **NEW | {field: value})

    assert response.status_code == 422
    assert not Approval.objects.exists()


def test_the_market_role_that_was_asked_for_is_chosen_beforehand(lso, idle_support):
    known, unknown = asked(market_role="shipper"), asked(market_role="supplier", organisation=None)

    for browser, request, role in ((lso, known, "shipper"), (idle_support, unknown, "supplier")):
        text = signed_in(browser).get(f"{page_of(request)}decide/").text
        assert f'<option value="{role}" selected' in text


def test_a_name_that_nobody_knew_is_placed_and_goes_to_its_lso(lso, idle_support):
    request = asked(organisation=None, organisation_name="British Gas, I think")
    assert "approve" not in signed_in(idle_support).get(f"{page_of(request)}decide/").context["forms"]

    place = {"action": "place", "market_role": "shipper", "portal_roles": ["user"]}
    assert "No organisation has this name" in decide(idle_support, request, **place, organisation="Nobody").text
    decide(idle_support, request, **place, organisation="bgf")

    request.refresh_from_db()
    assert request.organisation == organisation()
    assert shown(signed_in(lso).get("/people/requests/")) == [request.reference]
    assert shown(signed_in(idle_support).get("/requests/")) == []


def test_the_operator_is_no_organisation_to_join(idle_support):
    request = asked(organisation=None)

    response = decide(
        idle_support, request, action="place", organisation="DES", market_role="shipper", portal_roles=["user"]
    )

    assert "No organisation has this name" in response.text


def test_a_lost_factor_is_reset_by_two_of_support_and_neither_is_the_person(idle_support, other_support, shipper):
    signed_in(shipper)
    request = lost(shipper)
    decide(idle_support, request, action="approve")
    assert AuthenticatorApp.objects.filter(user=shipper).exists()

    decide(other_support, request, action="approve")

    assert not AuthenticatorApp.objects.filter(user=shipper).exists()
    assert not SignIn.objects.filter(user=shipper, ended_at__isnull=True).exists()
    event = SecurityEvent.objects.get(event="account:factor:reset")
    assert "Support and Other-Support" in event.detail
    assert Mail.objects.filter(template="event", to=shipper.email, about__what__startswith="All second").exists()

    own = lost(idle_support)
    assert decide(idle_support, own, action="approve").url == page_of(own)
    assert not own.approvals.exists()


def test_an_lso_resets_no_factor(lso, shipper):
    assert signed_in(lso).get(page_of(lost(shipper))).status_code == 404


def test_rejecting_needs_a_reason_and_tells_the_applicant(lso):
    request = asked()

    assert "Choose the reason." in decide(lso, request, action="reject").text
    assert "Give the reason in words." in decide(lso, request, action="reject", reason="R99").text
    decide(lso, request, action="reject", reason="R01", words="Not in our team.")

    request.refresh_from_db()
    assert (request.state, request.rejection) == (RequestState.REJECTED, "R01")
    assert Mail.objects.get(template="request_decided").to == "nora@example.com"


def test_what_is_decided_is_not_decided_again(lso, second_lso):
    request = asked()
    decide(lso, request, **APPROVE)

    for form in (APPROVE, {"action": "reject", "reason": "R01"}):
        assert decide(second_lso, request, **form).url == page_of(request)
    signed_in(second_lso).post(page_of(request), {"action": "question", "text": "Why?"})

    request.refresh_from_db()
    assert (request.state, Invitation.objects.count()) == (RequestState.APPROVED, 1)
    assert not request.notes.exists()
