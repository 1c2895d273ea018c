"""Directories in which private servers can be started, and processes that use them."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from des.servers import postgres, valkey

CHECKOUT = Path(__file__).resolve().parents[4]
USES_SERVER = "import sys; from pathlib import Path; from des.servers import {server}; "
USES_SERVER += "print({server}.ensure(Path(sys.argv[1])), flush=True); sys.stdin.read()"

User = subprocess.Popen[str]


@contextmanager
def made_and_removed() -> Iterator[Path]:
    """Make a directory that the servers' account can enter, unlike pytest's own; stop what runs below it at the end."""
    path = Path(tempfile.mkdtemp(prefix="des-"))
    path.chmod(0o711)
    yield path
    for server, name in ((postgres, "postgres"), (valkey, "valkey")):
        for home in path.rglob(name):
            if (home / "users").exists():
                server.stop(home.parent)
            if home.is_symlink():
                shutil.rmtree(home.readlink().parent, ignore_errors=True)
    shutil.rmtree(path)


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory for one test."""
    with made_and_removed() as path:
        yield path


@pytest.fixture(scope="module")
def shared_directory() -> Iterator[Path]:
    """A directory for tests that leave a server as they found it: making databases takes a second."""
    with made_and_removed() as path:
        yield path


@pytest.fixture
def use(directory: Path) -> Iterator[Callable[[str], User]]:
    """Start another process that uses a server of the directory, until its input is closed."""
    users: list[User] = []

    def start(server: str) -> User:
        script = USES_SERVER.format(server=server)
        user = subprocess.Popen(
            [sys.executable, "-c", script, str(directory)],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        users.append(user)
        return user

    yield start
    for user in users:
        user.kill()
        user.communicate()
