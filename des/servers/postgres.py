"""A private PostgreSQL on a Unix socket, with a role that owns the database and one that only uses it."""

import hashlib
import json
import os
import secrets
import signal
import socket
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from des.servers import ServerError, processes
from des.servers.home import MEBIBYTE, Home
from des.servers.postgres_programs import Programs, find_programs

SOCKET = ".s.PGSQL.5432"
DATABASE = "des"
SUPERUSER, OWNER, APPLICATION = "postgres", "des_owner", "des_app"
NEW = "data.new"
PASSWORDS = "passwords.json"
BUILTIN_LOCALES = 17  # the first version that brings its own C.UTF-8
SEPARATE_MEMBERSHIP_OPTIONS = 16  # the first version in which a member need not inherit
START_WITHIN = 120  # seconds; recovery after a kill in the middle of a large load takes its time
STOP_WITHIN = 60

MAY_I_ENCRYPT = struct.pack("!ii", 8, 80877103)  # the protocol's SSLRequest; on a socket the answer is N

SETTINGS = """\
# Written anew at each start.
listen_addresses = ''
unix_socket_directories = '{run}'
unix_socket_permissions = 0700
cluster_name = '{name}'
password_encryption = scram-sha-256
max_connections = 100

shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
wal_compression = off
random_page_cost = 1.1
jit = off

timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
# A statement or a row can hold what somebody searched for: none is ever logged.
log_statement = none
log_min_error_statement = panic
log_error_verbosity = terse
log_checkpoints = off
"""

ROLES = """\
CREATE ROLE des_owner LOGIN CREATEDB PASSWORD '{des_owner}';
CREATE ROLE des_application NOLOGIN;
CREATE ROLE des_app LOGIN PASSWORD '{des_app}' IN ROLE des_application;
-- So that tests, connected as the owner, can act as the application.
GRANT des_app TO des_owner{membership};
CREATE DATABASE des OWNER des_owner;
REVOKE ALL ON DATABASE des, postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE des TO des_app;
GRANT CONNECT ON DATABASE postgres TO des_owner;
"""


class Urls(NamedTuple):
    """How to reach the database, as each of its two roles."""

    application: str
    owner: str


def ensure(directory: Path) -> Urls:
    """Start the PostgreSQL of `directory` unless it runs, making it first if need be.

    It runs until the last process that called this has ended.
    """
    try:
        cluster = Cluster(Home.below(directory, server="postgres", socket=SOCKET))
        cluster.home.share(stop=cluster.stop)
        if not cluster.is_ready():
            with cluster.home.locked():
                if not cluster.is_ready():
                    cluster.start()
        return cluster.urls()
    except OSError as error:
        raise ServerError(f"PostgreSQL cannot be started in {directory}: {error}") from error


def stop(directory: Path) -> None:
    """Stop the PostgreSQL of `directory`, whoever uses it."""
    cluster = Cluster(Home.below(directory, server="postgres", socket=SOCKET))
    with cluster.home.locked():
        cluster.stop()


@dataclass(frozen=True)
class Cluster:
    """The databases of one home, and the server that serves them."""

    home: Home

    @property
    def name(self) -> str:
        """Give the name that all the server's processes carry in their titles."""
        return f"des-{hashlib.sha256(os.fsencode(self.home.path)).hexdigest()[:12]}"

    def urls(self) -> Urls:
        """Say how to reach the database."""
        try:
            passwords = json.loads((self.home.path / PASSWORDS).read_text())
        except FileNotFoundError as error:
            raise self.home.failure("PostgreSQL", f"its passwords, {PASSWORDS}, are missing") from error
        host = quote(str(self.home.run_directory))
        return Urls(
            application=f"postgresql://{APPLICATION}:{passwords[APPLICATION]}@/{DATABASE}?host={host}",
            owner=f"postgresql://{OWNER}:{passwords[OWNER]}@/{DATABASE}?host={host}",
        )

    def is_ready(self) -> bool:
        """Tell whether it accepts connections. Asks without starting a process, since every start of ours asks."""
        return self._status(self.home.data) == "ready" and self._answers()

    def start(self) -> None:
        """Start the server, on databases made now if there are none."""
        programs = find_programs(self.home)
        if not self.home.data.exists():
            self._create(programs)
        self._launch(programs, self.home.data)

    def stop(self) -> None:
        """Stop the server, if it runs, in good order."""
        self._end(self.home.data, by=signal.SIGINT)

    def _create(self, programs: Programs) -> None:
        """Make the databases beside their place and move them there when whole: a kill leaves none half made."""
        self.home.check_space(needed=256 * MEBIBYTE)
        self._end_strays(self.home.path / NEW)
        data = self.home.new_directory(NEW)
        passwords = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APPLICATION)}
        self._initialise(programs, data, password=passwords[SUPERUSER])
        self._launch(programs, data)
        membership = " WITH INHERIT FALSE, SET TRUE" if programs.version >= SEPARATE_MEMBERSHIP_OPTIONS else ""
        made = self.home.account.run(
            *(programs.directory / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"),
            *("-h", self.home.run_directory, "-U", SUPERUSER, "-d", "postgres"),
            text=ROLES.format(**passwords, membership=membership),
            environment={"PGPASSWORD": passwords[SUPERUSER]},
        )
        if made.returncode:
            raise self.home.failure("PostgreSQL", made.stdout)
        self._end(data, by=signal.SIGINT)
        self.home.write_secret(PASSWORDS, json.dumps(passwords))
        data.rename(self.home.data)

    def _initialise(self, programs: Programs, data: Path, *, password: str) -> None:
        locale: list[str | Path] = ["--locale=C.UTF-8"]
        if programs.version >= BUILTIN_LOCALES:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        password_file = self.home.account.take(self.home.write_secret("password", password), mode=0o400)
        try:
            made = self.home.account.run(
                *(programs.directory / "initdb", "-D", data, "-U", SUPERUSER, "-E", "UTF8", *locale),
                *("--pwfile", password_file, "--auth=scram-sha-256", "--data-checksums", "--no-instructions"),
            )
        finally:
            password_file.unlink()
        if made.returncode:
            raise self.home.failure("PostgreSQL", made.stdout)

    def _launch(self, programs: Programs, data: Path) -> None:
        """Start the server on `data` and wait until it accepts connections.

        What a killed server left is cleared away first: its workers, which hold the data until they notice; and
        its claims, which PostgreSQL believes while any process has that number, even a zombie.
        """
        deadline = time.monotonic() + START_WITHIN
        while self._postmaster(data):  # started by a process that was killed before it was ready, or stopping
            if self._status(data) == "ready" and self._answers():
                return
            if time.monotonic() > deadline:
                raise self.home.failure("PostgreSQL", f"it is not ready after {START_WITHIN} seconds")
            time.sleep(0.05)
        self._end_strays(data)
        for claim in (data / "postmaster.pid", self.home.run_directory / f"{SOCKET}.lock"):
            claim.unlink(missing_ok=True)
        self.home.check_space()
        settings = self.home.path / "postgresql.conf"
        settings.write_text(SETTINGS.format(run=self.home.run_directory, name=self.name))
        settings.chmod(0o644)
        logged = self.home.open_log()
        started = self.home.account.run(
            *(programs.directory / "pg_ctl", "start", "-w", "-t", str(START_WITHIN), "-D", data),
            *("-l", self.home.log, "-o", f"-c config_file={settings}"),
        )
        if started.returncode:
            raise self.home.failure("PostgreSQL", self._complaint(since=logged))

    def _complaint(self, *, since: int) -> str:
        """Give the last thing the server said before it gave up."""
        with self.home.log.open(errors="replace") as log:
            log.seek(since)
            lines = log.read().splitlines()
        grave = [line.partition("  ")[2] for line in lines if "FATAL:" in line or "PANIC:" in line]
        return (grave or [" ".join(lines)])[-1]

    def _end(self, data: Path, *, by: signal.Signals) -> None:
        if postmaster := self._postmaster(data):
            processes.end(postmaster, by=by, within=STOP_WITHIN)

    def _end_strays(self, data: Path) -> None:
        """End what was left at work on `data`: the programs of a killed `ensure`, and a killed server's workers."""
        for sign in (f"-D {data} ", f"postgres: {self.name}: "):
            for pid in processes.with_command(sign):
                processes.end(pid, by=signal.SIGQUIT, within=5)

    def _status(self, data: Path) -> str:
        """Give what the server says of itself: starting, ready, stopping; nothing if it does not run."""
        lines = self._pid_lines(data)
        return lines[7].strip() if len(lines) > 7 and self._postmaster(data) else ""

    def _postmaster(self, data: Path) -> int | None:
        """Give the server's process number, unless its file is left from one that was killed."""
        lines = self._pid_lines(data)
        pid = int(lines[0]) if lines and lines[0].isdigit() else 0
        return pid if pid and f"-D {data} " in processes.command_line(pid) else None

    def _pid_lines(self, data: Path) -> list[str]:
        try:
            return (data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _answers(self) -> bool:
        """Tell whether it takes part in a conversation; one that is being killed still lets one connect."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            try:
                client.connect(str(self.home.run_directory / SOCKET))
                client.sendall(MAY_I_ENCRYPT)
                return client.recv(1) == b"N"
            except OSError:
                return False
