"""The lease of a job: the sign that a worker is at it, renewed by time however long the database takes to answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from des.exports.models import Export, State

# A killed worker's job is taken up again this long after the last renewal.
LEASE = timedelta(seconds=30)
RENEWAL = timedelta(seconds=5)


def held(export: Export) -> QuerySet[Export]:
    """The row of a job as long as it is this attempt's: empty once another worker has taken the job or ended it."""
    return Export.objects.filter(pk=export.pk, state=State.RUNNING, attempts=export.attempts)


def renew(export: Export) -> bool:
    """Renew the lease of a job; False where it is another's by now."""
    return held(export).update(lease_until=timezone.now() + LEASE) == 1


@contextmanager
def leased(export: Export) -> Iterator[None]:
    """Keep the lease of a job while the block runs. It ends with the process, so a killed worker keeps nothing."""
    over = Event()

    def keep() -> None:
        try:
            while not over.wait(RENEWAL.total_seconds()) and renew(export):
                pass
        finally:
            # A connection belongs to its thread, and this thread is done.
            connection.close()

    keeper = Thread(target=keep, name=f"lease of {export.pk}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()
