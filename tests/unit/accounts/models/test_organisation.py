"""Companies and their short codes: the only record of a market participant."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.models import MarketParticipant, Organisation

SINCE = date(2020, 1, 6)


def participant(organisation, short_code="ZQX", market_role="shipper", **dates):
    return MarketParticipant.objects.create(
        organisation=organisation,
        market_role=market_role,
        short_code=short_code,
        basis="test",
        **{"started_on": SINCE} | dates,
    )


@pytest.fixture
def company(db):
    return Organisation.objects.create(name="Zeta Quality Gas")


def test_one_short_code_may_stand_for_several_roles(company):
    participant(company)
    participant(company, market_role="supplier")

    assert {str(held) for held in company.participants.all()} == {"ZQX (Shipper)", "ZQX (Supplier)"}


def test_a_short_code_has_one_holder_in_a_role(company):
    participant(company)

    with pytest.raises(IntegrityError, match="participant_short_code_has_one_holder"), transaction.atomic():
        participant(company, started_on=date(2021, 1, 1))


def test_a_short_code_may_pass_to_another_company(company):
    participant(company, ended_on=date(2021, 1, 1))

    participant(Organisation.objects.create(name="Heirs of Zeta"), started_on=date(2021, 1, 1))

    for day, holder in [(date(2020, 12, 31), "Zeta Quality Gas"), (date(2021, 1, 1), "Heirs of Zeta")]:
        held = MarketParticipant.objects.in_force(on=day).get(short_code="ZQX")
        assert str(held.organisation) == holder


@pytest.mark.parametrize("short_code", ["zqx", "ZQ", "Z Q", "É12", ""])
def test_a_short_code_has_its_shape(company, short_code):
    with pytest.raises(IntegrityError, match="participant_short_code_has_its_shape"), transaction.atomic():
        participant(company, short_code)


def test_a_market_role_ends_after_it_starts(company):
    with pytest.raises(IntegrityError, match="participant_ends_after_it_starts"), transaction.atomic():
        participant(company, ended_on=SINCE)
