"""Make a directory ready for the demo, and the environment from which the settings are made.

All of this happens before Django loads, so it needs nothing but the standard library.
"""

import errno
import fcntl
import os
import secrets
import shutil
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from des.demo import arguments
from des.demo.processes import end_leftovers, end_with_parent
from des.servers import ServerError

LEAST_FREE = 1024**3  # bytes; the sample register and its indexes take most of it
LOCK_WITHIN = 10  # seconds; one that is ending lets go in that time
_lock: int | None = None  # held until this process ends


@dataclass(frozen=True)
class Place:
    """The files of one demo."""

    directory: Path

    @property
    def report(self) -> Path:
        """What a script needs to know of the running demo; there only while it is ready."""
        return self.directory / "demo.json"

    @property
    def log(self) -> Path:
        """What web server and worker log: one JSON object a line."""
        return self.directory / "log.jsonl"

    @property
    def output(self) -> Path:
        """What they say outside their log, as when they cannot start."""
        return self.directory / "output.txt"

    @property
    def mail(self) -> Path:
        """Where mail goes, one file a message."""
        return self.directory / "mail"

    @property
    def exports(self) -> Path:
        """Where exports are written."""
        return self.directory / "exports"

    @property
    def attachments(self) -> Path:
        """Where attachments of access requests are kept."""
        return self.directory / "attachments"

    @property
    def factor_key(self) -> Path:
        """The key that seals second factors: kept, so that they outlive a restart."""
        return self.directory / "factor_key"

    @property
    def secret_key(self) -> Path:
        """The key that signs sessions: kept, so that they outlive a restart."""
        return self.directory / "secret_key"


def prepare(words: list[str]) -> None:
    """Do all that must be done before Django loads; `words` are the options as typed."""
    options = arguments.parse(words)
    for number in (signal.SIGTERM, signal.SIGINT):  # the same to us: what was started is ended
        signal.signal(number, signal.default_int_handler)
    place = Place(options.dir.resolve())
    if "MAKELEVEL" in os.environ:  # nobody is left to end us once `make` is killed
        end_with_parent()
    try:
        place.directory.mkdir(parents=True, exist_ok=True)
        _lock_for_ourselves(place)
        place.report.unlink(missing_ok=True)
        end_leftovers(place.directory)
        check_disk(place)
        check_port(options.port)
        os.environ.update(variables(place, port=options.port, tls=options.tls))
    except OSError as error:
        raise ServerError(f"The demo cannot use the directory {place.directory}: {error}.") from error


def variables(place: Place, *, port: int, tls: bool) -> dict[str, str]:
    """Give the environment that the settings are made of."""
    for directory in (place.mail, place.exports, place.attachments):
        directory.mkdir(mode=0o700, exist_ok=True)
    for file in (place.log, place.output):
        file.touch(mode=0o600)
    return {
        "DEMO": "1",
        "DES_DIR": str(place.directory),
        "SECRET_KEY": kept_secret(place.secret_key),
        "FACTOR_KEYS": kept_secret(place.factor_key),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "PUBLIC_BASE_URL": f"{'https' if tls else 'http'}://localhost:{port}",
        "MAIL_DIR": str(place.mail),
        "EXPORT_DIR": str(place.exports),
        "ATTACHMENT_DIR": str(place.attachments),
        "LOG_FILE": str(place.log),
    }


def kept_secret(path: Path) -> str:
    """Give the secret in the file, made whole or not at all when there is none."""
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        fresh.rename(path)
    return path.read_text()


def check_disk(place: Place) -> None:
    """Refuse to start what could not end well."""
    free = shutil.disk_usage(place.directory).free
    if free < LEAST_FREE:
        raise ServerError(
            f"The disk that holds {place.directory} is full: {free // 1024**2:,} MB are free and at least "
            f"{LEAST_FREE // 1024**2:,} MB are needed. Make room, or name a directory on another disk by --dir."
        )


def check_port(port: int) -> None:
    """Refuse a port in use: the web server itself would share it with another without a word."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen()
        except OSError as error:
            if error.errno == errno.EACCES:
                raise ServerError(f"Port {port} is reserved. Choose one above 1023 by --port.") from error
            if error.errno == errno.EADDRINUSE:
                raise ServerError(
                    f"Port {port} is in use by another program. End that program, or choose another by --port."
                ) from error
            raise


def _lock_for_ourselves(place: Place) -> None:
    global _lock
    _lock = os.open(place.directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + LOCK_WITHIN
    while not _locks(_lock):
        if time.monotonic() > deadline:
            raise ServerError(
                f"A demo runs in {place.directory} already. Use that one, end it, or name another directory by --dir."
            )
        time.sleep(0.1)


def _locks(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
