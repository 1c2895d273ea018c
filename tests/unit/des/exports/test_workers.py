"""Workers that are slow, late or cut off: one file, of the attempt that holds the job."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from des.catalogue import data_as_at
from des.exports import jobs, lease
from des.exports.csv_file import csv_blocks
from des.exports.models import Export, State
from des.exports.reader import READER, reader


@pytest.fixture
def instead(monkeypatch):
    """Have the blocks of a file come from elsewhere."""
    return lambda blocks: monkeypatch.setattr(jobs, "csv_blocks", blocks)


def written(export):
    jobs.write_export(export_id=export.pk, now=timezone.now())
    export.refresh_from_db()
    return export


def taken_over(export):
    """What the row is when another worker has taken the job up."""
    Export.objects.filter(pk=export.pk).update(attempts=2, lease_until=timezone.now() + lease.LEASE)


def test_each_attempt_has_a_file_of_its_own(queued):
    export = queued()
    first, second = (jobs.path_of(Export(pk=export.pk, attempts=attempt)) for attempt in (1, 2))

    assert (first.name, second.name) == (f"{export.pk}-1.csv", f"{export.pk}-2.csv")


def test_a_worker_that_ends_late_leaves_neither_its_file_nor_its_end(queued, instead, settings):
    export = queued()

    def late(_statement, _connection):
        yield b"mprn\n1\n"
        taken_over(export)
        jobs.path_of(Export(pk=export.pk, attempts=2)).write_text("the file of the other")

    instead(late)
    written(export)

    assert (export.state, export.attempts, export.sha256) == (State.RUNNING, 2, "")
    assert [path.read_text() for path in settings.EXPORT_DIR.iterdir()] == ["the file of the other"]


def test_a_worker_that_was_overtaken_stops_at_its_next_word(queued, instead, settings, monkeypatch):
    export, moments = queued(), count(step=2)
    lease_of_the_other = timezone.now() + timedelta(minutes=5)

    def overtaken(_statement, _connection):
        yield b"mprn\n"
        Export.objects.filter(pk=export.pk).update(attempts=2, lease_until=lease_of_the_other)
        yield b"1\n"
        pytest.fail("it went on")

    instead(overtaken)
    start = timezone.now()
    monkeypatch.setattr(jobs.timezone, "now", lambda: start + timedelta(seconds=next(moments)))
    written(export)

    assert (export.state, export.attempts, export.lease_until) == (State.RUNNING, 2, lease_of_the_other)
    assert list(settings.EXPORT_DIR.iterdir()) == []


def test_a_worker_that_stops_in_the_middle_stops_the_database_too(queued, keys):
    statement = next(iter(jobs.enquiry_of(queued(postcode=keys["postcode"])).statements()))

    with reader() as reading:
        blocks = csv_blocks(statement, reading)
        next(blocks)
        blocks.close()
        assert reading.connection.info.transaction_status.name in {"INTRANS", "INERROR"}


# -- the lease


def test_a_lease_is_renewed_only_by_the_attempt_that_holds_it(queued):
    export = jobs.claim(export_id=queued().pk, now=timezone.now() - timedelta(seconds=20))
    before = export.lease_until

    assert lease.renew(export)
    export.refresh_from_db()
    assert export.lease_until > before
    taken_over(export)
    assert not lease.renew(export)


def test_a_lease_is_renewed_while_the_database_is_silent_and_no_longer(queued, instead, monkeypatch):
    renewals = []

    def silent(_statement, reading):
        with reading.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.3)")
        yield b"mprn\n"

    instead(silent)
    monkeypatch.setattr(lease, "RENEWAL", timedelta(seconds=0.02))
    monkeypatch.setattr(lease, "renew", lambda export: renewals.append(export.pk) or True)

    export = written(queued())

    assert export.state == State.DONE
    assert len(renewals) >= 3
    so_far = len(renewals)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.1)")
    assert len(renewals) == so_far


# -- the database


def test_a_file_is_read_in_one_transaction_that_changes_nothing(db):
    with reader() as reading, reading.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only'), "
            "current_setting('statement_timeout')"
        )
        assert cursor.fetchone() == ("repeatable read", "on", "15min")
        data_as_at(using=READER)


def test_everything_of_a_file_is_asked_of_the_one_reader(queued, monkeypatch, django_assert_max_num_queries):
    export, asked = queued(), []

    def of_reader(*, using):
        asked.append(using)
        return timezone.now()

    monkeypatch.setattr(jobs, "data_as_at", of_reader)
    with django_assert_max_num_queries(20) as seen:
        written(export)

    assert asked == [READER]
    assert not [query["sql"] for query in seen.captured_queries if "meterpoints_" in query["sql"]]


def cut_off(_statement, reading, how="SELECT pg_sleep(1)"):
    yield b"mprn\n"
    with reading.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10ms'")
        cursor.execute(how)


@pytest.mark.parametrize("how", ["SELECT pg_sleep(1)", "RESET ROLE; SELECT pg_terminate_backend(pg_backend_pid())"])
def test_a_file_that_the_database_did_not_finish_is_tried_again(queued, instead, settings, how):
    export = queued()
    instead(partial(cut_off, how=how))
    assert (written(export).state, export.attempts, export.lease_until) == (State.QUEUED, 1, None)
    assert list(settings.EXPORT_DIR.iterdir()) == []

    instead(csv_blocks)
    assert (written(export).state, export.attempts) == (State.DONE, 2)


def test_after_three_attempts_it_is_said_that_the_database_did_not_finish(queued, instead):
    export = queued()
    instead(cut_off)

    states = [written(export).state for _attempt in range(jobs.ATTEMPTS)]

    assert states == [State.QUEUED, State.QUEUED, State.FAILED]
    assert export.reason == jobs.UNANSWERED


def test_a_timeout_of_the_copy_itself_is_one_of_django_s_errors(queued, keys):
    statement = next(iter(jobs.enquiry_of(queued(postcode=keys["postcode"])).statements()))
    slow = replace(statement, rows=statement.rows.extra(where=["pg_sleep(0.2) IS NOT NULL"]))

    with reader() as reading, reading.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '50ms'")
        with pytest.raises(OperationalError, match="statement timeout"):
            list(csv_blocks(slow, reading))
