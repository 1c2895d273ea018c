"""Whom a person may ask."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.asking import about_refusal, keepers_by_organisation
from accounts.models import MarketParticipant, Membership, Organisation


def organisation_of(user):
    return Organisation.objects.get(memberships__user=user)


def named(organisation, **options):
    found = keepers_by_organisation([organisation], on=timezone.localdate(), **options)[organisation.pk]
    return {keeper.email for keeper in found}


def test_the_lsos_of_the_organisation_are_asked(reader, lso, second_lso, other_lso):
    assert named(organisation_of(reader)) == {lso.email, second_lso.email}


def test_nobody_is_told_to_ask_themselves(lso, second_lso):
    assert named(organisation_of(lso), but=lso) == {second_lso.email}


def test_a_group_lso_is_asked_for_every_company_of_the_group_and_no_other(group_lso, lso, other_lso, supplier):
    for_the_other = named(organisation_of(other_lso))

    assert for_the_other == {other_lso.email, group_lso.email}
    assert lso.email not in for_the_other


def test_a_group_lso_is_not_asked_for_companies_that_are_in_no_group(group_lso, person):
    stranger = person("stranger", "OVO", "shipper")

    assert named(organisation_of(stranger)) == set()


@pytest.mark.parametrize(
    "change", [{"disabled_at": timezone.now()}, {"ended_on": date(2021, 1, 1)}, {"portal_roles": ["user"]}]
)
def test_who_is_no_lso_any_more_is_not_asked(reader, lso, change):
    Membership.objects.filter(user=lso).update(**change)

    assert named(organisation_of(reader)) == set()


def test_an_lso_in_a_market_role_that_has_ended_is_not_asked(reader, person):
    lapsed = person("lapsed", "BGF", "supplier", "lso")
    supplies = MarketParticipant.objects.filter(organisation=organisation_of(lapsed), market_role="supplier")
    assert named(organisation_of(reader)) == {lapsed.email}

    supplies.update(ended_on=timezone.localdate())

    assert named(organisation_of(reader)) == set()


def test_whom_to_ask_is_one_question_however_many_organisations(
    reader, lso, other_lso, group_lso, django_assert_num_queries
):
    organisations = [organisation_of(reader), organisation_of(other_lso)]

    with django_assert_num_queries(1):
        keepers_by_organisation(organisations, on=timezone.localdate())


@pytest.mark.parametrize("user", [None, AnonymousUser()])
def test_a_request_that_nobody_made_has_nobody_to_ask(rf, user):
    request = rf.get("/")
    if user:
        request.user = user

    assert about_refusal(request) == {"keepers": [], "others": []}
