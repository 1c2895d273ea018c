"""Asking for a file and writing it.

The row is the truth; the message that wakes the worker may be lost or come twice.
"""

import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Q
from django.utils import timezone

from accounts.access import Actor, actor_for
from accounts.permissions import Permission
from des.audit.models import Channel
from des.audit.record import record_enquiry
from des.catalogue import data_as_at, enquiry_named
from des.enquiries.enquiry import Enquiry, Statement
from des.exports.csv_file import csv_blocks
from des.exports.models import Export, State

logger = logging.getLogger("des.exports")

LEASE = timedelta(seconds=30)
ATTEMPTS = 3
ABANDONED = timedelta(hours=1)
WRITING_TIMEOUT = "15min"
NO_LONGER = "You no longer have the right to export this. Ask your Local Security Officer."
NOTHING = "Nothing matches any more, so there is no file. Search again."
CUT_SHORT = "More matches than an export by words can reach. Narrow the search, or export by postcode."
GAVE_UP = "The file could not be written in three attempts. Ask for it again; if it fails again, tell operator support."


class ExportRefused(Exception):
    """The person may not have this file: the membership, the role or the field is gone."""


@transaction.atomic
def ask_for_export(
    *, by: Actor, enquiry: Enquiry, whole_record: bool, now: datetime, address: str | None, request_id: str
) -> Export:
    """Put an export of a valid enquiry in the queue, with its audit row, in one transaction."""
    criteria = enquiry.criteria()
    export = Export.objects.create(
        user_id=by.person_id,
        membership_id=by.membership_id,
        title=f"{enquiry.title}: {', '.join(criteria.values())}"[:200],
        enquiry=enquiry.slug,
        criteria=criteria,
        whole_record=whole_record,
        requested_at=now,
        request_id=request_id,
    )
    record_enquiry(
        actor=by,
        channel=Channel.EXPORT,
        enquiry=enquiry.slug,
        criteria=criteria | {"export": str(export.pk)},
        result_count=None,
        address=address,
        request_id=request_id,
    )
    return export


def claim(*, export_id: UUID, now: datetime) -> Export | None:
    """Take a job that waits, or whose worker has gone silent; None where another has it or it is over."""
    waiting = Q(state=State.QUEUED) | Q(state=State.RUNNING, lease_until__lt=now)
    taken = Export.objects.filter(waiting, pk=export_id).update(
        state=State.RUNNING,
        attempts=F("attempts") + 1,
        lease_until=now + LEASE,
        started_at=now,
        rows_done=0,
    )
    return Export.objects.select_related("user").get(pk=export_id) if taken else None


def waiting_exports(*, now: datetime) -> list[UUID]:
    """The jobs that nobody is writing: their message was lost, or their worker was killed."""
    silent = Q(state=State.RUNNING, lease_until__lt=now)
    late = Q(state=State.QUEUED, requested_at__lt=now - timedelta(seconds=5))
    return list(Export.objects.filter(silent | late).order_by("requested_at").values_list("pk", flat=True)[:100])


def write_export(*, export_id: UUID, now: datetime) -> None:
    """Write the file of one job, if it is to be written now. Delivered twice, it is written once."""
    export = claim(export_id=export_id, now=now)
    if export is None:
        return
    if export.attempts > ATTEMPTS:
        finish(export, State.FAILED, reason=GAVE_UP)
        return
    try:
        statement = question_of(export)
        write_file(export, statement)
    except ExportRefused as reason:
        finish(export, State.REFUSED, reason=str(reason))
    except OSError as error:
        logger.exception("an export could not be written", extra={"export": str(export.pk)})
        finish(
            export, State.FAILED, reason=f"The file could not be written: {error.strerror or error}. Ask for it again."
        )


def enquiry_of(export: Export) -> Enquiry:
    """The enquiry of a job as its owner may ask it now. Raises `ExportRefused`."""
    today = timezone.localdate()
    actor = actor_for(export.user, on=today, membership_id=export.membership_id)
    if actor is None or not actor.may(Permission.EXPORT):
        raise ExportRefused(NO_LONGER)
    enquiry = enquiry_named(export.enquiry)(export.criteria, actor=actor, on=today)
    if not enquiry.is_valid():
        raise ExportRefused(NO_LONGER)
    return enquiry


def question_of(export: Export) -> Statement:
    """The first search of a job's enquiry that finds anything. Raises `ExportRefused`."""
    for statement in enquiry_of(export).statements(listed=not export.whole_record):
        if statement.rows[:1].exists():
            if statement.search.cut_short():
                raise ExportRefused(CUT_SHORT)
            return statement
    raise ExportRefused(NOTHING)


def path_of(export: Export) -> Path:
    """Where the file of a job lies once it is whole."""
    return Path(settings.EXPORT_DIR) / f"{export.pk}.csv"


def write_file(export: Export, statement: Statement) -> None:
    """Write beside, then rename: a file that is there is whole, and of one moment, since it is one query."""
    total = statement.count(limit=settings.EXPORT_ROWS + 1)
    if total > settings.EXPORT_ROWS:
        raise ExportRefused(f"More than {settings.EXPORT_ROWS:,} rows. Narrow the search.")
    Export.objects.filter(pk=export.pk).update(rows_total=total)
    path = path_of(export)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(f".{os.getpid()}.part")
    digest = hashlib.sha256()
    lines = 0
    try:
        with part.open("wb") as file, reader() as connection:
            as_at = data_as_at()
            beat = timezone.now()
            for block in csv_blocks(statement, connection):
                file.write(block)
                digest.update(block)
                lines += block.count(b"\n")
                if timezone.now() - beat > timedelta(seconds=1):
                    beat = timezone.now()
                    # The lease tells the others that somebody is at it; the count is for the reader's progress bar.
                    Export.objects.filter(pk=export.pk).update(lease_until=beat + LEASE, rows_done=max(lines - 1, 0))
            file.flush()
            os.fsync(file.fileno())
        size = part.stat().st_size
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    now = timezone.now()
    finish(
        export,
        State.DONE,
        rows_done=max(lines - 1, 0),
        size=size,
        sha256=digest.hexdigest(),
        data_as_at=as_at,
        expires_at=now + timedelta(days=settings.EXPORT_DAYS),
    )


@contextmanager
def reader() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own, so that progress can be told while it is busy, with time enough for a long file."""
    connection = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [WRITING_TIMEOUT])
        yield connection
    finally:
        connection.close()


def finish(export: Export, state: State, **values: object) -> None:
    """End a job, unless another worker has ended it already."""
    running = Export.objects.filter(pk=export.pk, state=State.RUNNING, attempts=export.attempts)
    running.update(state=state, finished_at=timezone.now(), lease_until=None, **values)


def expire_exports(*, now: datetime) -> int:
    """Delete the files whose time is up, and say how many."""
    over = Export.objects.filter(state=State.DONE, expires_at__lt=now)
    for export in over:
        path_of(export).unlink(missing_ok=True)
    expired = over.update(state=State.EXPIRED)
    for part in Path(settings.EXPORT_DIR).glob("*.part"):
        # What a killed worker left: a living one touches its file every second or so.
        if part.stat().st_mtime < (now - ABANDONED).timestamp():
            part.unlink(missing_ok=True)
    return expired
