"""Exports: asked for once, written once, within the rights of the moment, whatever happens to the worker."""

import csv
import errno
import hashlib
import io
import os
from datetime import timedelta

from django.utils import timezone

from accounts.matrix import access_matrix
from accounts.models import Membership
from des.exports import jobs
from des.exports.models import Export, State
from des.meterpoints.models import MeterPoint
from tests.conftest import audited

NOW = timezone.now()


def written(export, now=None):
    jobs.write_export(export_id=export.pk, now=now or timezone.now())
    export.refresh_from_db()
    return export


def rows_of(export):
    return list(csv.DictReader(io.StringIO(jobs.path_of(export).read_text())))


def test_asking_puts_a_job_in_the_queue_and_an_audit_row_beside_it(queued, shipper, keys):
    export = queued()

    assert (export.state, export.user, export.criteria) == (State.QUEUED, shipper, {"mprn": keys["mprn"]})
    assert export.title == f"Meter points: MPRN {keys['mprn']}"
    (event,) = audited()
    assert (event.channel, event.enquiry, event.person_id) == ("export", "meter-points", shipper.pk)
    assert event.criteria == {"mprn": keys["mprn"], "export": str(export.pk)}
    assert (event.address, event.request_id, event.result_count) == ("192.0.2.7", "ab12", None)


def test_a_title_says_what_each_thing_asked_is(queued, keys):
    export = queued(postcode=keys["postcode"], house="999")

    assert export.title == f"Meter points: postcode {keys['postcode']}, house number or name 999"


def test_the_file_holds_what_the_screen_lists_and_a_digest_of_itself(queued, keys):
    export = written(queued(postcode=keys["postcode"]))

    points = MeterPoint.objects.filter(postcode=keys["postcode"]).order_by("address_order", "mprn")
    content = jobs.path_of(export).read_bytes()
    assert export.state == State.DONE
    assert [row["mprn"] for row in rows_of(export)] == [str(point.mprn) for point in points]
    assert export.rows_done == export.rows_total == points.count()
    assert (export.size, export.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert export.data_as_at is not None
    assert (export.lease_until, export.percent) == (None, 100)
    assert export.expires_at > export.finished_at


def test_a_record_is_exported_with_all_its_columns(queued):
    listed, whole = (rows_of(written(queued(whole_record=choice)))[0] for choice in (False, True))

    assert "annual_quantity" in whole
    assert set(listed) < set(whole)


def test_all_columns_are_for_one_record_and_not_for_a_list(queued, keys):
    listed, whole = (queued(postcode=keys["postcode"], whole_record=choice) for choice in (False, True))

    assert not whole.whole_record
    assert set(rows_of(written(whole))[0]) == set(rows_of(written(listed))[0])


def test_what_another_shipper_may_not_see_is_withheld_from_their_file(queued, other_shipper, shipper):
    own, other = (rows_of(written(queued(by=user, whole_record=True)))[0] for user in (shipper, other_shipper))

    assert other["mprn"] == own["mprn"]
    for column in ("confirmation_reference_number", "meter_model", "latest_meter_read_value", "mam_short_code"):
        assert (own[column] != "Withheld", other[column]) == (True, "Withheld")


def test_a_history_is_exported_too(queued, support, keys):
    export = written(queued(enquiry="meter-history", mprn=keys["mprn"]))

    assert export.state == State.DONE
    assert rows_of(export)[0]["msn"] == keys["msn"]


def test_words_of_an_address_are_exported(queued, keys):
    export = written(queued(address=keys["address"]))

    assert [row["mprn"] for row in rows_of(export)] == [keys["mprn"]]


def test_a_wider_search_is_exported_where_it_is_the_one_that_finds(queued, keys):
    export = written(queued(postcode=keys["postcode"], house="99999"))

    assert export.rows_done == MeterPoint.objects.filter(postcode=keys["postcode"]).count()
    assert export.note == f"No “99999” in {keys['postcode']}. Showing all of {keys['postcode']}."


def test_what_was_asked_exactly_has_no_note(queued):
    assert written(queued()).note == ""


def test_the_file_names_the_access_matrix_it_was_written_under(queued):
    assert written(queued()).matrix_version == access_matrix().version


def test_a_bell_that_rings_twice_writes_once(queued):
    export = written(queued())
    finished, attempts = export.finished_at, export.attempts

    written(export)

    assert (export.finished_at, export.attempts, export.state) == (finished, attempts, State.DONE)


def test_two_workers_do_not_take_one_job(queued):
    export = queued()

    first = jobs.claim(export_id=export.pk, now=NOW)

    assert (first.pk, first.state, first.attempts) == (export.pk, State.RUNNING, 1)
    assert jobs.claim(export_id=export.pk, now=NOW + timedelta(seconds=1)) is None


def test_a_job_whose_worker_was_killed_is_taken_up_when_its_lease_is_over(queued):
    export = queued()
    jobs.claim(export_id=export.pk, now=timezone.now() - 2 * jobs.LEASE)

    assert jobs.waiting_exports(now=timezone.now()) == [export.pk]
    assert written(export).state == State.DONE
    assert export.attempts == 2


def test_what_a_killed_worker_left_behind_is_no_hindrance(queued):
    export = queued()
    export.attempts = 1
    left = jobs.path_of(export).with_suffix(".part")
    left.parent.mkdir(parents=True)
    left.write_text("half a fi")

    assert written(export).state == State.DONE
    assert not left.exists()


def test_a_worker_that_comes_back_late_does_not_end_the_job_of_another(queued):
    export = queued()
    late = jobs.claim(export_id=export.pk, now=timezone.now() - 2 * jobs.LEASE)
    jobs.claim(export_id=export.pk, now=timezone.now())

    jobs.finish(late, State.FAILED, reason="late")

    export.refresh_from_db()
    assert (export.state, export.reason) == (State.RUNNING, "")


def test_three_attempts_are_enough(queued):
    export = queued()
    Export.objects.filter(pk=export.pk).update(attempts=jobs.ATTEMPTS)

    written(export)

    assert (export.state, export.reason) == (State.FAILED, jobs.GAVE_UP)
    assert not jobs.path_of(export).exists()


def test_a_bell_that_was_not_heard_is_rung_again_after_a_while(queued):
    export = queued()

    assert jobs.waiting_exports(now=export.requested_at) == []
    assert jobs.waiting_exports(now=export.requested_at + timedelta(seconds=59)) == []
    assert jobs.waiting_exports(now=export.requested_at + timedelta(seconds=61)) == [export.pk]


# -- rights, at the moment of writing


def test_a_membership_that_ended_meanwhile_has_no_file(queued, shipper):
    export = queued()
    Membership.objects.filter(user=shipper).update(ended_on=timezone.localdate())

    written(export)

    assert (export.state, export.reason) == (State.REFUSED, jobs.NO_LONGER)
    assert not jobs.path_of(export).exists()


def test_a_right_to_export_that_was_taken_away_meanwhile_has_no_file(queued, shipper):
    export = queued()
    Membership.objects.filter(user=shipper).update(portal_roles=["user"])

    assert written(export).state == State.REFUSED


def test_a_person_switched_off_meanwhile_has_no_file(queued, shipper):
    export = queued()
    shipper.is_active = False
    shipper.save()

    assert written(export).state == State.REFUSED


def test_criteria_that_the_role_may_no_longer_use_have_no_file(queued):
    export = queued()
    Export.objects.filter(pk=export.pk).update(criteria={"owner": "Smith"})

    assert written(export).state == State.REFUSED


def test_criteria_that_no_longer_read_have_no_file(queued):
    export = queued()
    Export.objects.filter(pk=export.pk).update(criteria={"mprn": "12"})

    assert written(export).state == State.REFUSED


def test_nothing_found_is_said_and_no_empty_file_made(queued):
    export = written(queued(mprn="9999999999"))

    assert (export.state, export.reason) == (State.REFUSED, jobs.NOTHING)
    assert not jobs.path_of(export).exists()


def test_words_that_reach_too_many_streets_are_not_exported_in_part(queued, keys, monkeypatch):
    export = queued(address=keys["address"].split()[-1])
    monkeypatch.setattr("des.meterpoints.enquiry.PLACES", 1)

    written(export)

    assert (export.state, export.reason) == (State.REFUSED, jobs.CUT_SHORT)


def test_too_many_rows_are_refused_with_the_limit(queued, keys, settings):
    settings.EXPORT_ROWS = 2

    export = written(queued(postcode=keys["postcode"]))

    assert (export.state, export.reason) == (State.REFUSED, "More than 2 rows. Narrow the search.")


# -- disks


def test_a_full_disk_is_said_and_leaves_nothing_behind(queued, monkeypatch, settings):
    export = queued()

    def full(_file):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    written(export)

    assert export.state == State.FAILED
    assert export.reason == "The file could not be written: No space left on device. Ask for it again."
    assert list(settings.EXPORT_DIR.iterdir()) == []


def test_a_directory_that_cannot_be_made_fails_the_job_alone(queued, settings, tmp_path):
    settings.EXPORT_DIR = tmp_path / "file" / "exports"
    (tmp_path / "file").touch()

    assert written(queued()).state == State.FAILED


def test_progress_is_told_while_the_file_grows(queued, monkeypatch):
    export, told = queued(), []

    def slowly(_statement, _connection):
        for block in (b"mprn\n", b"1\n2\n", b"3\n"):
            yield block
            export.refresh_from_db()
            told.append((export.rows_done, export.rows_total))

    moments = iter(range(0, 1_000, 2))
    monkeypatch.setattr(jobs, "csv_blocks", slowly)
    monkeypatch.setattr(jobs.timezone, "now", lambda: NOW + timedelta(seconds=next(moments)))
    jobs.write_export(export_id=export.pk, now=NOW)

    assert told == [(0, 1), (2, 1), (3, 1)]


def test_only_its_owner_s_system_user_reads_the_directory(queued, settings):
    written(queued())

    assert settings.EXPORT_DIR.stat().st_mode & 0o077 == 0


# -- the end of a file


def test_a_file_that_a_killed_worker_left_whole_is_deleted_in_the_end(queued, settings):
    kept = jobs.path_of(written(queued()))
    left = kept.with_name("left-1.csv")
    left.write_text("mprn\n")
    os.utime(left, (old := (timezone.now() - timedelta(days=settings.EXPORT_DAYS, hours=2)).timestamp(), old))

    jobs.expire_exports(now=timezone.now())

    assert list(settings.EXPORT_DIR.iterdir()) == [kept]


def test_a_file_is_deleted_when_its_time_is_up(queued):
    export, kept = written(queued()), written(queued())
    Export.objects.filter(pk=export.pk).update(expires_at=NOW)

    assert jobs.expire_exports(now=timezone.now()) == 1

    export.refresh_from_db()
    assert export.state == State.EXPIRED
    assert not jobs.path_of(export).exists()
    assert jobs.path_of(kept).exists()


def test_a_file_that_is_gone_already_expires_all_the_same(queued):
    export = written(queued())
    jobs.path_of(export).unlink()

    assert jobs.expire_exports(now=export.expires_at + timedelta(seconds=1)) == 1
