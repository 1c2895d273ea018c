"""How many enquiries people make."""

from datetime import date

import pytest

from accounts.models import DailyUse
from accounts.operations.usage import count_enquiry, enquiries_this_month
from tests.conftest import at_once

DAY = date(2026, 11, 25)


def test_enquiries_are_counted_by_person_organisation_and_day(actor, reader, lso):
    acting = actor(reader)
    for day in (DAY, DAY, date(2026, 11, 1), date(2026, 10, 31), date(2026, 11, 26)):
        count_enquiry(actor=acting, day=day)

    assert enquiries_this_month(organisation_ids=[acting.organisation_id], on=DAY) == {reader.pk: 3}
    assert enquiries_this_month(organisation_ids=[-1], on=DAY) == {}


@pytest.mark.usefixtures("committed")
def test_none_is_lost_when_many_come_at_once(actor, reader):
    acting = actor(reader)
    at_once(lambda: count_enquiry(actor=acting, day=DAY), 20)

    assert DailyUse.objects.get().enquiries == 20
