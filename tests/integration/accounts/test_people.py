"""The LSO's list of people, and whose people they are."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import limits
from accounts.models import (
    Event,
    Membership,
    Organisation,
    SecurityEvent,
)
from accounts.operations.sign_in import account_of
from tests.conftest import PortalClient, give_factor
from tests.integration.accounts.people_pages import LISTED, names, not_fresh, page_of
from tests.integration.pages import read
from tests.unit.accounts.operations.people_cast import events, held, organisation, unused_for

# -- the list


def test_the_lso_sees_everybody_with_how_they_stand(client, lso, reader, shipper, other_shipper):
    unused_for(70, reader)
    give_factor(reader)
    client.force_login(lso)

    rows = {row["Name"]: row for row in read(client.get(LISTED)).rows}

    assert list(rows) == ["Lso", "Reader", "Shipper"]
    assert rows["Reader"]["E-mail address"] == reader.email
    assert rows["Reader"]["Portal roles"] == "User"
    assert rows["Reader"]["State"].startswith("Dormant since ")
    assert rows["Reader"]["Second factor"] == "Yes"
    assert rows["Reader"]["Searches this month"] == "0"
    assert rows["Shipper"]["Last sign-in"] == "Never"
    assert rows["Shipper"]["State"] == "Active"


def test_searches_and_pauses_are_shown(client, lso, shipper):
    browser = PortalClient()
    browser.force_login(shipper)
    browser.get("/search/", {"q": "LS1 4AP"})
    for _ in range(5):
        limits.SIGN_IN_BY_ACCOUNT_AND_NETWORK.take(account_of(shipper.email), "1.2.3.4", now=timezone.now())
    client.force_login(lso)

    (row,) = [row for row in read(client.get(LISTED)).rows if row["Name"] == "Shipper"]

    assert row["Searches this month"] == "1"
    assert "Sign-in paused until" in row["State"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "READER"}, ["Reader"]),
        ({"q": "shipper@"}, ["Shipper"]),
        ({"role": "exporter"}, ["Shipper"]),
        ({"state": "disabled"}, ["Gone"]),
        ({"state": "over"}, ["Left"]),
        ({"state": "ending"}, ["Reader"]),
        ({"state": "coming"}, ["Soon"]),
        ({"state": "dormant"}, ["Shipper"]),
        ({"state": "active"}, ["Lso", "Reader", "Shipper"]),
        ({"q": "nobody at all"}, []),
    ],
)
def test_the_list_is_narrowed(client, lso, reader, shipper, person, asked, found):
    today = timezone.localdate()
    gone, left, soon = (person(name, "BGF", "shipper") for name in ("gone", "left", "soon"))
    Membership.objects.filter(user=gone).update(disabled_at=timezone.now(), disabled_because="on leave")
    Membership.objects.filter(user=left).update(ended_on=today)
    Membership.objects.filter(user=soon).update(started_on=today + timedelta(days=3))
    Membership.objects.filter(user=reader).update(ended_on=today + timedelta(days=3))
    client.force_login(lso)
    unused_for(70, shipper)

    assert names(client.get(LISTED, asked)) == found


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "nonsense"},
        {"role": "support"},
        {"q": "x" * 201},
        {"q": "a\0b"},
        {"q": "a\x07b"},
        {"organisation": "99"},
    ],
)
def test_a_question_that_makes_no_sense_gets_a_page(client, lso, asked):
    client.force_login(lso)

    response = client.get(LISTED, asked)

    assert response.status_code == 200
    assert "organisation" in asked or "There is a problem" in response.text


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "٣", "1"])
def test_a_page_behind_nothing_is_the_first(client, lso, after):
    client.force_login(lso)

    assert names(client.get(LISTED, {"after": after})) == ["Lso"]


def test_the_list_is_paged_by_name(client, lso, person):
    for number in range(60):
        person(f"p{number:02}", "BGF", "shipper")
    client.force_login(lso)

    first = client.get(LISTED, {"state": "active"})
    second = client.get(LISTED + read(first).links["Next 50"])

    assert names(first) + names(second) == sorted(["Lso", *(f"P{number:02}" for number in range(60))])
    assert "Next 50" not in read(second).links


def test_more_people_ask_no_more_of_the_database(client, lso, person, django_assert_max_num_queries):
    client.force_login(lso)
    client.get(LISTED)
    with django_assert_max_num_queries(40) as before:
        client.get(LISTED)
    for number in range(20):
        give_factor(person(f"p{number}", "BGF", "shipper"))

    with django_assert_max_num_queries(len(before)):
        client.get(LISTED)


def test_a_group_lso_sees_all_of_the_group_or_one(client, group_lso, other_lso, reader):
    client.force_login(group_lso)

    everybody = client.get(LISTED)
    assert names(everybody) == ["Group-Lso", "Other-Lso", "Reader"]
    assert {row["Organisation"] for row in read(everybody).rows} == {organisation().name, organisation("OCT").name}
    assert names(client.get(LISTED, {"organisation": organisation("OCT").pk})) == ["Other-Lso"]


# -- whose people


@pytest.mark.parametrize("who", ["reader", "shipper", "auditor"])
def test_others_are_refused(client, request, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(LISTED).status_code == 403


def test_support_outside_a_session_is_told_what_to_do(client, idle_support, reader):
    client.force_login(idle_support)

    assert "open a support session" in client.get(LISTED).text
    assert client.get(page_of(reader)).status_code == 404
    assert client.get("/people/invitations/").status_code == 404


def test_support_acts_for_an_organisation_without_an_lso_on_the_record(client, support, reader):
    client.force_login(support)
    assert names(client.get(LISTED)) == ["Reader"]

    client.post(page_of(reader, "disable/"), {"reason": "left on Friday"})

    assert held(reader).disabled_because == "left on Friday"
    (event,) = events(Event.MEMBERSHIP_DISABLED)
    assert (event.by_id, event.organisation_id) == (support.pk, organisation().pk)


def test_support_does_not_act_where_there_is_an_lso(client, support, lso, reader):
    client.force_login(support)

    assert client.post(page_of(reader, "disable/"), {"reason": "x"}).status_code == 404
    assert held(reader).disabled_at is None


def test_support_is_told_whom_to_ask_where_there_is_an_lso(client, support, lso, reader):
    client.force_login(support)

    page = read(client.get(LISTED))

    assert page.links[lso.email] == f"mailto:{lso.email}"
    assert f"{organisation().name} has its own Local Security Officer" in client.get(LISTED).text
    assert "open a support session" not in client.get(LISTED).text


def test_an_administrator_looks_after_the_operators_own(client, administrator, other_support, reader):
    client.force_login(administrator)

    assert names(client.get(LISTED)) == ["Administrator", "Other-Support"]
    assert client.get(page_of(other_support)).status_code == 200
    assert client.get(page_of(reader)).status_code == 404


PAGES = ["", "roles/", "email/", "code/"]
DEEDS = ["dates/", "end/", "disable/", "enable/", "unlock/", "sessions/", "roles/", "email/", "code/"]


@pytest.mark.parametrize("rest", PAGES)
def test_people_of_others_do_not_exist(client, lso, other_shipper, rest):
    client.force_login(lso)

    assert client.get(page_of(other_shipper, rest)).status_code == 404


@pytest.mark.parametrize("rest", DEEDS)
def test_nothing_is_done_to_people_of_others(client, lso, other_shipper, rest):
    client.force_login(lso)
    before = (held(other_shipper).__dict__ | {"_state": 0}, SecurityEvent.objects.count())

    form = {"reason": "x", "roles": "user", "email": "new@example.com", "ends_on": "2030-01-01"}

    assert client.post(page_of(other_shipper, rest), form).status_code == 404
    assert (held(other_shipper).__dict__ | {"_state": 0}, SecurityEvent.objects.count()) == before


@pytest.mark.parametrize("rest", DEEDS)
def test_a_form_made_under_another_hat_is_refused(client, lso, reader, rest):
    client.force_login(lso)

    response = client.post(page_of(reader, rest), {"acting": "0", "reason": "x"})

    assert response.status_code in {403, 409}
    assert held(reader).disabled_at is None


@pytest.mark.parametrize("number", ["0", "99999999", "9" * 18, "9" * 30])
def test_a_number_that_nobody_has_is_404(client, lso, number):
    client.force_login(lso)

    assert client.get(f"/people/{number}/").status_code == 404


@pytest.mark.parametrize("rest", ["roles/", "email/", "code/"])
def test_what_gives_power_asks_for_a_fresh_proof(client, lso, reader, rest):
    client.force_login(lso)
    not_fresh(lso)

    for response in (client.get(page_of(reader, rest)), client.post(page_of(reader, rest), {"roles": "exporter"})):
        assert response.url.startswith("/sign-in/proof/?next=")
    assert held(reader).portal_roles == ["user"]


def test_an_old_page_of_another_organisation_is_worth_nothing_after_a_move(client, lso, reader):
    """The LSO's own membership moved elsewhere: the right ends with the next request."""
    client.force_login(lso)
    page = page_of(reader)
    assert client.get(page).status_code == 200

    Membership.objects.filter(user=lso).update(organisation=organisation("OCT"))

    assert client.get(page).status_code == 404


def test_a_group_that_an_organisation_left_reaches_it_no_more(client, group_lso, other_shipper):
    client.force_login(group_lso)
    assert client.get(page_of(other_shipper)).status_code == 200

    Organisation.objects.filter(pk=organisation("OCT").pk).update(group=None)

    assert client.get(page_of(other_shipper)).status_code == 404
