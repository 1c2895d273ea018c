"""What the worker is asked to do."""

from datetime import timedelta

import pytest
from django.utils import timezone

from des.celery import app
from des.exports import jobs, tasks
from des.exports.models import Export, State


@pytest.fixture
def rung(monkeypatch):
    """The jobs that the worker was rung for."""
    bells = []
    monkeypatch.setattr(tasks.write, "delay", lambda *, export_id: bells.append(export_id))
    return bells


def test_writing_takes_an_id_and_whatever_a_newer_caller_adds(queued):
    export = queued()

    tasks.write(export_id=str(export.pk), priority="high")

    export.refresh_from_db()
    assert export.state == State.DONE


def test_jobs_that_wait_are_rung_for_again(queued, rung):
    late, fresh = queued(), queued()
    Export.objects.filter(pk=late.pk).update(requested_at=timezone.now() - timedelta(minutes=2))

    tasks.write_waiting()

    assert rung == [str(late.pk)]
    assert fresh.state == State.QUEUED


@pytest.mark.parametrize("task", [tasks.write, tasks.write_waiting])
def test_a_message_is_dropped_by_the_time_its_job_is_rung_for_again(monkeypatch, task):
    sent = []
    monkeypatch.setattr(app, "send_task", lambda *_args, **options: sent.append(options["expires"]))

    task.delay(export_id="any")

    assert sent == [jobs.RING_AGAIN.total_seconds()]


def test_files_expire(queued):
    export = queued()
    tasks.write(export_id=str(export.pk))
    Export.objects.filter(pk=export.pk).update(expires_at=timezone.now())

    tasks.expire()

    export.refresh_from_db()
    assert export.state == State.EXPIRED


def test_what_the_clock_rings_for_is_there(settings):
    app.loader.import_default_modules()

    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)
