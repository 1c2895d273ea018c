"""One's own account: what the page says, and the pages behind it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import (
    Event,
    MarketParticipant,
    Membership,
    RecoveryCode,
    SecurityEvent,
    SignIn,
    TermsAcceptance,
    User,
)
from accounts.operations import factors, sessions
from accounts.origin import Origin
from tests.conftest import PortalClient, owning
from tests.integration.pages import read

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"


def at(moment):
    return timezone.localtime(moment).strftime("%-d %B %Y, %H:%M")


def elsewhere(user, **changes):
    """The person signed in on another browser."""
    origin = Origin(address="198.51.100.4", user_agent=FIREFOX)
    begun, _ = sessions.begin(user=user, device_token="another", origin=origin, now=timezone.now())
    SignIn.objects.filter(pk=begun.pk).update(**changes)
    return SignIn.objects.get(pk=begun.pk)


# -- the page


def test_the_page_says_who_one_is_and_for_whom_one_acts(client, shipper, lso):
    client.force_login(shipper)

    page = read(client.get("/account/"))

    assert page.heading == "Your account"
    assert page.values["Name"] == "Shipper"
    assert page.values["Telephone"] == "None given"
    assert page.values["E-mail address"] == "shipper@example.com Changed by Lso (Local Security Officer)"
    assert page.values["Second factor"].startswith("App (authenticator app). 0 recovery codes left.")
    assert page.values["Sessions"].startswith("1 open.")
    organisation = Membership.objects.get(user=shipper).organisation.name
    assert page.rows[0] == {
        "Organisation": organisation,
        "As": "Shipper",
        "Portal roles": "User, Exporter",
        "Since": "6 January 2020",
        "Until": "No end",
        "State": "Acting for now",
        "Ask about it": "Lso",
    }


def test_where_nobody_else_is_lso_support_changes_the_address(client, lso):
    client.force_login(lso)

    assert read(client.get("/account/")).values["E-mail address"].endswith("Changed by operator support")


def test_the_operator_s_people_are_looked_after_by_administrators(client, security, administrator):
    client.force_login(security)

    assert read(client.get("/account/")).values["E-mail address"].endswith("Changed by Administrator (administrator)")


def test_an_outsider_has_a_page_too_and_is_told_what_to_do(client, outsider):
    client.force_login(outsider)

    response = client.get("/account/")

    assert response.status_code == 200
    assert "You act for no organisation." in response.text


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"started_on": date(2090, 1, 1)}, "To come"),
        ({"disabled_at": timezone.now(), "disabled_because": "On leave."}, "Disabled On leave."),
    ],
)
def test_a_membership_that_does_not_hold_says_so(client, reader, change, state):
    Membership.objects.filter(user=reader).update(**change)
    client.force_login(reader)

    assert read(client.get("/account/")).rows[0]["State"] == state


def test_few_recovery_codes_are_warned_of(client, shipper, reader):
    client.force_login(shipper)
    assert "You have no recovery codes" in client.get("/account/").text
    factors.make_recovery_codes(user=shipper, origin=Origin(), now=timezone.now())
    assert "recovery codes:" not in client.get("/account/").text
    RecoveryCode.objects.filter(pk__in=RecoveryCode.objects.values("pk")[:8]).delete()
    assert "Few recovery codes are left" in client.get("/account/").text

    client.force_login(reader)
    response = client.get("/account/")
    assert "recovery codes:" not in response.text
    assert read(response).links["Set one up"] == "/sign-in/first-factor/"


def test_the_page_asks_no_more_for_more_memberships(client, shipper, lso, other_lso):
    def questions():
        with CaptureQueriesContext(connection) as queries:
            client.get("/account/")
        return len(queries)

    client.force_login(shipper)
    client.get("/account/")
    before = questions()
    for code, role in (("OCT", "shipper"), ("OVO", "supplier"), ("ECA", "mam")):
        holder = MarketParticipant.objects.get(short_code=code, market_role=role)
        Membership.objects.create(
            user=shipper, organisation=holder.organisation, market_role=role, portal_roles=["user"],
            started_on=date(2021, 1, 1),
        )  # fmt: skip

    assert questions() == before


@pytest.mark.parametrize(
    "path",
    [
        "/account/", "/account/profile/", "/account/password/", "/account/sessions/", "/account/events/",
        "/account/factors/", "/account/factors/app/", "/account/factors/passkey/", "/account/factors/recovery-codes/",
        "/account/factors/app/1/remove/", "/terms/",
    ],
)  # fmt: skip
def test_the_pages_are_for_who_is_signed_in_and_past_the_gates(client, shipper, path):
    assert client.get(path).url == f"/sign-in/?next={path}"

    with owning():
        TermsAcceptance.objects.filter(user=shipper).delete()
    client.force_login(shipper)
    response = client.get(path)
    assert response.status_code == 200 if path == "/terms/" else response.url == f"/terms/?next={path}"


# -- name and telephone


def test_people_change_their_own_name_and_number(client, reader):
    client.force_login(reader)
    assert 'value="Reader"' in client.get("/account/profile/").text

    response = client.post("/account/profile/", {"name": "Robin Reader", "telephone": "+44 113 496 0000"}, follow=True)

    assert "Your name and telephone number have been changed." in response.text
    assert read(response).values["Name"] == "Robin Reader"
    assert User.objects.get(pk=reader.pk).telephone == "+44 113 496 0000"


def test_what_is_saved_as_it_was_is_no_news(client, reader):
    client.force_login(reader)
    response = client.post("/account/profile/", {"name": "Reader", "telephone": ""}, follow=True)

    assert read(response).heading == "Your account"
    assert "have been changed" not in response.text


def test_nobody_changes_their_address_there(client, reader):
    client.force_login(reader)
    client.post("/account/profile/", {"name": "R", "telephone": "", "email": "r@evil.example", "is_active": ""})

    assert User.objects.get(pk=reader.pk).email == "reader@example.com"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": ""}, "Enter your name."),
        ({}, "Enter your name."),
        ({"name": "x" * 151}, "A name has at most 150 characters."),
        ({"name": "Robin\nBcc: all@example.com"}, "on one line"),
        ({"name": "Robin\0"}, "Null characters are not allowed"),
        ({"name": "Robin\u202e"}, "on one line"),
        ({"name": "R", "telephone": "call me"}, "Enter a telephone number in digits"),
        ({"name": "R", "telephone": "1" * 31}, "at most 30 characters"),
    ],
)
def test_a_name_or_number_that_is_none_gets_a_message(client, reader, form, said):
    client.force_login(reader)

    response = client.post("/account/profile/", {"x": "1", **form})

    assert response.status_code == 200
    assert said in response.text
    assert User.objects.get(pk=reader.pk).name == "Reader"


def test_a_name_is_not_html(client, reader):
    client.force_login(reader)
    response = client.post("/account/profile/", {"name": "<b>Robin</b>", "telephone": ""}, follow=True)

    assert "<b>Robin" not in response.text


# -- sessions


def test_one_sees_where_one_is_signed_in(client, reader):
    there = elsewhere(reader)
    client.force_login(reader)

    rows = read(client.get("/account/sessions/")).rows

    assert [row["Browser"] for row in rows] == ["Unknown browser This one", "Firefox on Windows"]
    assert (rows[0]["Last seen"], rows[0]["End it"]) == ("Now", "Sign out")
    assert rows[1]["Network address"] == "198.51.100.4"
    assert rows[1]["Signed in"] == at(there.started_at)


@pytest.mark.parametrize(
    "changes",
    [
        {"ended_at": timezone.now()},
        {"seen_at": timezone.now() - timedelta(minutes=31)},
        {"started_at": timezone.now() - timedelta(hours=13)},
    ],
)
def test_a_session_that_is_over_is_not_listed(client, reader, changes):
    elsewhere(reader, **changes)
    client.force_login(reader)

    assert len(read(client.get("/account/sessions/")).rows) == 1


def test_the_sessions_of_others_are_not_listed_nor_ended(client, reader, shipper):
    theirs = elsewhere(shipper)
    client.force_login(reader)

    assert "Firefox" not in client.get("/account/sessions/").text
    assert client.post(f"/account/sessions/{theirs.pk}/end/").status_code == 404
    assert SignIn.objects.get(pk=theirs.pk).ended_at is None


def test_one_ends_another_session_and_stays_signed_in(client, reader):
    other = PortalClient()
    other.force_login(reader)
    there = SignIn.objects.latest("pk")
    client.force_login(reader)

    response = client.post(f"/account/sessions/{there.pk}/end/", follow=True)

    assert "The session has been ended." in response.text
    assert other.get("/").url == "/sign-in/?next=/"
    assert client.get("/").status_code == 200
    again = client.post(f"/account/sessions/{there.pk}/end/", follow=True)
    assert "The session was over already." in again.text


def test_ending_this_session_is_signing_out(client, reader):
    client.force_login(reader)

    response = client.post(f"/account/sessions/{SignIn.objects.latest('pk').pk}/end/", follow=True)

    assert read(response).heading == "Sign in"
    assert "You are signed out." in response.text
    assert client.get("/").status_code == 302


def test_one_signs_out_everywhere(client, reader):
    other = PortalClient()
    other.force_login(reader)
    client.force_login(reader)

    response = client.post("/account/sessions/end/", follow=True)

    assert read(response).heading == "Sign in"
    assert "You are signed out everywhere." in response.text
    assert other.get("/").status_code == client.get("/").status_code == 302
    assert SecurityEvent.objects.filter(event=Event.SESSIONS_ENDED, detail="2: signed out everywhere").exists()


@pytest.mark.parametrize("number", ["0", "9" * 19, "9" * 40])
def test_a_session_that_never_was_is_not_found(client, reader, number):
    client.force_login(reader)

    assert client.post(f"/account/sessions/{number}/end/").status_code == 404


@pytest.mark.parametrize("path", ["/account/sessions/end/", "/account/sessions/1/end/", "/account/act-for/"])
def test_a_link_ends_and_changes_nothing(client, reader, path):
    client.force_login(reader)

    assert client.get(path).status_code == 405
    assert client.get("/").status_code == 200


# -- events


def happen(user, count):
    SecurityEvent.objects.bulk_create(
        SecurityEvent(event=Event.SIGN_IN, person_id=user.pk, by_id=user.pk, detail=f"number {n:03}")
        for n in range(count)
    )


def test_events_say_what_who_and_from_where(client, reader, lso):
    SecurityEvent.objects.create(
        event=Event.MEMBERSHIP_DISABLED, person_id=reader.pk, by_id=lso.pk, detail="On leave", address="192.0.2.9",
        user_agent=FIREFOX,
    )  # fmt: skip
    client.force_login(reader)

    first, *_rest = [row for row in read(client.get("/account/events/")).rows if row["By"] == "Lso"]

    assert first["What"] == "Membership disabled On leave"
    assert first["From"] == "Firefox on Windows, 192.0.2.9"


def test_an_event_says_in_words_what_it_holds_in_full(client, reader):
    for event, detail in (
        (Event.NEW_DEVICE, FIREFOX),
        (Event.TERMS_ACCEPTED, f"Terms of use, version 2, SHA-256 {'0' * 64}"),
    ):
        SecurityEvent.objects.create(
            event=event, person_id=reader.pk, by_id=reader.pk, detail=detail, user_agent=FIREFOX
        )
    client.force_login(reader)

    text = client.get("/account/events/").text

    assert "Mozilla" not in text
    assert "Firefox on Windows" in text
    assert "Terms of use, version 2</span>" in text


def test_the_events_of_others_are_not_shown(client, reader, shipper):
    SecurityEvent.objects.create(event=Event.SIGN_IN, person_id=shipper.pk, detail="theirs")
    SecurityEvent.objects.create(event=Event.SIGN_IN, person_id=shipper.pk, by_id=reader.pk, detail="theirs")
    client.force_login(reader)

    assert "theirs" not in client.get("/account/events/").text
    assert "theirs" not in client.get("/account/").text


def test_the_account_shows_ten_events_and_the_page_fifty_at_a_time(client, reader):
    happen(reader, 120)
    client.force_login(reader)
    assert client.get("/account/").text.count("number ") == 9  # and signing in just now

    seen, path, pages = [], "/account/events/", 0
    while path:
        page = read(client.get(path))
        seen += [row["What"] for row in page.rows]
        path, pages = page.links.get("Next 50"), pages + 1

    numbers = [what[-3:] for what in seen if "number" in what]
    assert numbers == [f"{n:03}" for n in reversed(range(120))]
    assert pages == 3


def test_a_page_of_events_asks_no_more_for_more(client, reader, lso):
    client.force_login(reader)
    counts = []
    for more in (3, 60):
        happen(reader, more)
        with CaptureQueriesContext(connection) as queries:
            client.get("/account/events/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("before", ["x", "-1", "0", "9" * 18, "9" * 19, "0" * 5000, "1\0", "²", "", "1 OR 1=1"])
def test_a_position_that_is_none_shows_the_first_page(client, reader, before):
    client.force_login(reader)

    response = client.get("/account/events/", {"before": before})

    assert response.status_code == 200
    assert read(response).rows


def test_the_position_of_an_event_of_somebody_else_is_none(client, reader, shipper):
    theirs = SecurityEvent.objects.create(event=Event.SIGN_IN, person_id=shipper.pk)
    client.force_login(reader)

    assert "Back to first" not in client.get("/account/events/", {"before": theirs.pk}).text
