"""Organisations as the operator sees, makes and changes them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Certification, MarketParticipant, Organisation, OrganisationGroup
from tests.integration.accounts.console import asks_for_proof, long_ago_proved, organisation, said, signed_in
from tests.integration.pages import read

TODAY = timezone.localdate()


def page(held, action=""):
    return f"/operator/organisations/{held.pk}/{action}"


def names(browser, **query):
    return [row["Name"] for row in read(browser.get("/operator/organisations/", query)).rows]


@pytest.fixture
def made(administrator):
    signed_in(administrator).post("/operator/organisations/new/", {"name": "Newcomer Gas", "company_number": "1234567"})
    return Organisation.objects.get(name="Newcomer Gas")


def change(user, held, **form):
    return signed_in(user).post(page(held, "change/"), {"name": held.name} | form, follow=True)


def add_role(user, held, **form):
    good = {"market_role": "shipper", "short_code": "ngs", "started_on": f"{TODAY}"}
    return signed_in(user).post(page(held, "roles/"), good | form, follow=True)


# -- seen


def test_an_organisation_is_found_by_name_and_short_code(auditor):
    browser = signed_in(auditor)

    assert names(browser, q="bgf") == [organisation().name]
    assert organisation().name in names(browser, q="british gas")


def test_all_are_listed_page_by_page(idle_support):
    Organisation.objects.bulk_create(Organisation(name=f"Aaa {number:02}") for number in range(60))
    browser = signed_in(idle_support)

    first = read(browser.get("/operator/organisations/"))
    second = read(browser.get(f"/operator/organisations/{first.links['Next 50']}"))

    listed = [row["Name"] for row in first.rows + second.rows]
    assert len(listed) == len(set(listed)) == 100
    assert [name for name in listed if name.startswith("Aaa")] == [f"Aaa {number:02}" for number in range(60)]


def test_the_list_asks_no_more_for_more_rows(idle_support):
    browser, counts = signed_in(idle_support), []
    for size in (3, 40):
        Organisation.objects.bulk_create(Organisation(name=f"Aaa {size} {number:02}") for number in range(size))
        with CaptureQueriesContext(connection) as queries:
            browser.get("/operator/organisations/", {"q": f"Aaa {size}"})
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_those_without_an_lso_and_those_overdue_are_narrowed_to(idle_support, reader, other_lso):
    """BGF's people have nobody who looks after them; OCT's have, and are late with their confirmation."""
    now = timezone.now()
    Certification.objects.create(organisation=organisation("OCT"), opened_at=now, due_on=TODAY - timedelta(days=1))
    browser = signed_in(idle_support)

    assert names(browser, without="lso") == [organisation().name]
    assert names(browser, overdue="yes") == [organisation("OCT").name]


def test_the_page_says_who_looks_after_it_or_that_support_does(auditor, reader):
    browser = signed_in(auditor)
    assert read(browser.get(page(organisation()))).values["Local Security Officers"] == "None: operator support acts"


def test_the_page_names_its_lsos_people_and_support_sessions(auditor, reader, lso, group_lso, support):
    seen = read(signed_in(auditor).get(page(organisation())))

    assert seen.values["Local Security Officers"] == "Group-Lso, Lso"
    assert seen.values["People"] == "3"
    assert "Call 4711: the caller's site is not found." in [row.get("Reason") for row in seen.rows]


def test_only_who_may_change_is_offered_to(auditor, administrator):
    assert "Change" not in read(signed_in(auditor).get(page(organisation()))).links
    assert "Change" in read(signed_in(administrator).get(page(organisation()))).links


# -- made and changed


def test_an_organisation_is_made_with_its_whole_company_number(made):
    assert made.company_number == "01234567"


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"name": ""}, "Enter the name."),
        ({"name": "Newcomer Gas"}, "This name is taken already."),
        ({"name": "X", "company_number": "12-45678"}, "A company number is eight digits"),
        ({"name": "X", "company_number": "123456789"}, "A company number has eight characters."),
        ({"name": "X", "company_number": "ßßßßßßßß"}, "A company number is eight digits"),
        ({"name": "X" * 151}, "A name has at most 150 characters."),
    ],
)
def test_what_is_wrong_is_said_beside_its_box(administrator, made, form, problem):
    response = signed_in(administrator).post("/operator/organisations/new/", form)

    assert problem in response.text
    assert "There is a problem" in response.text


def test_a_changed_organisation_says_what_changed(administrator, made):
    group = OrganisationGroup.objects.create(name="Group")

    response = change(administrator, made, name="Newcomer", group=str(group.pk), company_number="SC123456")

    assert said(response) == [
        "Changed: name: Newcomer Gas to Newcomer; company number: 01234567 to SC123456; group: none to Group."
    ]


def test_a_second_factor_that_everybody_must_have_counts_with_the_next_page(administrator, reader, client):
    client.force_login(reader)
    assert client.get("/").status_code == 200

    change(administrator, organisation(), requires_second_factor="on")

    assert client.get("/").url.startswith("/sign-in/first-factor/")


def test_the_last_lso_is_not_lost_by_leaving_a_group(administrator, group_lso, person):
    person("someone", "OCT", "shipper")

    response = change(administrator, organisation("OCT"), group="")

    assert "This would leave nobody to look after the people of" in response.text
    assert organisation("OCT").group is not None


def test_a_group_is_made_once(administrator):
    browser = signed_in(administrator)
    assert said(browser.post("/operator/groups/", {"name": "Group"}, follow=True)) == [
        "Group is made. Put organisations into it on their own pages."
    ]

    assert "This name is taken already." in browser.post("/operator/groups/", {"name": "Group"}).text


# -- mail domains


def test_a_domain_is_added_and_removed(administrator, made):
    browser = signed_in(administrator)

    browser.post(page(made, "domains/"), {"domain": "@Newcomer.Example"})
    domain = made.domains.get()
    assert domain.domain == "newcomer.example"

    browser.post(page(made, f"domains/{domain.pk}/"))
    assert not made.domains.exists()


@pytest.mark.parametrize(
    ("domain", "problem"),
    [
        ("", "Enter a domain."),
        ("gmail.com", "Anybody can have an address at gmail.com: no organisation owns it."),
        ("no dots", "A domain reads like company.co.uk"),
        ("twice.example", "This domain is listed already."),
        ("x" * 254, "A domain has at most 253 characters."),
        (".".join(["é"] * 120), "A domain has at most 253 characters."),
    ],
)
def test_a_domain_that_will_not_do_is_refused(administrator, made, domain, problem):
    made.domains.create(domain="twice.example")

    assert problem in signed_in(administrator).post(page(made, "domains/"), {"domain": domain}).text
    assert made.domains.count() == 1


# -- market roles


def test_a_market_role_is_added(administrator, made):
    add_role(administrator, made)

    assert [str(one) for one in made.participants.all()] == ["NGS (Shipper)"]


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"market_role": "operator"}, "Choose a market role from the list."),
        ({"short_code": "BGF"}, "holds this short code in this role without an end."),
        ({"short_code": "N!"}, "A short code is three or four capital letters or digits."),
        ({"short_code": "ßßßß"}, "A short code is three or four capital letters or digits."),
        ({"started_on": ""}, "Enter the first day."),
        ({"started_on": "soon"}, "Enter a date like 5/4/2026."),
        ({"started_on": "1066-10-14"}, "Enter a date between 1990 and 2100."),
        ({"ended_on": f"{TODAY}"}, "A market role must end after it starts."),
    ],
)
def test_a_market_role_that_will_not_do_is_refused_beside_its_box(administrator, made, form, problem):
    assert problem in add_role(administrator, made, **form).text
    assert not made.participants.exists()


def test_who_is_affected_is_said_before_a_role_ends(administrator, reader, lso, client):
    held = MarketParticipant.objects.get(short_code="BGF", market_role="shipper")
    MarketParticipant.objects.filter(organisation=held.organisation, market_role="shipper").exclude(pk=held.pk).update(
        ended_on=TODAY
    )
    browser = signed_in(administrator)

    shown = " ".join(browser.get(page(held.organisation, f"roles/{held.pk}/")).text.split())
    assert "2 people act for" in shown
    assert "1 of them as Local Security Officer" in shown
    assert f"Nobody looks after the people of {held.organisation.name} from then on." in shown

    client.force_login(reader)
    browser.post(page(held.organisation, f"roles/{held.pk}/"), {"ended_on": f"{TODAY}"})

    assert client.get("/").status_code == 403
    assert browser.get(page(held.organisation, f"roles/{held.pk}/")).status_code == 404
    assert held.organisation.name in browser.get("/operator/organisations/?without=1").text


def test_a_role_does_not_end_in_the_past(administrator):
    held = MarketParticipant.objects.get(short_code="BGF", market_role="shipper")

    response = signed_in(administrator).post(
        page(held.organisation, f"roles/{held.pk}/"), {"ended_on": f"{TODAY - timedelta(days=1)}"}
    )

    assert "Choose today or a later day" in response.text


def test_the_operators_own_role_has_no_end_here(administrator):
    held = MarketParticipant.objects.get(market_role="operator")

    assert signed_in(administrator).get(page(held.organisation, f"roles/{held.pk}/")).status_code == 404
    assert signed_in(administrator).post(page(held.organisation, f"roles/{held.pk}/")).status_code == 404


# -- who may


@pytest.mark.parametrize("role", ["idle_support", "security", "auditor", "lso", "group_lso"])
def test_only_administrators_change_organisations(request, role):
    browser, held = signed_in(request.getfixturevalue(role)), organisation()
    for action in ("change/", "domains/", "roles/"):
        assert browser.post(page(held, action), {"name": "Mine", "domain": "mine.example"}).status_code == 403
    assert browser.post("/operator/organisations/new/", {"name": "Mine"}).status_code == 403
    assert browser.post("/operator/groups/", {"name": "Mine"}).status_code == 403


def test_a_change_needs_a_fresh_proof(administrator, made):
    browser = long_ago_proved(administrator)

    for action in ("change/", "domains/", "roles/"):
        assert asks_for_proof(browser.post(page(made, action), {"name": "Other", "domain": "o.example"}))
    assert Organisation.objects.filter(name="Newcomer Gas").exists()
