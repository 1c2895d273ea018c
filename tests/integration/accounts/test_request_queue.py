"""Handling access requests: whose they are, the list, the page, the decision."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import (
    AccessRequest,
    Approval,
    AuthenticatorApp,
    Invitation,
    Mail,
    MarketParticipant,
    Membership,
    Organisation,
    RequestKind,
    RequestNote,
    RequestState,
    SecurityEvent,
    SignIn,
)
from accounts.operations import attachments
from accounts.permissions import PortalRole
from tests.conftest import PortalClient, give_factor
from tests.integration.accounts.request_cast import (
    asked,
    lost,
    lso_asked,
    lso_invitation_asked,
    new_organisation,
    organisation,
)
from tests.integration.pages import read

APPROVE = {"action": "approve", "market_role": "shipper", "portal_roles": ["user"]}
NEW = APPROVE | {
    "organisation_name": "Newcomer Gas Ltd",
    "company_number": "01234567",
    "market_role": "supplier",
    "short_code": "NGL",
    "portal_roles": ["lso", "user"],
}
PDF = b"%PDF-1.7\n%%EOF\n"


def signed_in(user):
    browser = PortalClient()
    browser.force_login(user)
    return browser


def page_of(request):
    return f"/requests/{request.pk}/"


def decide(user, request, **form):
    return signed_in(user).post(f"/requests/{request.pk}/decide/", form)


def shown(response):
    return [row["Request"].split()[0] for row in read(response).rows if "Request" in row]


def late():
    return {"target_at": timezone.now() - timedelta(hours=1)}


# -- whose requests


def test_an_lso_finds_the_requests_of_their_organisation_only(lso, other_lso):
    mine, unknown = asked(), asked(organisation=None, organisation_name="Nobody knows")

    assert shown(signed_in(lso).get("/people/requests/")) == [mine.reference]
    assert shown(signed_in(other_lso).get("/people/requests/")) == []
    for path in (page_of(mine), f"{page_of(mine)}decide/"):
        assert signed_in(lso).get(path).status_code == 200
        assert signed_in(other_lso).get(path).status_code == 404
    assert signed_in(lso).get(page_of(unknown)).status_code == 404


def test_a_group_lso_finds_those_of_the_group(group_lso):
    own, other = asked(), asked(organisation=organisation("OCT"))

    assert set(shown(signed_in(group_lso).get("/people/requests/"))) == {own.reference, other.reference}


def test_another_lso_changes_nothing(lso, other_lso):
    request = asked()
    for action in ("take", "release", "question", "remark"):
        assert signed_in(other_lso).post(page_of(request), {"action": action, "text": "x"}).status_code == 404
    for form in (APPROVE, {"action": "reject", "reason": "R01"}):
        assert decide(other_lso, request, **form).status_code == 404

    request.refresh_from_db()
    assert (request.state, request.assigned_to, request.notes.count()) == (RequestState.OPEN, None, 0)


@pytest.mark.parametrize("role", ["shipper", "security", "auditor"])
def test_who_handles_nothing_is_refused(request, role):
    browser, one = signed_in(request.getfixturevalue(role)), asked()

    for path in ("/requests/", "/people/requests/", page_of(one), f"{page_of(one)}decide/", "/requests/file/"):
        assert browser.get(path).status_code == 403


def test_the_signed_out_are_led_to_sign_in(client, db):
    assert client.get(page_of(asked())).url.startswith("/sign-in/")


def test_support_sees_what_an_lso_decides_and_decides_it_only_when_late(lso, idle_support):
    request = asked()

    assert shown(signed_in(idle_support).get("/requests/")) == []
    assert shown(signed_in(idle_support).get("/requests/", {"all": "1"})) == [request.reference]
    assert (
        "The Local Security Officers of the organisation decide" in signed_in(idle_support).get(page_of(request)).text
    )
    refused = decide(idle_support, request, **APPROVE)
    assert (refused.status_code, refused.url) == (302, page_of(request))
    assert not Invitation.objects.exists()

    AccessRequest.objects.update(**late())
    assert shown(signed_in(idle_support).get("/requests/")) == [request.reference]
    decide(idle_support, request, **APPROVE)
    assert Invitation.objects.get().email == "nora@example.com"


def test_support_decides_for_an_organisation_without_an_lso(idle_support):
    request = asked()

    assert shown(signed_in(idle_support).get("/requests/")) == [request.reference]


def test_the_second_approval_is_supports_where_no_other_lso_is_left(lso, reader, idle_support):
    request = lso_asked(reader, lso)

    assert shown(signed_in(idle_support).get("/requests/")) == [request.reference]
    decide(idle_support, request, action="approve")
    assert "lso" in Membership.objects.get(user=reader).portal_roles


def test_an_administrator_joins_in_for_new_organisations_only(administrator):
    new, person = new_organisation(), asked()

    assert shown(signed_in(administrator).get("/requests/")) == [new.reference]
    assert signed_in(administrator).get(page_of(person)).status_code == 404


def test_what_was_never_confirmed_is_not_there(idle_support, lso):
    request = asked(state=RequestState.UNCONFIRMED, target_at=None, confirmed_at=None)

    for user in (idle_support, lso):
        assert signed_in(user).get(page_of(request)).status_code == 404


def test_a_form_made_under_another_hat_is_refused(lso):
    request = asked()

    response = signed_in(lso).post(page_of(request), {"action": "take", "acting": "1"})

    assert response.status_code in {403, 409}
    assert AccessRequest.objects.get().assigned_to is None


def test_a_decision_needs_a_fresh_proof(lso):
    request, browser = asked(), signed_in(lso)
    SignIn.objects.update(proved_at=timezone.now() - timedelta(minutes=6))

    assert browser.get(f"{page_of(request)}decide/").url.startswith("/sign-in/proof/")
    assert browser.post(f"{page_of(request)}decide/", APPROVE).url.startswith("/sign-in/proof/")
    assert not Invitation.objects.exists()


# -- the list


def test_the_late_come_first_and_are_marked(idle_support):
    fresh, overdue = new_organisation(email="a@example.com"), new_organisation(email="b@example.com", **late())

    response = signed_in(idle_support).get("/requests/")

    assert shown(response) == [overdue.reference, fresh.reference]
    assert "Late" in read(response).rows[0]["State"]
    assert "Late" not in read(response).rows[1]["State"]
    assert "1 late" in response.text


def test_the_list_is_filtered(idle_support):
    new, question = new_organisation(), asked(organisation=None, state=RequestState.QUESTION)
    over = new_organisation(state=RequestState.REJECTED, rejection="R01", decided_at=timezone.now())
    AccessRequest.objects.filter(pk=new.pk).update(assigned_to=idle_support)
    browser = signed_in(idle_support)

    assert shown(browser.get("/requests/", {"kind": "organisation"})) == [new.reference]
    assert shown(browser.get("/requests/", {"state": "question"})) == [question.reference]
    assert shown(browser.get("/requests/", {"state": "rejected"})) == [over.reference]
    assert shown(browser.get("/requests/", {"whose": "mine"})) == [new.reference]
    assert shown(browser.get("/requests/", {"whose": "nobody"})) == [question.reference]
    assert browser.get("/requests/", {"kind": "\x00", "state": "nonsense", "after": "x\x00"}).status_code == 200
    assert browser.get("/requests/?after=%ED%A0%BD&kind=%ED%A0%BD").status_code == 200


def test_the_list_is_paged_and_asks_no_more_for_more_rows(idle_support, django_assert_max_num_queries):
    now = timezone.now()
    for number in range(60):
        new_organisation(email=f"n{number}@example.com", target_at=now + timedelta(minutes=number))
    browser = signed_in(idle_support)

    with django_assert_max_num_queries(25):
        first = browser.get("/requests/")
    rest = browser.get(f"/requests/{read(first).links['Next 50']}")

    assert (len(shown(first)), len(shown(rest))) == (50, 10)
    assert not set(shown(first)) & set(shown(rest))
    assert "Back to first" in read(rest).links


def test_what_is_over_is_paged_newest_first(idle_support):
    now = timezone.now()
    made = [
        new_organisation(state=RequestState.EXPIRED, decided_at=now - timedelta(minutes=number)) for number in range(55)
    ]
    browser = signed_in(idle_support)

    first = browser.get("/requests/", {"state": "expired"})
    rest = browser.get(f"/requests/{read(first).links['Next 50']}")

    assert shown(first) + shown(rest) == [request.reference for request in made]


def test_more_than_a_thousand_are_not_counted(idle_support, settings):
    settings.COUNT_LIMIT = 2
    for number in range(4):
        new_organisation(email=f"n{number}@example.com")

    assert "More than 2" in signed_in(idle_support).get("/requests/").text


# -- the page


def test_the_page_shows_who_asks_and_the_clock(lso):
    request = asked(**late())

    response = signed_in(lso).get(page_of(request))

    values = read(response).values
    assert values["E-mail"] == "nora@example.com"
    assert values["Portal roles"] == "Exporter, User"
    assert "late by" in values["Decision due"]
    assert values["Approvals"] == "0 of 1"


def test_duplicates_and_accounts_are_shown_to_handlers_as_far_as_they_reach(
    lso, other_lso, idle_support, other_shipper
):
    request, elsewhere = (
        asked(email=other_shipper.email),
        asked(email=other_shipper.email, organisation=organisation("OCT")),
    )
    old = asked(email=other_shipper.email, state=RequestState.EXPIRED, decided_at=timezone.now() - timedelta(days=400))

    for_support, for_lso = signed_in(idle_support).get(page_of(request)), signed_in(lso).get(page_of(request))

    assert elsewhere.reference in for_support.text
    assert "has an account with this address" in for_support.text
    assert old.reference not in for_support.text
    assert elsewhere.reference not in for_lso.text
    assert "has an account" not in for_lso.text
    assert "has an account with this address" in signed_in(other_lso).get(page_of(elsewhere)).text


def test_a_handler_takes_a_request_up_and_leaves_it(lso, second_lso):
    request = asked()
    signed_in(lso).post(page_of(request), {"action": "take"})
    assert AccessRequest.objects.get().assigned_to == lso

    signed_in(second_lso).post(page_of(request), {"action": "release"})
    assert AccessRequest.objects.get().assigned_to == lso

    signed_in(lso).post(page_of(request), {"action": "release"})
    assert AccessRequest.objects.get().assigned_to is None


def test_a_question_goes_to_the_applicant_by_mail(lso):
    request = asked()

    signed_in(lso).post(page_of(request), {"action": "question", "text": "Which team?"})

    request.refresh_from_db()
    assert request.state == RequestState.QUESTION
    assert Mail.objects.filter(template="request_question", to="nora@example.com").exists()


def test_a_remark_goes_to_nobody(lso):
    request = asked()

    signed_in(lso).post(page_of(request), {"action": "remark", "text": "Called HR."})

    assert RequestNote.objects.get().for_applicant is False
    assert not Mail.objects.exclude(template="event").exists()


def test_an_empty_question_is_told_what_is_missing(lso):
    response = signed_in(lso).post(page_of(asked()), {"action": "question", "text": " "})

    assert response.status_code == 422
    assert "Write something here." in response.text


@pytest.mark.parametrize("action", ["", "nonsense", "answer", "\x00"])
def test_an_unknown_action_is_not_found(lso, action):
    assert signed_in(lso).post(page_of(asked()), {"action": action, "text": "x"}).status_code == 404


def test_the_lso_who_asked_answers_the_question_of_the_second(lso, second_lso, reader):
    request = lso_asked(reader, lso)
    signed_in(second_lso).post(page_of(request), {"action": "question", "text": "Why her?"})
    assert Mail.objects.filter(template="request_question", to=lso.email).exists()

    signed_in(lso).post(page_of(request), {"action": "answer", "text": "She is on shift at night."})

    request.refresh_from_db()
    assert (request.state, request.notes.last().by) == (RequestState.OPEN, lso)


# -- the decision


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


def test_a_market_role_that_the_organisation_does_not_have_is_refused(lso):
    response = decide(lso, asked(), **APPROVE | {"market_role": "gt"})

    assert "Choose from the list." in response.text


def test_who_acts_already_is_not_invited_and_the_handler_is_told(lso, reader):
    response = decide(lso, asked(email=reader.email), **APPROVE)

    assert response.status_code == 422
    assert "This person acts for" in response.text
    assert not Approval.objects.exists()
    assert AccessRequest.objects.get().state == RequestState.OPEN


def test_nobody_approves_their_own(lso, second_lso):
    request = asked(email="LSO@Example.com")

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


@pytest.mark.parametrize(("field", "value"), [("short_code", "ab"), ("short_code", "ABCDE"), ("company_number", "1é")])
def test_a_new_organisation_is_written_in_its_shape(idle_support, field, value):
    response = decide(idle_support, new_organisation(), **NEW | {field: value})

    assert response.status_code == 422
    assert not Approval.objects.exists()


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


# -- filing


def filed(support, **form):
    base = {
        "kind": "person",
        "email": "Nora@example.com",
        "name": "Nora New",
        "text": "Please let me in.",
        "telephone": "",
    }
    return signed_in(support).post("/requests/file/", base | form)


def test_support_files_a_mailed_request_for_an_lso(lso, idle_support):
    response = filed(idle_support, organisation_name="BGF", portal_roles=["user"])

    request = AccessRequest.objects.get()
    assert response.url == page_of(request)
    assert (request.state, request.filed_by, request.organisation) == (RequestState.OPEN, idle_support, organisation())
    assert shown(signed_in(lso).get("/people/requests/")) == [request.reference]
    assert Mail.objects.get(template="request_follow").to == "nora@example.com"


def test_who_filed_a_request_does_not_decide_it_alone(idle_support, other_support):
    filed(idle_support, organisation_name="BGF", portal_roles=["user"])
    request = AccessRequest.objects.get()

    assert "leave it to a colleague" in decide(idle_support, request, **APPROVE).text
    assert not Invitation.objects.exists()
    decide(other_support, request, **APPROVE)
    assert Invitation.objects.exists()


def test_a_mailed_loss_is_filed_for_the_account_with_the_address(idle_support, shipper):
    assert "No account has this address." in filed(idle_support, kind="lost-factor").text

    filed(idle_support, kind="lost-factor", email="SHIPPER@example.com", name="Shipper")
    request = AccessRequest.objects.get()
    assert (request.kind, request.person) == (RequestKind.LOST_FACTOR, shipper)


def test_a_mailed_question_is_done_with_a_word_or_turned_into_a_request(idle_support):
    filed(idle_support, kind="mailed")
    request = AccessRequest.objects.get()
    assert "Say what was done." in decide(idle_support, request, action="approve").text

    decide(idle_support, request, action="place", organisation="BGF", market_role="shipper", portal_roles=["user"])
    request.refresh_from_db()
    assert (request.kind, request.organisation) == (RequestKind.PERSON, organisation())

    filed(idle_support, kind="mailed", email="other@example.com")
    other = AccessRequest.objects.get(email="other@example.com")
    decide(idle_support, other, action="approve", words="Sent the link to a new password.")
    other.refresh_from_db()
    assert other.state == RequestState.APPROVED
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"organisation_name": "BGF"},
        {"portal_roles": ["user"]},
        {"organisation_name": "BGF", "portal_roles": ["support"]},
        {"kind": "lso", "organisation_name": "BGF", "portal_roles": ["user"]},
        {"text": "\x00", "organisation_name": "BGF", "portal_roles": ["user"]},
    ],
)
def test_what_is_filed_badly_is_told(idle_support, form):
    assert filed(idle_support, **form).status_code == 422
    assert not AccessRequest.objects.exists()


# -- files


@pytest.fixture
def with_file(db):
    request = asked()
    kept = attachments.keep(request=request, name='an "odd" näme.pdf', chunks=[PDF], now=timezone.now())
    return request, kept


def test_a_handler_fetches_a_file_as_a_download_and_is_written_down(lso, with_file):
    request, kept = with_file

    response = signed_in(lso).get(f"{page_of(request)}files/{kept.pk}/")

    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; ")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "no-store"
    event = SecurityEvent.objects.get(event="access:attachment:read")
    assert (event.by_id, event.organisation_id) == (lso.pk, organisation().pk)


def test_a_file_is_for_the_handlers_of_its_request(lso, other_lso, shipper, client, with_file):
    request, kept = with_file
    path = f"{page_of(request)}files/{kept.pk}/"

    assert signed_in(other_lso).get(path).status_code == 404
    assert signed_in(shipper).get(path).status_code == 403
    assert client.get(path).status_code == 302
    assert signed_in(lso).get(f"{page_of(asked(email='x@example.com'))}files/{kept.pk}/").status_code == 404
    assert not SecurityEvent.objects.filter(event="access:attachment:read").exists()


def test_a_file_lies_outside_what_the_web_server_gives_away():
    assert not Path(configured.ATTACHMENT_DIR).is_relative_to(configured.STATIC_ROOT)


def test_the_page_of_a_request_asks_no_more_for_more_duplicates(idle_support, other_support):
    request, browser, counts = asked(), signed_in(idle_support), []
    for more in (1, 10):
        for _ in range(more):
            asked(assigned_to=other_support)
        with CaptureQueriesContext(connection) as made:
            browser.get(page_of(request))
        counts.append(len(made))

    assert counts[0] == counts[1]
