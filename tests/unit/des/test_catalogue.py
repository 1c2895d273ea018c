"""The catalogue: the channels' only way to the domain."""

from datetime import UTC, datetime

import pytest

from des.catalogue import ENQUIRIES, data_as_at, enquiry_named, meter_point_statuses
from des.meterpoints.enquiry import MeterPointEnquiry
from des.parties.models import RegisterState
from tests.conftest import owning


def test_an_enquiry_is_found_by_its_slug():
    assert enquiry_named("meter-points") is MeterPointEnquiry
    assert len({enquiry.slug for enquiry in ENQUIRIES}) == len(ENQUIRIES)


@pytest.mark.parametrize("slug", ["", "no-such-enquiry", "METER-POINTS"])
def test_there_is_no_enquiry_of_another_name(slug):
    with pytest.raises(KeyError):
        enquiry_named(slug)


def test_the_register_says_up_to_when_it_is_complete(db):
    moment = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    with owning():
        RegisterState.objects.update(as_at=moment)

    assert data_as_at() == moment


def test_a_register_that_was_never_loaded_says_nothing(db):
    with owning():
        RegisterState.objects.all().delete()

    assert data_as_at() is None


def test_statuses_come_with_their_meanings(db):
    assert ("LI", "Live") in meter_point_statuses()
