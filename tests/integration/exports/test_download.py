"""Fetching the file: its owner only, and only with rights that still hold."""

import csv
import hashlib
import io

import pytest
from django.utils import timezone

from accounts.models import Membership
from des.exports import jobs
from des.exports.models import Export
from des.meterpoints.models import MeterPoint
from tests.conftest import audited


def fetch(client, export):
    response = client.get(f"/exports/{export.pk}/download/")
    return response, b"".join(response.streaming_content) if response.streaming else b""


def test_the_owner_gets_the_file_that_was_written(signed_in, done, keys):
    response, content = fetch(signed_in, done)

    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert hashlib.sha256(content).hexdigest() == done.sha256
    assert len(rows) == done.rows_done == MeterPoint.objects.filter(postcode=keys["postcode"]).count()
    assert response["Content-Type"] == "text/csv"
    day = f"{done.requested_at:%Y-%m-%d}"
    assert response["Content-Disposition"] == f'attachment; filename="meter-points-{day}-{done.pk.hex[:8]}.csv"'
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_fetch_is_written_down(signed_in, done, shipper):
    response, _ = fetch(signed_in, done)

    (event,) = audited(channel="download")
    assert (event.person_id, event.decision, event.result_count) == (shipper.pk, "answered", done.rows_done)
    assert event.criteria["export"] == str(done.pk)
    assert event.criteria["sha256"] == done.sha256
    assert event.request_id == response["X-Request-ID"]


def test_before_it_is_ready_there_is_only_its_page(signed_in, asked):
    response, _ = fetch(signed_in, asked)

    assert response.url == f"/exports/{asked.pk}/"


def test_after_its_time_there_is_only_its_page(signed_in, done):
    Export.objects.filter(pk=done.pk).update(expires_at=timezone.now())
    jobs.expire_exports(now=timezone.now())

    response, _ = fetch(signed_in, done)

    assert response.status_code == 302
    assert "The file has been deleted because its time was up." in signed_in.get(response.url).text


def test_a_right_lost_after_writing_keeps_the_file_back_and_is_written_down(signed_in, done, monkeypatch):
    def lost(_export):
        raise jobs.ExportRefused(jobs.NO_LONGER)

    monkeypatch.setattr(jobs, "enquiry_of", lost)

    response, content = fetch(signed_in, done)

    assert (response.status_code, content) == (403, b"")
    assert jobs.NO_LONGER in response.text
    (event,) = audited(channel="download")
    assert (event.decision, event.result_count) == ("refused", None)


def test_a_search_field_withdrawn_from_the_role_keeps_the_file_back(signed_in, done):
    Export.objects.filter(pk=done.pk).update(criteria={"owner": "Smith"})

    response, _ = fetch(signed_in, done)

    assert response.status_code == 403
    assert jobs.NO_LONGER in response.text


def test_a_file_written_under_another_access_matrix_is_kept_back_and_this_written_down(signed_in, done):
    Export.objects.filter(pk=done.pk).update(matrix_version="of yesterday")

    response, content = fetch(signed_in, done)

    assert (response.status_code, content) == (403, b"")
    assert jobs.OTHER_RULES in response.text
    assert [event.decision for event in audited(channel="download")] == ["refused"]


@pytest.mark.parametrize("change", [{"portal_roles": ["user"]}, {"ended_on": timezone.localdate()}])
def test_who_may_no_longer_export_has_no_file(signed_in, done, shipper, change):
    Membership.objects.filter(user=shipper).update(**change)

    response, content = fetch(signed_in, done)

    assert (response.status_code, content) == (403, b"")


def test_a_file_that_is_gone_is_not_found_and_not_said_to_have_been_had(signed_in, done):
    jobs.path_of(done).unlink()

    response, _ = fetch(signed_in, done)

    assert response.status_code == 404
    assert not audited(channel="download", decision="answered")


def test_a_file_that_cannot_be_written_down_is_not_given(signed_in, done, monkeypatch):
    def fails(**_event):
        raise RuntimeError

    monkeypatch.setattr("des.exports.views.record_enquiry", fails)
    signed_in.raise_request_exception = False

    assert fetch(signed_in, done)[0].status_code == 500
