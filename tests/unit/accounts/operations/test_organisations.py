"""Organisations: made, changed, and their domains and market roles."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import MarketParticipant, Membership, Organisation, OrganisationGroup, SecurityEvent
from accounts.operations import organisations
from accounts.operations.memberships import LastKeeper
from accounts.origin import SERVICE
from accounts.permissions import MarketRole
from tests.conftest import at_once

NOW = timezone.now()
TODAY = timezone.localdate(NOW)


def details():
    return [event.detail for event in SecurityEvent.objects.filter(event="organisation:record:changed").order_by("pk")]


def refusal(call):
    with pytest.raises(ValidationError) as raised:
        call()
    return raised.value.message_dict


@pytest.fixture
def made(administrator):
    return organisations.make(name="Newcomer Gas", company_number="01234567", by=administrator, origin=SERVICE)


@pytest.fixture
def bgf(database):
    return Organisation.objects.get(participants__short_code="BGF", participants__market_role="shipper")


def change(organisation, by, **changed):
    was = {
        "name": organisation.name,
        "company_number": organisation.company_number,
        "group": organisation.group,
        "requires_second_factor": organisation.requires_second_factor,
    }
    return organisations.change(organisation=organisation, **(was | changed), by=by, origin=SERVICE, now=NOW)


def add_role(organisation, by, short_code="NGS", role=MarketRole.SHIPPER, since=TODAY, until=None):
    return organisations.add_role(
        organisation=organisation, market_role=role, short_code=short_code, started_on=since, ended_on=until, by=by,
        origin=SERVICE,
    )  # fmt: skip


def end_role(participant, on, by):
    organisations.end_role(participant=participant, ended_on=on, by=by, origin=SERVICE, now=NOW)


def test_a_name_is_taken_once(made, administrator):
    make = {"name": "Newcomer Gas", "company_number": "", "by": administrator, "origin": SERVICE}

    assert refusal(lambda: organisations.make(**make)) == {"name": ["This name is taken already."]}
    assert Organisation.objects.filter(name="Newcomer Gas").count() == 1


def test_a_company_number_of_another_shape_is_refused_beside_its_field(administrator):
    make = {"name": "X", "company_number": "12", "by": administrator, "origin": SERVICE}

    assert refusal(lambda: organisations.make(**make)) == {
        "company_number": ["A company number is eight digits, or two letters and six digits."]
    }


def test_what_changed_is_written_down(made, administrator):
    group = organisations.make_group(name="Group", by=administrator, origin=SERVICE)

    change(made, administrator, name="Newcomer", group=group, requires_second_factor=True)

    made.refresh_from_db()
    assert (made.name, made.group, made.requires_second_factor) == ("Newcomer", group, True)
    assert details()[-1] == (
        "name: Newcomer Gas to Newcomer; group: none to Group; second factor of everybody: by role to required"
    )


def test_what_is_as_it_was_is_no_event(made, administrator):
    assert change(made, administrator) == []
    assert len(details()) == 1


def test_an_organisation_whose_only_lso_is_of_the_group_does_not_leave_it(group_lso, person, administrator):
    person("someone", "OCT", "shipper")
    organisation = Organisation.objects.get(participants__short_code="OCT", participants__market_role="shipper")

    with pytest.raises(LastKeeper):
        change(organisation, administrator, group=None)

    assert Organisation.objects.get(pk=organisation.pk).group == OrganisationGroup.objects.get()


def test_nor_does_the_one_that_the_only_group_lso_is_of(group_lso, person, administrator, bgf):
    person("someone", "OCT", "shipper")

    with pytest.raises(LastKeeper):
        change(bgf, administrator, group=None)


def test_the_operators_own_organisation_is_in_no_group(administrator):
    group = organisations.make_group(name="Group", by=administrator, origin=SERVICE)
    operator = Organisation.objects.get(participants__market_role="operator")

    assert "group" in refusal(lambda: change(operator, administrator, group=group))
    assert Organisation.objects.get(pk=operator.pk).group is None


def test_an_organisation_with_an_lso_of_its_own_leaves_its_group(group_lso, other_lso, administrator):
    organisation = Organisation.objects.get(participants__short_code="OCT", participants__market_role="shipper")

    assert change(organisation, administrator, group=None) == ["group: Group of two to none"]


# -- mail domains


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Company.CO.UK", "company.co.uk"),
        (" @company.co.uk. ", "company.co.uk"),
        ("gås.example", "xn--gs-yia.example"),
    ],
)
def test_a_domain_is_kept_in_one_form(typed, kept):
    assert organisations.domain_of(typed) == kept


@pytest.mark.parametrize("typed", ["gmail.com", "GMAIL.com", "a..b", "x" * 64 + ".example", ""])
def test_a_domain_that_nobody_owns_or_that_is_none_is_refused(typed, made, administrator):
    with pytest.raises(ValidationError):
        organisations.add_domain(
            organisation=made, domain=organisations.domain_of(typed), by=administrator, origin=SERVICE
        )


@pytest.mark.parametrize("domain", ["company", "-a.example", "a b.example", "a_b.example"])
def test_the_database_refuses_what_has_not_the_shape_of_a_domain(made, administrator, domain):
    add = {"organisation": made, "domain": domain, "by": administrator, "origin": SERVICE}

    assert refusal(lambda: organisations.add_domain(**add)) == {
        "domain": ["A domain reads like company.co.uk, in small letters."]
    }


def test_a_domain_is_listed_once_and_removed_once(made, administrator):
    add = {"organisation": made, "domain": "n.example", "by": administrator, "origin": SERVICE}
    organisations.add_domain(**add)
    assert refusal(lambda: organisations.add_domain(**add)) == {"domain": ["This domain is listed already."]}

    domain = made.domains.get()
    organisations.remove_domain(domain=domain, by=administrator, origin=SERVICE)
    organisations.remove_domain(domain=domain, by=administrator, origin=SERVICE)

    assert details()[1:] == ["Mail domain added: n.example", "Mail domain removed: n.example"]


# -- market roles


def test_a_market_role_is_given_from_a_day(made, administrator):
    participant = add_role(made, administrator)

    assert (participant.started_on, participant.ended_on, participant.basis) == (TODAY, None, "operator")
    assert details()[-1].startswith("Market role added: NGS (Shipper) from ")


def test_a_short_code_that_another_holds_is_refused_beside_its_field(made, bgf, administrator):
    assert refusal(lambda: add_role(made, administrator, "BGF")) == {
        "short_code": [f"{bgf.name} holds this short code in this role without an end."]
    }


def test_a_short_code_may_pass_from_one_to_another_without_an_overlap(made, administrator):
    other = organisations.make(name="Other", company_number="", by=administrator, origin=SERVICE)
    end = TODAY + timedelta(days=10)
    add_role(made, administrator, until=end)

    assert "short_code" in refusal(lambda: add_role(other, administrator, since=end - timedelta(days=1)))
    before = {"since": TODAY - timedelta(days=9), "until": TODAY}
    assert add_role(other, administrator, **before).pk
    assert add_role(other, administrator, since=end).pk


@pytest.mark.parametrize(
    ("short_code", "until", "problem"),
    [
        ("n!", None, {"short_code": ["A short code is three or four capital letters or digits."]}),
        ("NGS", TODAY, {"ended_on": ["A market role must end after it starts."]}),
    ],
)
def test_constraints_speak_beside_their_fields(made, administrator, short_code, until, problem):
    assert refusal(lambda: add_role(made, administrator, short_code, until=until)) == problem


def test_the_operators_own_role_is_neither_given_nor_ended(made, administrator):
    with pytest.raises(organisations.OperatorsOwn):
        add_role(made, administrator, "DEX", MarketRole.OPERATOR)
    with pytest.raises(organisations.OperatorsOwn):
        end_role(MarketParticipant.objects.get(market_role="operator"), TODAY, administrator)


def test_a_role_ends_and_its_people_act_no_more(made, administrator, person, actor):
    user = person("worker")
    participant = add_role(made, administrator, since=date(2020, 1, 6))
    Membership.objects.create(
        user=user, organisation=made, market_role="shipper", portal_roles=["lso"], started_on=date(2020, 1, 6)
    )
    assert actor(user).short_codes == ("NGS",)
    assert organisations.affected(participant, on=TODAY) == {"people": 1, "lsos": 1}

    end_role(participant, TODAY, administrator)

    with pytest.raises(AssertionError):
        actor(user)
    with pytest.raises(organisations.Over):
        end_role(participant, TODAY + timedelta(days=1), administrator)


def test_nobody_is_affected_where_another_short_code_stays(made, administrator, reader):
    first = add_role(made, administrator, since=date(2020, 1, 6))
    add_role(made, administrator, "NGT", since=date(2020, 1, 6))
    Membership.objects.create(
        user=reader, organisation=made, market_role="shipper", portal_roles=["user"], started_on=date(2020, 1, 6)
    )

    assert organisations.affected(first, on=TODAY) == {"people": 0, "lsos": 0}


def test_who_is_left_alone_is_written_down_as_a_role_ends(lso, person, administrator, bgf):
    held = list(MarketParticipant.objects.in_force(on=TODAY).filter(organisation=bgf, market_role="shipper"))
    for participant in held[1:]:
        end_role(participant, TODAY, administrator)
        assert "Nobody looks after" not in details()[-1]

    assert organisations.left_alone(held[0], on=TODAY) == [bgf]
    end_role(held[0], TODAY, administrator)

    assert details()[-1].endswith(f"Nobody looks after the people of {bgf.name} from then on")


def test_an_organisation_of_the_group_is_left_alone_and_one_with_another_lso_is_not(group_lso, person, bgf):
    person("of-the-supplier", "BGF", "supplier", "lso")
    held = list(MarketParticipant.objects.in_force(on=TODAY).filter(organisation=bgf, market_role="shipper"))
    MarketParticipant.objects.filter(pk__in=[participant.pk for participant in held[1:]]).update(ended_on=TODAY)

    other = Organisation.objects.get(participants__short_code="OCT", participants__market_role="shipper")
    assert organisations.left_alone(held[0], on=TODAY) == [other]


@pytest.fixture
def tidied(committed):
    """Organisations outlive a test that commits: take away what it made."""
    yield
    made = Organisation.objects.filter(name__startswith="Rival")
    MarketParticipant.objects.filter(organisation__in=made).delete()
    made.delete()


def test_of_many_that_take_one_short_code_at_once_one_gets_it(tidied, administrator):
    rivals = [
        organisations.make(name=f"Rival {number}", company_number="", by=administrator, origin=SERVICE)
        for number in range(6)
    ]
    waiting = list(rivals)
    end = TODAY + timedelta(days=9)

    def take():
        rival = waiting.pop()
        # Other days of beginning, so that no unique constraint could help.
        return add_role(rival, administrator, "RIV", since=TODAY - timedelta(days=len(waiting)), until=end)

    refused = [raised for raised in at_once(take, 6) if isinstance(raised, ValidationError)]

    assert len(refused) == 5
    assert MarketParticipant.objects.filter(short_code="RIV").count() == 1
