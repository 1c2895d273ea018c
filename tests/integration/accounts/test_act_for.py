"""Acting for one of several organisations, in several tabs, and what stands on the pages of refusals."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import MarketParticipant, Membership
from tests.integration.pages import read


@pytest.fixture
def double(person):
    """Who acts for two organisations; the first by default."""
    user = person("double", "BGF", "shipper", "user")
    join(user, "ECA", "mam", "user")
    return user


def join(user, short_code, market_role, *portal_roles):
    holder = MarketParticipant.objects.get(short_code=short_code, market_role=market_role)
    return Membership.objects.create(
        user=user, organisation=holder.organisation, market_role=market_role, portal_roles=list(portal_roles),
        started_on=date(2021, 1, 1),
    )  # fmt: skip


def both(user):
    return list(Membership.objects.filter(user=user).select_related("organisation").order_by("pk"))


def acts_for(client):
    return client.get("/help/").wsgi_request.actor.membership_id


def test_a_person_changes_whom_they_act_for(client, double):
    first, second = both(double)
    client.force_login(double)
    assert acts_for(client) == first.pk
    before = client.cookies["session"].value

    response = client.post("/account/act-for/", {"membership": second.pk}, follow=True)

    assert f"You now act for {second.organisation.name} (Meter asset manager)." in response.text
    assert acts_for(client) == second.pk
    assert client.cookies["session"].value != before


def test_it_leads_on_to_a_page_of_ours_only(client, double):
    _, second = both(double)
    client.force_login(double)

    assert client.post("/account/act-for/", {"membership": second.pk, "next": "/help/"}).url == "/help/"
    assert client.post("/account/act-for/", {"membership": second.pk, "next": "//evil.example"}).url == "/"


@pytest.mark.parametrize("membership", ["", "0", "x", "-1", "9" * 40, "1\0", "²"])
def test_a_membership_that_is_none_is_not_found(client, double, membership):
    client.force_login(double)

    assert client.post("/account/act-for/", {"membership": membership}).status_code == 404
    assert acts_for(client) == both(double)[0].pk


def test_nobody_acts_under_the_membership_of_another(client, double, administrator):
    theirs = Membership.objects.get(user=administrator)
    client.force_login(double)

    assert client.post("/account/act-for/", {"membership": theirs.pk}).status_code == 404
    assert acts_for(client) == both(double)[0].pk


@pytest.mark.parametrize(
    "change",
    [{"ended_on": date(2022, 1, 1)}, {"disabled_at": timezone.now()}, {"started_on": date(2090, 1, 1)}],
)
def test_nobody_acts_under_a_membership_that_does_not_hold(client, double, change):
    second = both(double)[1]
    Membership.objects.filter(pk=second.pk).update(**change)
    client.force_login(double)

    assert client.post("/account/act-for/", {"membership": second.pk}).status_code == 404


def test_nobody_acts_in_a_market_role_that_the_organisation_gave_up(client, double):
    second = both(double)[1]
    MarketParticipant.objects.filter(organisation=second.organisation, market_role="mam").update(
        ended_on=date(2022, 1, 1)
    )
    client.force_login(double)

    assert client.post("/account/act-for/", {"membership": second.pk}).status_code == 404


# -- a form of another tab


def test_a_form_made_under_the_other_hat_is_refused_and_says_for_whom_it_was(client, person):
    user = person("double", "BGF", "shipper", "user", "exporter")
    join(user, "ECA", "mam", "user", "exporter")
    first, second = both(user)
    client.force_login(user)
    client.post("/account/act-for/", {"membership": second.pk})

    response = client.post(
        "/exports/", {"acting": str(first.pk), "enquiry": "meter-points"},
        headers={"referer": "http://testserver/search/?q=LS1"},
    )  # fmt: skip

    assert response.status_code == 409
    page = read(response)
    assert page.heading == "You act for somebody else now"
    assert f"<strong>{first.organisation.name} (Shipper)</strong>" in response.text
    assert f"<strong>{second.organisation.name} (Meter asset manager)</strong>" in response.text
    assert "Nothing was done." in response.text
    assert page.hidden["next"] == "/search/?q=LS1"
    back = f"Go back to the page for {second.organisation.name} (Meter asset manager)"
    assert page.links[back] == "/search/?q=LS1"
    assert response["X-Request-ID"] in response.text

    client.post("/account/act-for/", {"membership": first.pk, "next": page.hidden["next"]})
    assert acts_for(client) == first.pk


@pytest.mark.parametrize("acting", ["", "0", "x", "9" * 40, "1\0"])
def test_a_form_made_for_nobody_known_is_refused_without_a_way_to_change(client, shipper, lso, acting):
    client.force_login(shipper)

    for wanted in (acting, str(Membership.objects.get(user=lso).pk)):
        response = client.post("/exports/", {"acting": wanted, "enquiry": "meter-points"})

        assert response.status_code == 409
        assert "The form was not made for whom you act for now" in response.text
        assert 'name="membership"' not in response.text


# -- the pages of refusals


def test_who_lacks_a_permission_is_told_whom_to_ask(client, reader, lso, second_lso, other_lso):
    client.force_login(reader)

    response = client.post("/exports/", {"enquiry": "meter-points"})

    assert response.status_code == 403
    links = read(response).links
    assert links[lso.email] == "mailto:lso@example.com"
    assert second_lso.email in links
    assert other_lso.email not in links


def test_where_there_is_no_lso_support_is_asked(client, reader):
    client.force_login(reader)

    response = client.post("/exports/", {"enquiry": "meter-points"})

    assert "Ask operator support" in response.text


def test_who_acts_for_nobody_any_more_is_told_whom_to_ask(client, reader, lso):
    Membership.objects.filter(user=reader).update(disabled_at=timezone.now())
    client.force_login(reader)

    response = client.get("/")

    assert response.status_code == 403
    assert read(response).heading == "Your account is not in use"
    assert lso.email in read(response).links


def test_who_lost_one_of_two_memberships_goes_on_with_the_other(client, double):
    first, second = both(double)
    client.force_login(double)
    client.post("/account/act-for/", {"membership": second.pk})
    Membership.objects.filter(pk=second.pk).update(disabled_at=timezone.now())

    response = client.get("/")
    assert response.status_code == 403
    assert f"Act for {first.organisation.name} (Shipper)" in response.text

    assert client.post("/account/act-for/", {"membership": first.pk}, follow=True).status_code == 200


def test_support_without_a_session_is_led_to_open_one(client, idle_support):
    client.force_login(idle_support)

    response = client.get("/search/")

    assert response.status_code == 403
    assert read(response).heading == "Open a support session first"
    assert read(response).links["Open a support session"] == reverse("operator_support")


def test_an_outsider_s_refusal_names_nobody(client, outsider, lso):
    client.force_login(outsider)

    response = client.get("/")

    assert "Ask operator support" in response.text
    assert lso.email not in response.text
