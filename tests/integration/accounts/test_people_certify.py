"""The yearly confirmation, on one screen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Certification, Event, Membership
from accounts.operations import certifications
from accounts.origin import SERVICE
from accounts.views import people_certify
from tests.integration.pages import read
from tests.unit.accounts.operations.people_cast import events, held, organisation

SCREEN, START = "/people/certify/", "/people/certify/start/"


@pytest.fixture
def round_(lso, second_lso, reader, shipper):
    return certifications.open_round(organisation(), by_id=None, origin=SERVICE, now=timezone.now())


def decisions(**by_name):
    """The fields of the form: `confirm` or `remove` by the name of the person."""
    keys = {membership.user.name: membership.pk for membership in Membership.objects.select_related("user")}
    return {f"decision-{keys[name.title().replace('_', '-')]}": value for name, value in by_name.items()}


def asked(response):
    return [row["Name"].split()[0] for row in read(response).rows if "Decision" in row]


def test_everybody_is_on_one_screen_undecided(client, lso, round_, other_lso):
    client.force_login(lso)

    response = client.get(SCREEN)

    assert asked(response) == ["Lso", "Reader", "Second-Lso", "Shipper"]
    assert "checked" not in response.text


def test_a_round_is_decided_in_two_goes_by_two_lsos(client, lso, second_lso, reader, shipper, round_):
    client.force_login(lso)
    first = client.post(SCREEN, decisions(reader="confirm", shipper="remove"), follow=True)
    assert "1 confirmed, 1 removed." in first.text
    assert len(asked(first)) == 2
    client.post(SCREEN, decisions(second_lso="confirm"))
    client.force_login(second_lso)

    last = client.post(SCREEN, decisions(lso="confirm"), follow=True)

    assert "this round is done" in last.text
    assert "No round is open." in last.text
    (row,) = read(last).rows
    assert (row["By"], row["Confirmed"], row["Removed"]) == ("Second-Lso", "3", "1")
    assert held(shipper).ended_on == timezone.localdate()
    assert held(reader).certified_at


def test_nothing_chosen_is_told_so(client, lso, round_):
    client.force_login(lso)

    assert "Nothing was decided." in client.post(SCREEN, {}, follow=True).text


def test_what_cannot_be_done_is_said_beside_the_person_and_the_rest_is_done(client, lso, round_, reader):
    client.force_login(lso)

    response = client.post(SCREEN, decisions(lso="confirm", reader="confirm"))

    assert response.status_code == 422
    assert "Another Local Security Officer of" in response.text
    assert held(reader).certified_at
    assert held(lso).certified_at is None


def test_the_last_lso_cannot_be_removed(client, lso, reader):
    certifications.open_round(organisation(), by_id=None, origin=SERVICE, now=timezone.now())
    client.force_login(lso)

    response = client.post(SCREEN, decisions(lso="remove"))

    assert "cannot remove yourself" in response.text
    assert held(lso).ended_on is None


@pytest.mark.parametrize("name", ["decision-x", "decision-", "decision-99999999", "decision-" + "9" * 40, "decision-٣"])
def test_a_form_of_nonsense_decides_nothing(client, lso, round_, name):
    client.force_login(lso)

    assert client.post(SCREEN, {name: "remove"}).status_code == 302
    assert client.post(SCREEN, decisions(reader="perhaps")).status_code == 302
    assert not Membership.objects.filter(ended_on__isnull=False).exists()


def test_people_of_others_are_not_decided_about(client, lso, round_, other_shipper):
    client.force_login(lso)

    client.post(SCREEN, decisions(other_shipper="remove"))

    assert held(other_shipper).ended_on is None


@pytest.mark.parametrize("page", [SCREEN, START])
def test_the_round_of_another_organisation_does_not_exist(client, lso, round_, page):
    client.force_login(lso)

    for key in (organisation("OCT").pk, "x", "9" * 30):
        assert client.post(page, {"organisation": key}).status_code == 404
    assert Certification.objects.count() == 1


def test_a_form_made_under_another_hat_decides_nothing(client, lso, round_, reader):
    client.force_login(lso)

    assert client.post(SCREEN, decisions(reader="remove") | {"acting": "0"}).status_code in {403, 409}
    assert held(reader).ended_on is None


def test_an_lso_opens_a_round_when_they_like(client, lso, second_lso):
    client.force_login(lso)
    assert "No round is open." in client.get(SCREEN).text

    response = client.post(START, follow=True)
    client.post(START)

    assert len(asked(response)) == 2
    assert Certification.objects.count() == 1
    assert [event.by_id for event in events(Event.CERTIFICATION_OPENED)] == [lso.pk]


def test_a_form_that_comes_after_the_round_is_done_is_told_so(client, lso, round_, reader):
    form = decisions(reader="remove")
    Certification.objects.update(done_at=timezone.now())
    client.force_login(lso)

    assert "This round is done" in client.post(SCREEN, form, follow=True).text
    assert held(reader).ended_on is None


def test_a_group_lso_is_led_to_the_organisation_with_an_open_round(client, group_lso, other_shipper):
    certifications.open_round(organisation("OCT"), by_id=None, origin=SERVICE, now=timezone.now())
    client.force_login(group_lso)

    response = client.get(SCREEN)

    assert organisation("OCT").name in read(response).heading
    assert asked(response) == ["Other-Shipper"]
    assert read(client.get(SCREEN, {"organisation": organisation().pk})).heading.endswith(organisation().name)


def test_more_than_fit_on_the_screen_follow(client, lso, round_, monkeypatch):
    monkeypatch.setattr(people_certify, "ON_SCREEN", 3)
    client.force_login(lso)

    response = client.get(SCREEN)

    assert len(asked(response)) == 3
    assert "the next follow" in response.text


def test_a_form_of_150_people_is_taken(client, lso, person):
    people = [person(f"p{number}", "BGF", "shipper") for number in range(150)]
    certifications.open_round(organisation(), by_id=None, origin=SERVICE, now=timezone.now())
    client.force_login(lso)

    form = {
        f"decision-{key}": "confirm" for key in Membership.objects.filter(user__in=people).values_list("pk", flat=True)
    }
    response = client.post(SCREEN, form, follow=True)

    assert "150 confirmed" in response.text


def test_an_overdue_round_says_so(client, lso, round_):
    Certification.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    client.force_login(lso)

    assert "overdue" in client.get(SCREEN).text


@pytest.mark.parametrize("who", ["reader", "auditor"])
def test_others_are_refused(client, request, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(SCREEN).status_code == 403


def test_an_administrator_confirms_the_operators_own(client, administrator, other_support):
    client.force_login(administrator)
    client.post(START)

    client.post(SCREEN, decisions(other_support="remove"))

    assert held(other_support).ended_on == timezone.localdate()


def test_about_oneself_another_lso_is_named_instead_of_a_choice(client, lso, second_lso, round_):
    client.force_login(lso)

    rows = {row["Name"].split()[0]: row["Decision"] for row in read(client.get(SCREEN)).rows}

    assert rows["Lso"].startswith("Another Local Security Officer of")
    assert "Confirm" in rows["Second-Lso"]
    assert "Confirm" not in rows["Lso"]
