"""An organisation asks a second factor of everybody."""

import pytest

from accounts.models import Organisation, SecurityEvent
from tests.integration.pages import read

PAGE = "/people/second-factor/"


def test_an_lso_asks_everybody_and_it_holds_with_the_next_request(client, lso, reader, second_lso):
    client.force_login(lso)
    organisation = lso.memberships.get().organisation
    form = {"organisation": organisation.pk, "required": "yes"}
    other = type(client)()
    other.force_login(reader)
    assert other.get("/").status_code == 200

    page = client.post(PAGE, form, follow=True)

    assert "asks everybody for a second factor from now on" in page.text
    assert other.get("/").url == "/sign-in/first-factor/?next=/"
    event = SecurityEvent.objects.get(event="organisation:record:changed")
    assert (event.by_id, event.organisation_id) == (lso.pk, organisation.pk)

    client.post(PAGE, form | {"required": "no"})
    assert other.get("/").status_code == 200


def test_asking_what_is_asked_already_changes_nothing(client, lso):
    client.force_login(lso)
    client.post(PAGE, {"organisation": lso.memberships.get().organisation_id, "required": "no"})

    assert not SecurityEvent.objects.filter(event="organisation:record:changed").exists()


@pytest.mark.parametrize("organisation", ["", "none", "0", "99999999999999999999", "\0"])
def test_an_organisation_that_is_not_ones_own_does_not_exist(client, lso, other_shipper, organisation):
    client.force_login(lso)
    theirs = other_shipper.memberships.get().organisation
    for named in (organisation, str(theirs.pk)):
        response = client.post(PAGE, {"organisation": named or "none", "required": "yes"})
        assert response.status_code == 404

    assert not Organisation.objects.filter(requires_second_factor=True).exists()


def test_the_page_names_each_organisation_of_a_group(client, group_lso):
    client.force_login(group_lso)

    page = client.get(PAGE)
    assert read(page).heading == "Second factor of everybody"
    assert page.text.count("Asked of those whose role needs one.") == 2
