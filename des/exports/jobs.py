"""Asking for a file and writing it.

The row is the truth; the message that wakes the worker may be lost or come twice.
"""

import hashlib
import logging
import os
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.access import Actor, actor_for
from accounts.permissions import Permission
from des.audit.models import Channel
from des.audit.record import record_enquiry
from des.catalogue import data_as_at, enquiry_named
from des.enquiries.enquiry import Enquiry, Statement
from des.exports.csv_file import csv_blocks
from des.exports.lease import LEASE, held, leased
from des.exports.models import Export, State
from des.exports.reader import READER, reader

logger = logging.getLogger("des.exports")

ATTEMPTS = 3
# A waiting job is rung for again when its message has had this long to be heard.
RING_AGAIN = timedelta(minutes=1)
ABANDONED = timedelta(hours=1)
NO_LONGER = (
    "You no longer have the right to export this, or have terms to accept first. "
    "Ask your Local Security Officer, or accept the terms."
)
NOTHING = "Nothing matches any more, so there is no file. Search again."
CUT_SHORT = "More matches than an export by words can reach. Narrow the search, or export by postcode."
OTHER_RULES = "The access matrix has changed since this file was written. Export again to have it under today’s rules."
UNANSWERED = (
    "The database did not finish this in three attempts. Narrow the search, or ask again later; "
    "if it fails again, tell operator support."
)
GAVE_UP = "The file could not be written in three attempts. Ask for it again; if it fails again, tell operator support."


class ExportRefused(Exception):
    """The person may not have this file: the membership, the role or the field is gone."""


class _Overtaken(Exception):
    """Another worker has the job by now, or has ended it."""


def title_of(enquiry: Enquiry, criteria: dict[str, str]) -> str:
    """What a file is called: its enquiry, and each thing asked with the label of its box."""
    asked = []
    for name, value in criteria.items():
        label = str(enquiry.fields[name].label or name)
        asked.append(f"{label if label.isupper() else label[:1].lower() + label[1:]} {value}")
    return f"{enquiry.title}: {', '.join(asked)}"[:200]


@transaction.atomic
def ask_for_export(
    *, by: Actor, enquiry: Enquiry, whole_record: bool, now: datetime, address: str | None, request_id: str
) -> Export:
    """Put an export of a valid enquiry in the queue, with its audit row, in one transaction."""
    criteria = enquiry.criteria()
    export = Export.objects.create(
        user_id=by.person_id,
        membership_id=by.membership_id,
        title=title_of(enquiry, criteria),
        enquiry=enquiry.slug,
        criteria=criteria,
        # All columns are for one record, never for a list.
        whole_record=whole_record and list(criteria) == [enquiry.key],
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
    late = Q(state=State.QUEUED, requested_at__lt=now - RING_AGAIN)
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
        write_file(export, enquiry_of(export))
    except ExportRefused as reason:
        finish(export, State.REFUSED, reason=str(reason))
    except _Overtaken:
        logger.warning("an export was taken over by another worker", extra={"export": str(export.pk)})
    except OperationalError:
        logger.exception("the database did not finish an export", extra={"export": str(export.pk)})
        put_back(export)
    except OSError as error:
        logger.exception("an export could not be written", extra={"export": str(export.pk)})
        finish(
            export, State.FAILED, reason=f"The file could not be written: {error.strerror or error}. Ask for it again."
        )


def enquiry_of(export: Export) -> Enquiry:
    """The enquiry of a job as its owner may ask it now. Raises `ExportRefused`."""
    now = timezone.now()
    actor = actor_for(export.user, now=now, membership_id=export.membership_id)
    if actor is None or not actor.may(Permission.EXPORT):
        raise ExportRefused(NO_LONGER)
    enquiry = enquiry_named(export.enquiry)(export.criteria, actor=actor, on=timezone.localdate(now))
    if not enquiry.is_valid():
        raise ExportRefused(NO_LONGER)
    return enquiry


def is_bulk(enquiry: Enquiry) -> bool:
    """Whether a valid enquiry finds so many rows that taking them away asks for a fresh proof of who asks."""
    bound = settings.EXPORT_PROOF_ROWS + 1
    for statement in enquiry.statements():
        if count := statement.count(limit=bound):
            return count == bound
    return False


def check_rights(export: Export) -> None:
    """Whether the owner of a file may still have it, at the moment of fetching. Raises `ExportRefused`."""
    if enquiry_of(export).actor.matrix.version != export.matrix_version:
        raise ExportRefused(OTHER_RULES)


def question_of(export: Export, enquiry: Enquiry) -> Statement:
    """The first search of a job's enquiry that finds anything, to be asked of `READER`. Raises `ExportRefused`."""
    for statement in enquiry.statements(listed=not export.whole_record):
        records = statement.search.records.using(READER)
        statement = replace(
            statement, rows=statement.rows.using(READER), search=replace(statement.search, records=records)
        )
        if statement.rows[:1].exists():
            if statement.search.cut_short():
                raise ExportRefused(CUT_SHORT)
            return statement
    raise ExportRefused(NOTHING)


def path_of(export: Export) -> Path:
    """Where the file of a job lies once it is whole. Each attempt has its own, so a late worker spoils no other's."""
    return Path(settings.EXPORT_DIR) / f"{export.pk}-{export.attempts}.csv"


def write_file(export: Export, enquiry: Enquiry) -> None:
    """Write beside, then rename: a file that is there is whole, and of one moment, since it is one transaction."""
    path = path_of(export)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    try:
        with leased(export), reader() as reading:
            statement = question_of(export, enquiry)
            total = statement.count(limit=settings.EXPORT_ROWS + 1)
            if total > settings.EXPORT_ROWS:
                raise ExportRefused(f"More than {settings.EXPORT_ROWS:,} rows. Narrow the search.")
            tell(export, rows_total=total, note=statement.search.note[:300])
            as_at = data_as_at(using=READER)
            with closing(csv_blocks(statement, reading)) as blocks:
                rows, sha256 = write_blocks(part, blocks, export)
        size = part.stat().st_size
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    kept = finish(
        export,
        State.DONE,
        rows_done=rows,
        size=size,
        sha256=sha256,
        data_as_at=as_at,
        matrix_version=enquiry.actor.matrix.version,
        expires_at=timezone.now() + timedelta(days=settings.EXPORT_DAYS),
    )
    if not kept:
        path.unlink(missing_ok=True)


def write_blocks(part: Path, blocks: Iterable[bytes], export: Export) -> tuple[int, str]:
    """Write the blocks of a file to the disk, telling once a second how far it is; its rows and its digest."""
    digest = hashlib.sha256()
    lines = 0
    told = timezone.now()
    with part.open("wb") as file:
        for block in blocks:
            file.write(block)
            digest.update(block)
            lines += block.count(b"\n")
            if timezone.now() - told > timedelta(seconds=1):
                told = timezone.now()
                tell(export, rows_done=max(lines - 1, 0))
        file.flush()
        os.fsync(file.fileno())
    return max(lines - 1, 0), digest.hexdigest()


def tell(export: Export, **values: object) -> None:
    """Say of a job how far it is. Raises `_Overtaken` where it is another worker's by now."""
    if not held(export).update(**values):
        raise _Overtaken


def put_back(export: Export) -> None:
    """Let a job be tried again after the database failed it, unless it was tried often enough."""
    if not connection.is_usable():
        connection.close()
    if export.attempts < ATTEMPTS:
        held(export).update(state=State.QUEUED, lease_until=None)
    else:
        finish(export, State.FAILED, reason=UNANSWERED)


def finish(export: Export, state: State, **values: object) -> bool:
    """End a job; False where another worker has it by now, or has ended it."""
    return held(export).update(state=state, finished_at=timezone.now(), lease_until=None, **values) == 1


def expire_exports(*, now: datetime) -> int:
    """Delete the files whose time is up, and say how many."""
    over = Export.objects.filter(state=State.DONE, expires_at__lt=now)
    for export in over:
        path_of(export).unlink(missing_ok=True)
    expired = over.update(state=State.EXPIRED)
    # What a killed worker left: a living one touches its part every second or so, and no file is kept for longer.
    longest = {"*.part": ABANDONED, "*.csv": ABANDONED + timedelta(days=settings.EXPORT_DAYS)}
    for pattern, age in longest.items():
        for left in Path(settings.EXPORT_DIR).glob(pattern):
            if left.stat().st_mtime < (now - age).timestamp():
                left.unlink(missing_ok=True)
    return expired
