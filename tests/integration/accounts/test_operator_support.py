"""Support sessions: found, opened with a reason, shown to the organisation, and ended."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import mail
from accounts.minting import MINTS
from accounts.models import SecurityEvent, SupportSession
from tests.integration.accounts.console import asks_for_proof, long_ago_proved, organisation, said, signed_in
from tests.integration.pages import read

REASON = "Call 4711: the caller's site is not found."


def page(short_code="BGF"):
    return f"/operator/support/?organisation={organisation(short_code).pk}"


def open_one(browser, *, reason=REASON, minutes="30", follow=True, to=None):
    return browser.post(to or page(), {"reason": reason, "minutes": minutes}, follow=follow)


@pytest.mark.parametrize("text", ["bgf", "BGF", "british gas"])
def test_an_organisation_is_found_by_short_code_and_name(idle_support, text):
    found = read(signed_in(idle_support).get("/operator/support/", {"q": text})).links

    assert found[organisation().name] == f"?organisation={organisation().pk}"


def test_the_operator_itself_is_not_offered(idle_support):
    browser = signed_in(idle_support)
    own = organisation("DES", "operator")

    assert own.name not in read(browser.get("/operator/support/", {"q": "DES"})).links
    assert browser.get(f"/operator/support/?organisation={own.pk}").status_code == 404
    assert browser.post(f"/operator/support/?organisation={own.pk}", {"reason": REASON}).status_code == 404


def test_an_open_session_shows_data_until_it_is_ended(idle_support, lso, keys, mailoutbox):
    browser = signed_in(idle_support)
    record = f"/meter-points/{keys['mprn']}/"
    assert browser.get(record).status_code == 403

    assert said(open_one(browser)) == [f"The support session for {organisation().name} is open."]
    assert browser.get(record).status_code == 200

    browser.post("/operator/support/end/")
    assert browser.get(record).status_code == 403
    mail.send_waiting(mints=MINTS, now=timezone.now())
    [told] = mailoutbox
    assert told.to == [lso.email]
    assert REASON in told.body
    kinds = SecurityEvent.objects.filter(organisation_id=organisation().pk, event__startswith="support:")
    assert sorted(event.event for event in kinds) == ["support:session:ended", "support:session:opened"]


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"reason": ""}, "Give the reason."),
        ({"reason": "too short"}, "Give the reason in at least 10 characters."),
        ({"reason": "x" * 501}, "Give the reason in at most 500 characters."),
        ({"reason": "a line\nand another"}, "Use letters, digits, spaces and punctuation only, on one line."),
        ({"minutes": "61"}, "A support session lasts at most 60 minutes."),
        ({"minutes": "0"}, "A support session lasts at least 1 minute."),
        ({"minutes": "soon"}, "Enter a whole number of minutes."),
        ({"minutes": ""}, "Say for how many minutes."),
    ],
)
def test_what_is_missing_or_too_much_is_said_beside_its_box(idle_support, form, problem):
    response = open_one(signed_in(idle_support), follow=False, **form)

    assert problem in response.text
    assert not SupportSession.objects.exists()


def test_a_second_one_is_refused(support):
    response = open_one(signed_in(support), to=page("OCT"), follow=False)

    assert "You have a support session open. End it first." in response.text
    assert SupportSession.objects.count() == 1


def test_a_form_that_names_no_organisation_opens_nothing(idle_support):
    signed_in(idle_support).post("/operator/support/", {"reason": REASON, "minutes": "5"})

    assert not SupportSession.objects.exists()


def test_without_a_fresh_proof_none_is_opened_but_one_is_ended(support):
    browser = long_ago_proved(support)

    assert asks_for_proof(open_one(browser, follow=False))
    browser.post("/operator/support/end/")

    assert SupportSession.objects.get().ended_at is not None


def test_to_end_what_is_over_is_said_to_be(idle_support):
    response = signed_in(idle_support).post("/operator/support/end/", follow=True)

    assert said(response) == ["The support session was over already."]


def test_nobody_ends_the_session_of_another(support, other_support):
    signed_in(other_support).post("/operator/support/end/")

    assert SupportSession.objects.get(user=support).ended_at is None


def test_security_looks_up_and_opens_none(security):
    assert signed_in(security).post(page(), {"reason": REASON, "minutes": "5"}).status_code == 403
    assert not SupportSession.objects.exists()


def test_ones_own_sessions_are_listed_page_by_page_and_nobody_elses(idle_support, other_support):
    began = timezone.now() - timedelta(days=9)
    ended = began + timedelta(hours=1)
    for user in (idle_support, other_support):
        SupportSession.objects.bulk_create(
            SupportSession(
                user=user, organisation=organisation(), reason=f"{user.name} {number}", opened_at=began,
                closes_at=ended, ended_at=ended,
            )
            for number in range(60)
        )  # fmt: skip
    browser = signed_in(idle_support)

    first = read(browser.get("/operator/support/"))
    second = read(browser.get(f"/operator/support/{first.links['Next 50']}"))

    reasons = [row["Reason"] for row in first.rows + second.rows]
    assert len(reasons) == len(set(reasons)) == 60
    assert all(reason.startswith("Support ") for reason in reasons)
    assert "Back to first" in second.links
