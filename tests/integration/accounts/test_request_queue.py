"""Access requests as handlers find them: whose they are, the list, the page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import (
    AccessRequest,
    Invitation,
    Mail,
    MarketParticipant,
    Membership,
    RequestNote,
    RequestState,
    SignIn,
)
from tests.integration.accounts.request_cast import (
    APPROVE,
    asked,
    decide,
    late,
    lso_asked,
    new_organisation,
    organisation,
    page_of,
    shown,
    signed_in,
)
from tests.integration.pages import read

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


def test_support_decides_where_the_market_role_of_the_only_lso_has_ended(lso, reader, idle_support):
    request = asked()
    MarketParticipant.objects.filter(organisation=organisation(), market_role="shipper").update(
        ended_on=timezone.localdate()
    )

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


def test_the_page_of_a_request_asks_no_more_for_more_duplicates(idle_support, other_support):
    request, browser, counts = asked(), signed_in(idle_support), []
    for more in (1, 10):
        for _ in range(more):
            asked(assigned_to=other_support)
        with CaptureQueriesContext(connection) as made:
            browser.get(page_of(request))
        counts.append(len(made))

    assert counts[0] == counts[1]
