"""Where a private server keeps its files, and who shares it."""

import atexit
import fcntl
import filecmp
import hashlib
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from des.servers import ServerError
from des.servers.account import Account

SHARED_WITH_ALL = "/var/tmp"  # noqa: S108 - our directory below it must be ours, or it is refused
PRIVATE_NAME = "data-enquiry-service"
LONGEST_SOCKET = 107  # bytes; the kernel's limit
PLAIN_PATH = re.compile(r"[A-Za-z0-9._/+-]+")  # a comma or space in a path breaks libpq's and Celery's addresses
MEBIBYTE = 1024 * 1024
LEAST_FREE = 64 * MEBIBYTE

_shares: dict[Path, int] = {}


@dataclass(frozen=True)
class Home:
    """One server's directory.

    Below it only `data` and `run` belong to the server's account, so that root never writes a file
    where that account could have laid a link.
    """

    path: Path
    account: Account

    @classmethod
    def below(cls, directory: Path, *, server: str, socket: str) -> "Home":
        """Find or make the home of `server` below `directory`, or in a private one where that will not do.

        Once private it stays private: a link in `directory` shows where it went.
        """
        link = directory.resolve() / server
        link.parent.mkdir(parents=True, exist_ok=True)
        home = cls(link, Account.for_servers())
        if link.is_symlink() or not (link.exists() or home._suits(socket)):
            private = _private_root(link.parent) / server
            if not link.is_symlink() or link.readlink() != private:
                link.unlink(missing_ok=True)
                link.symlink_to(private)
            home = cls(private, home.account)
        return home._made()

    def _suits(self, socket: str) -> bool:
        longest = self.run_directory / socket
        return (
            PLAIN_PATH.fullmatch(str(longest)) is not None
            and len(os.fsencode(longest)) <= LONGEST_SOCKET
            and self.account.enters(self.path.parent)
        )

    def _made(self) -> "Home":
        """Make what is missing, and settle the account: whoever owns the home goes on with it."""
        _make_passable(self.path)
        owner = Account.owning(self.path)
        home = self if owner.uid == os.geteuid() else Home(self.path, owner)
        if not home.run_directory.exists():
            with home.locked():
                if not home.run_directory.exists():
                    home.new_directory("run")
        return home

    @property
    def run_directory(self) -> Path:
        """The directory of the socket."""
        return self.path / "run"

    @property
    def data(self) -> Path:
        """The directory of the server's own files."""
        return self.path / "data"

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.path / "log"

    def open_log(self) -> int:
        """Let the server write its log, and give the size it has so far."""
        self.log.touch(mode=0o600)
        self.account.take(self.log, mode=0o600)
        return self.log.stat().st_size

    def new_directory(self, name: str) -> Path:
        """Make an empty directory of the server's account, in place of an old one."""
        path = self.path / name
        # Moved first: a program that was left at work in it cannot disturb the new one.
        discarded = path.with_suffix(".old")
        shutil.rmtree(discarded, ignore_errors=True)
        if path.exists():
            path.rename(discarded)
            shutil.rmtree(discarded, ignore_errors=True)
        path.mkdir(mode=0o700)
        return self.account.take(path, mode=0o700)

    def write_secret(self, name: str, secret: str) -> Path:
        """Write a file that only we can read."""
        path = self.path / name
        path.unlink(missing_ok=True)
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(secret)
        return path

    def runnable(self, program: Path, *, packages: Path, names: tuple[str, ...]) -> Path:
        """Give `program`, or a copy of it where the server's account cannot run it.

        `names` below `packages` are what it needs beside it; its libraries are found by relative paths.
        """
        if self._runs(program):
            return program
        copies = self.path / "programs"
        copy = copies / program.relative_to(packages)
        if not copy.exists() or not filecmp.cmp(program, copy):
            self.check_space(needed=100 * MEBIBYTE)
            fresh = copies.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)
            for name in names:
                if (packages / name).exists():
                    shutil.copytree(packages / name, fresh / name, symlinks=True)
            for path in (fresh, *fresh.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
            shutil.rmtree(copies, ignore_errors=True)
            fresh.rename(copies)
        if not self._runs(copy):
            raise ServerError(f"The program {program} does not run on this machine, nor does a copy of it, {copy}.")
        return copy

    def _runs(self, program: Path) -> bool:
        try:
            return self.account.run(program, "--version").returncode == 0
        except PermissionError:
            return False

    def check_space(self, *, needed: int = LEAST_FREE) -> None:
        """Refuse to go on when the disk is all but full."""
        free = shutil.disk_usage(self.path).free
        if free < needed:
            raise ServerError(
                f"The disk that holds {self.path} is full: {free // MEBIBYTE:,} MB are free and at least "
                f"{needed // MEBIBYTE:,} MB are needed. Make room, then start again."
            )

    def failure(self, server: str, complaint: str) -> ServerError:
        """Say why the server does not start, and what to do."""
        try:
            self.check_space()
        except ServerError as full:
            return full
        return ServerError(
            f"{server} does not start: {complaint.strip() or 'it does not say why'}\n"
            f"Its log is {self.log}. If nothing in it is needed any more, remove the directory {self.path} "
            "and start again."
        )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the home for ourselves while the server is made or started."""
        descriptor = self._open("lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def share(self, *, stop: Callable[[], None]) -> None:
        """Count this process among the server's users until it ends; the last one to leave calls `stop`.

        The kernel does the counting, by a shared lock: a killed process leaves no trace.
        """
        if self.path in _shares:
            return
        descriptor = _shares[self.path] = self._open("users")
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        atexit.register(_leave, self.path, user=os.getpid(), stop=stop)

    def _open(self, name: str) -> int:
        return os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _leave(path: Path, *, user: int, stop: Callable[[], None]) -> None:
    if os.getpid() != user:  # a forked child: its parent still uses the server
        return
    descriptor = _shares.pop(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        stop()
    finally:
        os.close(descriptor)


def _private_root(directory: Path) -> Path:
    """Make the directory below the system's variable data that stands in for `directory`."""
    name = hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]
    if os.geteuid() == 0 and os.access("/var/lib", os.W_OK):
        _make_passable(Path("/var/lib", PRIVATE_NAME))
        return _make_passable(Path("/var/lib", PRIVATE_NAME, name))
    return _make_passable(Path(SHARED_WITH_ALL, f"{PRIVATE_NAME}-{os.geteuid()}-{name}"))


def _make_passable(path: Path) -> Path:
    """Make a directory that no other user can list, and through which a server's account can pass."""
    path.mkdir(exist_ok=True)
    status = path.lstat()
    if os.geteuid() not in (0, status.st_uid) or not stat.S_ISDIR(status.st_mode):
        raise ServerError(f"The directory {path} belongs to another user. Remove it, or name another directory.")
    if status.st_uid == os.geteuid():
        path.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return path
