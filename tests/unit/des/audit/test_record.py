"""Who looked at what."""

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from des.audit.models import Channel, Decision
from des.audit.record import record_enquiry
from tests.conftest import audited


@pytest.fixture
def event(actor, shipper):
    record_enquiry(
        actor=actor(shipper),
        channel=Channel.SCREEN,
        enquiry="meter-points",
        criteria={"postcode": "LS1 4AP"},
        result_count=2,
        shown=[4057369204, 5454555],
        address="192.0.2.7",
        request_id="ab12",
    )
    return audited()[0]


def test_an_enquiry_is_written_with_who_for_whom_what_and_under_which_rules(event, actor, shipper):
    asked_by = actor(shipper)

    assert (event.person_id, event.organisation_id) == (shipper.pk, asked_by.organisation_id)
    assert (event.market_role, event.matrix_version) == ("shipper", asked_by.matrix.version)
    assert (event.channel, event.enquiry, event.criteria) == ("screen", "meter-points", {"postcode": "LS1 4AP"})
    assert (event.decision, event.result_count, event.shown) == (Decision.ANSWERED, 2, [4057369204, 5454555])
    assert (event.address, event.request_id) == ("192.0.2.7", "ab12")
    assert str(event).startswith("meter-points at 20")


def test_the_database_says_when(event):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s BETWEEN now() AND clock_timestamp()", [event.at])
        assert cursor.fetchone() == (True,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_enquiryevent SET enquiry = 'nothing'",
        "DELETE FROM audit_enquiryevent",
        "TRUNCATE audit_enquiryevent",
        "ALTER TABLE audit_enquiryevent DISABLE TRIGGER ALL",
        "DROP TABLE audit_enquiryevent",
    ],
)
def test_the_application_cannot_change_what_was_written(event, statement):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        connection.cursor().execute(statement)

    assert audited() == [event]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_enquiryevent (id) VALUES (1)",
        "INSERT INTO audit_enquiryevent (at) VALUES ('2020-01-01')",
    ],
)
def test_the_application_cannot_choose_what_the_database_says(db, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize("statement", ["TABLE audit_enquiryevent", "SELECT criteria FROM audit_enquiryevent"])
def test_the_application_cannot_read_who_looked_at_what(event, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


def test_what_cannot_be_written_raises_so_that_nothing_is_shown(actor, shipper):
    with pytest.raises(DatabaseError), transaction.atomic():
        record_enquiry(
            actor=actor(shipper),
            channel=Channel.SCREEN,
            enquiry="x" * 41,
            criteria={},
            result_count=0,
            address=None,
            request_id="",
        )
