"""Security events, found and told."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.events import record
from accounts.models import Event, Organisation
from accounts.operations import event_log
from accounts.origin import SERVICE

TODAY = timezone.localdate()


def happened(user, *, by=None, event=Event.ROLE_GRANTED, organisation=None):
    record(event, origin=SERVICE, person=user, by_id=by.pk if by else None, organisation_id=organisation)


def kinds(**asked):
    page, _ = event_log.page_of(event_log.Asked(**asked), before=None)
    return [told.event.event for told in page]


@pytest.fixture
def bgf(db):
    return Organisation.objects.get(participants__short_code="BGF", participants__market_role="shipper")


def test_of_a_person_what_happened_to_them_and_what_they_did(reader, lso, shipper):
    happened(reader, by=lso, event=Event.ROLE_GRANTED)
    happened(shipper, by=reader, event=Event.ROLE_REMOVED)
    happened(shipper, by=lso, event=Event.MEMBERSHIP_ENDED)

    assert kinds(email="READER@example.com") == [*kinds(email=reader.email)]
    found = kinds(email=reader.email)
    assert Event.ROLE_GRANTED in found
    assert Event.ROLE_REMOVED in found
    assert Event.MEMBERSHIP_ENDED not in found


def test_nobody_with_the_address_is_nothing_found(reader):
    happened(reader)

    assert kinds(email="nobody@example.com") == []


def test_events_are_narrowed_by_kind_organisation_and_days(reader, bgf):
    happened(reader, event=Event.INVITED, organisation=bgf.pk)
    happened(reader, event=Event.UNLOCKED)

    assert kinds(kind=Event.INVITED) == [Event.INVITED]
    assert kinds(organisation=bgf) == [Event.INVITED]
    assert Event.UNLOCKED in kinds(since=TODAY, until=TODAY)
    assert kinds(since=TODAY + timedelta(days=1)) == []
    assert kinds(until=TODAY - timedelta(days=1)) == []


def test_pages_follow_one_another_without_gap_or_repetition(reader):
    for _ in range(120):
        happened(reader, event=Event.UNLOCKED)
    asked = event_log.Asked(kind=Event.UNLOCKED)

    seen, before, pages = [], None, 0
    while pages == 0 or before:
        page, before = event_log.page_of(asked, before=before)
        seen += [told.event.pk for told in page]
        pages += 1

    assert pages == 3
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)


def test_a_file_is_fetched_in_chunks_and_holds_everything(reader, monkeypatch):
    monkeypatch.setattr(event_log, "CHUNK", 7)
    for _ in range(20):
        happened(reader, event=Event.UNLOCKED)

    rows = list(event_log.rows(event_log.Asked(kind=Event.UNLOCKED)))

    assert len(rows) == 20
    assert {len(row) for row in rows} == {len(event_log.HEADINGS)}


def test_more_than_a_file_holds_is_known_beforehand(reader, monkeypatch):
    monkeypatch.setattr(event_log, "MOST_ROWS", 3)
    for _ in range(3):
        happened(reader, event=Event.UNLOCKED)
    assert not event_log.too_many(event_log.Asked(kind=Event.UNLOCKED))

    happened(reader, event=Event.UNLOCKED)

    assert event_log.too_many(event_log.Asked(kind=Event.UNLOCKED))


def test_names_cost_the_same_however_many_rows_there_are(person, lso):
    counts = []
    for size in (2, 20):
        for number in range(size):
            happened(person(f"p{size}-{number}"), by=lso, event=Event.UNLOCKED)
        with CaptureQueriesContext(connection) as queries:
            event_log.page_of(event_log.Asked(kind=Event.UNLOCKED), before=None)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("detail", "more"),
    [
        ("on leave", "on leave"),
        ("by Lso", ""),
        ("3: by Lso, BG Forties (Shipper)", "3"),
        ("BG Forties as Shipper. Ended by Lso.", "BG Forties as Shipper"),
        ("by Lsomething", "by Lsomething"),
        (f"Terms of use, version 1, SHA-256 {'0' * 64}", "Terms of use, version 1"),
    ],
)
def test_who_did_it_is_not_told_twice_nor_what_is_evidence_only(reader, lso, detail, more):
    record(Event.UNLOCKED, origin=SERVICE, person=reader, by_id=lso.pk, detail=detail)

    (told,), _ = event_log.page_of(event_log.Asked(kind=Event.UNLOCKED), before=None)

    assert told.more == more
    assert detail in told.cells()
