"""The connection that an export is read by."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

READER = "reader"
WRITING_TIMEOUT = "15min"


@contextmanager
def reader() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own, named `READER` for querysets: one moment of the register, and time for a long file.

    Progress is told by the default connection while this one is busy. All settings end with the transaction, since
    the connection goes back to the pool.
    """
    connections[READER] = connection = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        with transaction.atomic(using=READER), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [WRITING_TIMEOUT])
            yield connection
    finally:
        connection.close()
        del connections[READER]
