"""The row of a job."""

import pytest
from django.db import IntegrityError, transaction

from des.exports.models import Export, State


@pytest.mark.parametrize(
    ("state", "done", "total", "percent"),
    [
        (State.QUEUED, 0, None, 0),
        (State.RUNNING, 0, 0, 0),
        (State.RUNNING, 1, 3, 33),
        (State.RUNNING, 3, 3, 100),
        (State.DONE, 0, None, 100),
    ],
)
def test_how_much_is_written(state, done, total, percent):
    assert Export(state=state, rows_done=done, rows_total=total).percent == percent


def test_a_job_that_is_done_has_a_file(queued):
    export = queued()

    with pytest.raises(IntegrityError, match="export_done_has_a_file"), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(state=State.DONE)


def test_a_job_has_a_title_and_a_page(queued, keys):
    export = queued()

    assert str(export) == f"Meter points: MPRN {keys['mprn']}"
    assert export.get_absolute_url() == f"/exports/{export.pk}/"
