"""Access requests as they are made: by LSOs, and by the calendar."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts import mail
from accounts.minting import MINTS
from accounts.models import AccessRequest, Membership, Organisation, RequestKind, RequestState, SecurityEvent
from accounts.operations import requests
from accounts.operations.memberships import NotGrantable
from accounts.origin import SERVICE
from accounts.permissions import PortalRole
from tests.conftest import at_once
from tests.integration.accounts.request_cast import asked, lso_asked, lso_invitation_asked, organisation


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-23", 3, "2026-11-26"),  # Monday to Thursday
        ("2026-11-26", 3, "2026-12-01"),  # over a weekend
        ("2026-11-28", 1, "2026-11-30"),  # from a Saturday
        ("2026-11-29", 5, "2026-12-04"),  # from a Sunday
        ("2026-11-27", 0, "2026-11-27"),
    ],
)
def test_working_days_are_monday_to_friday(start, days, end):
    moment = datetime.fromisoformat(f"{start}T14:05").replace(tzinfo=UTC)

    assert requests.working_days_later(moment, days).isoformat() == f"{end}T14:05:00+00:00"


def test_the_time_of_day_stays_when_the_clocks_change():
    friday = datetime(2026, 3, 27, 9, 30, tzinfo=UTC)  # the last before summer time

    assert requests.working_days_later(friday, 1).strftime("%a %H:%M") == "Mon 09:30"


def test_asking_for_an_lso_counts_as_the_first_approval(lso, reader):
    request = lso_asked(reader, lso)

    assert (request.kind, request.state, request.person) == (RequestKind.LSO, RequestState.OPEN, reader)
    assert (request.organisation, request.portal_roles) == (organisation(), ["lso"])
    assert (request.approvals.get().by, request.approvals_needed) == (lso, 2)
    assert SecurityEvent.objects.filter(event="access:request:made", by_id=lso.pk, person_id=reader.pk).exists()
    assert Membership.objects.get(user=reader).portal_roles == ["user"]


def test_asking_again_gives_the_open_request_and_no_second_approval(lso, second_lso, reader):
    request = lso_asked(reader, lso)

    assert lso_asked(reader, second_lso) == request
    assert request.approvals.count() == 1


def test_after_the_end_it_can_be_asked_anew(lso, reader):
    first = lso_asked(reader, lso)
    AccessRequest.objects.update(state=RequestState.REJECTED, rejection="R01", decided_at=timezone.now())

    assert lso_asked(reader, lso) != first


@pytest.mark.parametrize("email", [" LSO@example.com", "lso+2@Example.com"])
def test_nobody_asks_for_themselves(lso, email):
    with pytest.raises(requests.OwnRequest):
        lso_asked(lso, lso)
    with pytest.raises(requests.OwnRequest):
        lso_invitation_asked(lso, email=email)
    assert not AccessRequest.objects.exists()


@pytest.mark.parametrize("roles", [[PortalRole.EXPORTER], [PortalRole.LSO, PortalRole.ADMINISTRATOR]])
def test_other_roles_are_not_asked_for_in_this_way(lso, reader, roles):
    with pytest.raises(NotGrantable):
        lso_asked(reader, lso, *roles)


def test_an_invitation_of_an_lso_is_asked_for_once(lso, second_lso):
    request = lso_invitation_asked(lso)

    assert (request.kind, request.state, request.filed_by) == (RequestKind.PERSON, RequestState.OPEN, lso)
    assert (request.approvals.get().by, request.approvals_needed, request.confirmed_at) == (lso, 2, None)
    assert lso_invitation_asked(second_lso, email="NORA@example.com") == request


@pytest.mark.usefixtures("committed")
def test_of_twenty_who_ask_for_one_lso_at_once_one_request_is_made(lso, reader):
    made = at_once(lambda: lso_asked(reader, lso), 20)

    assert len({request.pk for request in made}) == AccessRequest.objects.count() == 1


@pytest.mark.usefixtures("committed")
def test_of_twenty_who_ask_for_one_invitation_at_once_one_request_is_made(lso):
    made = at_once(lambda: lso_invitation_asked(lso), 20)

    assert len({request.pk for request in made}) == AccessRequest.objects.count() == 1


@pytest.mark.parametrize("text", ["BGF", " bgf ", "{name}", "{upper}"])
def test_an_organisation_is_found_by_its_name_or_short_code(db, text):
    name = organisation().name

    assert requests.organisation_called(text.format(name=name, upper=name.upper())) == organisation()


@pytest.mark.parametrize("text", ["", "BG", "DES", "nobody", "%", "\U0001f600"])
def test_what_names_no_organisation_or_the_operator_finds_none(db, text):
    assert requests.organisation_called(text) is None


def test_a_name_that_two_have_finds_none(db):
    Organisation.objects.create(name="bgf")  # the short code of another

    assert requests.organisation_called("BGF") is None


def test_what_was_approved_says_what_it_would_give(db):
    request = asked(ends_on=timezone.localdate() + timedelta(days=9), portal_roles=["user", "exporter"])

    what = requests.given_by(request)
    assert what.startswith(f"{organisation().name}; Shipper; Exporter, User; until ")
    assert requests.given_by(asked(portal_roles=["user"])) != requests.given_by(asked(portal_roles=["lso"]))


def test_whose_second_factor_is_said_to_be_lost_hears_of_it_once(shipper, idle_support, mailoutbox):
    filed = ask_for_lost_factor(shipper, filed_by=idle_support)
    ask_for_lost_factor(shipper)

    mail.send_waiting(mints=MINTS, now=timezone.now())
    (message,) = mailoutbox
    assert message.to == [shipper.email]
    assert "Support of operator support filed a request to take every second factor" in message.body
    assert f"reject\nrequest {filed.reference}" in message.body
    assert "http://localhost:8000/reset/" in message.body


def test_who_lost_it_themselves_hears_that_their_password_was_used(shipper, mailoutbox):
    ask_for_lost_factor(shipper)

    mail.send_waiting(mints=MINTS, now=timezone.now())
    assert "Somebody who knows your password" in mailoutbox[0].body


def ask_for_lost_factor(person, filed_by=None):
    return requests.ask_for_lost_factor(person=person, filed_by=filed_by, reason="", origin=SERVICE, now=timezone.now())


def test_the_service_knows_nobody_by_a_lost_address(db, idle_support):
    with pytest.raises(requests.NoAccount):
        requests.file_mailed(
            kind=RequestKind.LOST_FACTOR,
            email="nobody@example.com",
            name="Nobody",
            organisation_name="",
            portal_roles=[],
            text="Lost it.",
            by=idle_support,
            origin=SERVICE,
            now=timezone.now(),
        )
