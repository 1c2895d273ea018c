"""The LSO's list of people, and what an LSO does for one of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import limits, mail
from accounts.minting import MINTS
from accounts.models import (
    AccessRequest,
    Event,
    Invitation,
    Membership,
    OneTimeSecret,
    Organisation,
    SecretKind,
    SecurityEvent,
    SignIn,
    User,
)
from accounts.operations import secrets, sessions
from accounts.operations.sign_in import account_of
from accounts.origin import SERVICE
from tests.conftest import PASSWORD, PortalClient, give_factor
from tests.integration.pages import read
from tests.unit.accounts.operations.people_cast import also_acts, domain, events, held, organisation, unused_for

LISTED = "/people/"


def page_of(user, rest="", short_code=""):
    found = Membership.objects.filter(user=user)
    if short_code:
        found = found.filter(organisation=organisation(short_code))
    return f"/people/{found.earliest('pk').pk}/{rest}"


def names(response):
    return [row["Name"] for row in read(response).rows]


def not_fresh(user):
    """Let the last proof of somebody who is signed in be too old for what asks for a fresh one."""
    SignIn.objects.filter(user=user).update(proved_at=timezone.now() - timedelta(minutes=6))


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


# -- one person


def test_the_page_says_how_a_person_stands(client, lso, reader):
    client.force_login(lso)

    page = read(client.get(page_of(reader)))

    assert page.heading == "Reader"
    assert page.values["E-mail address"] == reader.email
    assert page.values["Portal roles"] == "User"
    assert page.values["End date"] == "None"


def test_ones_own_page_offers_nothing(client, lso, second_lso):
    client.force_login(lso)

    response = client.get(page_of(lso))

    assert "This is you" in response.text
    assert "Disable" not in response.text


@pytest.mark.parametrize("rest", ["end/", "disable/", "sessions/", "unlock/", "dates/"])
def test_nobody_does_it_to_themselves(client, lso, second_lso, rest):
    client.force_login(lso)

    response = client.post(page_of(lso, rest), {"reason": "x", "ends_on": "2030-01-01"}, follow=True)

    assert "Nobody does this for themselves" in response.text
    assert client.get(LISTED).status_code == 200
    assert (held(lso).ended_on, held(lso).disabled_at) == (None, None)


def test_a_person_of_two_organisations_keeps_their_account_to_themselves(client, lso, reader):
    also_acts(reader, "OCT", "supplier")
    domain()
    client.force_login(lso)
    page = page_of(reader, short_code="BGF")

    assert "only operator support can do this" in client.get(page).text
    for rest, form in {"sessions/": {}, "unlock/": {}, "email/": {"email": "new@example.com"}, "code/": {}}.items():
        response = client.post(page + rest, form, follow=True)
        assert "only operator support can do this" in response.text
    reader.refresh_from_db()
    assert reader.email == "reader@example.com"
    assert not OneTimeSecret.objects.exists()

    client.post(page + "disable/", {"reason": "left"})
    assert Membership.objects.get(user=reader, organisation=organisation()).disabled_at


def test_roles_are_changed_and_hold_at_once(client, lso, reader):
    client.force_login(lso)

    response = client.post(page_of(reader, "roles/"), {"roles": ["user", "exporter"]}, follow=True)

    assert "The roles of Reader are saved." in response.text
    assert held(reader).portal_roles == ["exporter", "user"]


def test_without_a_role_left_nothing_changes(client, lso, reader):
    client.force_login(lso)

    response = client.post(page_of(reader, "roles/"), {})

    assert (response.status_code, "Choose at least one role" in response.text) == (422, True)
    assert held(reader).portal_roles == ["user"]


@pytest.mark.parametrize("role", ["group-lso", "support", "administrator", "emperor"])
def test_no_role_beyond_the_readers_is_given(client, lso, reader, role):
    client.force_login(lso)

    response = client.post(page_of(reader, "roles/"), {"roles": ["user", role]})

    assert response.status_code == 422
    assert held(reader).portal_roles == ["user"]


def test_another_lso_is_asked_for_and_not_made(client, lso, reader):
    client.force_login(lso)

    response = client.post(page_of(reader, "roles/"), {"roles": ["exporter", "lso"]}, follow=True)

    request = AccessRequest.objects.get()
    assert f"The request {request.reference} waits for a second approval" in response.text
    assert (request.person, request.portal_roles) == (reader, ["lso"])
    assert held(reader).portal_roles == ["exporter"]


def test_the_role_of_lso_alone_is_no_role_until_it_is_approved(client, lso, reader):
    client.force_login(lso)

    assert client.post(page_of(reader, "roles/"), {"roles": ["lso"]}).status_code == 422
    assert not AccessRequest.objects.exists()


def test_a_role_beyond_the_readers_stays(client, lso, group_lso):
    Membership.objects.filter(user=group_lso).update(portal_roles=["group-lso", "user"])
    client.force_login(lso)

    client.post(page_of(group_lso, "roles/"), {"roles": ["exporter"]})

    assert set(held(group_lso).portal_roles) == {"group-lso", "exporter"}


def test_the_last_lso_keeps_the_role(client, person):
    lso = person("lso", "BGF", "shipper", "user", "lso")
    client.force_login(lso)

    response = client.post(page_of(lso, "roles/"), {"roles": ["user"]})

    assert "nobody to look after the people of" in response.text
    assert "lso" in held(lso).portal_roles


def test_disabled_and_enabled_again_with_the_roles_of_before(client, lso, shipper):
    client.force_login(lso)
    assert client.post(page_of(shipper, "disable/"), {"reason": ""}).status_code == 422

    client.post(page_of(shipper, "disable/"), {"reason": "on leave"})
    assert "Disabled: on leave" in client.get(page_of(shipper)).text
    client.post(page_of(shipper, "enable/"))

    assert held(shipper).disabled_at is None
    assert set(held(shipper).portal_roles) == {"user", "exporter"}


@pytest.mark.parametrize("ends_on", ["yesterday", "2020-01-01", "9999-99-99", "0001-01-01"])
def test_an_end_date_must_be_to_come(client, lso, reader, ends_on):
    client.force_login(lso)

    assert client.post(page_of(reader, "dates/"), {"ends_on": ends_on}).status_code == 422
    assert held(reader).ended_on is None


def test_an_end_date_is_set_and_lifted(client, lso, reader):
    client.force_login(lso)
    day = timezone.localdate() + timedelta(days=20)

    client.post(page_of(reader, "dates/"), {"ends_on": f"{day}"})
    assert read(client.get(page_of(reader))).values["End date"] == f"{day:%-d %B %Y}"
    client.post(page_of(reader, "dates/"), {"ends_on": ""})

    assert held(reader).ended_on is None


def test_who_has_left_loses_access_at_once_and_stays_in_the_list_of_those_who_left(client, lso, reader):
    client.force_login(lso)

    response = client.post(page_of(reader, "end/"), follow=True)

    assert "does not act for" in response.text
    assert names(client.get(LISTED)) == ["Lso"]
    assert names(client.get(LISTED, {"state": "over"})) == ["Reader"]
    again = client.post(page_of(reader, "disable/"), {"reason": "x"}, follow=True)
    assert "Invite them anew" in again.text


def test_a_pause_of_sign_in_is_lifted(client, lso, reader):
    browser = PortalClient()
    for _ in range(6):
        paused = browser.post("/sign-in/", {"login": reader.email, "password": "a guess"})
    assert "Too many attempts" in paused.text
    client.force_login(lso)
    assert "Lift the pause" in client.get(page_of(reader)).text

    client.post(page_of(reader, "unlock/"))

    assert "Lift the pause" not in client.get(page_of(reader)).text
    assert browser.post("/sign-in/", {"login": reader.email, "password": PASSWORD}).status_code == 302
    (event,) = events(Event.UNLOCKED)
    assert (event.by_id, event.person_id) == (lso.pk, reader.pk)


def test_sessions_are_ended(client, lso, reader):
    browser = PortalClient()
    browser.force_login(reader)
    assert browser.get("/").status_code == 200
    client.force_login(lso)

    client.post(page_of(reader, "sessions/"))

    assert browser.get("/").status_code == 302


def test_a_code_by_telephone_is_shown_once_and_sets_no_password(client, lso, reader):
    client.force_login(lso)
    asked = client.get(page_of(reader, "code/"))
    assert "Telephone Reader" in asked.text
    assert not OneTimeSecret.objects.exists()

    response = client.post(page_of(reader, "code/"))

    secret = OneTimeSecret.objects.get(user=reader, kind=SecretKind.ASSISTED_RESET)
    code = response.context["code"]
    assert code in response.text
    assert secrets.by_code(reader, code, kind=SecretKind.ASSISTED_RESET, now=timezone.now()) == secret
    assert response["Cache-Control"] == "no-store"
    assert code not in client.get(page_of(reader, "code/")).text
    reader.refresh_from_db()
    assert reader.check_password(PASSWORD)
    (event,) = events(Event.RESET_ASSISTED)
    assert (event.by_id, event.person_id) == (lso.pk, reader.pk)


@pytest.mark.parametrize("who", ["lso", "group_lso"])
def test_no_code_for_oneself_nor_for_who_may_do_more(client, request, lso, second_lso, who):
    user = request.getfixturevalue(who)
    client.force_login(lso)

    response = client.post(page_of(user, "code/"))

    assert response.context["code"] == ""
    assert not OneTimeSecret.objects.exists()


def test_no_code_for_an_account_that_is_switched_off(client, lso, reader):
    User.objects.filter(pk=reader.pk).update(is_active=False)
    client.force_login(lso)

    assert "switched off" in client.post(page_of(reader, "code/")).text


def test_the_address_is_changed_within_the_domains(client, lso, reader, mailoutbox):
    domain("new.example")
    browser = PortalClient()
    browser.force_login(reader)
    secrets.make(user=reader, kind=SecretKind.RESET, secret="a link", lasts=timedelta(hours=1), now=timezone.now())
    Invitation.objects.create(
        email=reader.email, name="Reader", organisation=organisation("OCT"), market_role="shipper",
        portal_roles=["user"], invited_at=timezone.now(),
    )  # fmt: skip
    client.force_login(lso)

    response = client.post(page_of(reader, "email/"), {"email": "Reader@New.Example"}, follow=True)

    assert "signs in with the new address" in response.text
    reader.refresh_from_db()
    assert reader.email == "reader@new.example"
    assert browser.get("/").status_code == 302
    assert OneTimeSecret.objects.get().used_at
    assert Invitation.objects.get().withdrawn_at
    mail.send_waiting(mints=MINTS, now=timezone.now())
    told = [message.to[0] for message in mailoutbox if "reader@new.example" in message.body]
    assert set(told) == {"reader@example.com", "reader@new.example"}


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("reader@elsewhere.example", "is not among the mail domains"),
        ("lso@new.example", "Another account has this address"),
        ("", "Enter an e-mail address"),
        ("a@b\0.example", "There is a problem"),
        ("x" * 250 + "@new.example", "at most 254"),
    ],
)
def test_an_address_that_does_not_do_is_refused(client, lso, reader, email, why):
    domain("new.example")
    User.objects.filter(pk=lso.pk).update(email="lso@new.example")
    client.force_login(lso)

    response = client.post(page_of(reader, "email/"), {"email": email})

    assert response.status_code == 422
    assert why in response.text
    reader.refresh_from_db()
    assert reader.email == "reader@example.com"


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


def test_the_page_shows_what_happened_to_the_person(client, lso, reader):
    sessions.begin(user=reader, device_token="a browser", origin=SERVICE, now=timezone.now())
    client.force_login(lso)
    client.post(page_of(reader, "roles/"), {"roles": "exporter"})

    happened = [row["What"] for row in read(client.get(page_of(reader))).rows]

    for what in ("Signed in", "Role granted", "Role removed"):
        assert any(said.startswith(what) for said in happened)
