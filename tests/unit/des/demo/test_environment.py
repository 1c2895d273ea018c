"""Before Django loads, the demo makes sure that it can start and says plainly when it cannot."""

import fcntl
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from des.demo import arguments, environment
from des.demo.environment import Place
from des.servers import ServerError


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put back what `prepare` changes for the whole process."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(os, "environ", dict(os.environ))
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)
    if environment._lock is not None:
        os.close(environment._lock)
        environment._lock = None


def test_the_options_have_the_promised_defaults() -> None:
    options = arguments.parse([])

    assert (options.points, options.port, options.tls) == (100_000, 8000, False)
    assert options.dir.parts[-2:] == (".var", "demo")


@pytest.mark.parametrize(
    "words",
    [["--points", "0"], ["--points", "many"], ["--port", "0"], ["--port", "65536"], ["--port", "web"]],
)
def test_an_option_out_of_range_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments.parse(words)

    assert words[0] in capsys.readouterr().err


def test_options_of_django_pass() -> None:
    assert arguments.parse(["--points", "20,000", "--verbosity", "2"]).points == 20_000


def test_the_settings_are_made_of_the_options(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "check_port", lambda _port: None)
    monkeypatch.setenv("MAKELEVEL", "1")
    monkeypatch.setattr(environment, "end_with_parent", lambda: None)
    place.report.write_text("of yesterday")

    environment.prepare(["--dir", str(place.directory), "--port", "8123", "--tls"])

    assert os.environ["PUBLIC_BASE_URL"] == "https://localhost:8123"
    assert os.environ["ALLOWED_HOSTS"] == "localhost,127.0.0.1"
    assert os.environ["DES_DIR"] == str(place.directory)
    assert os.environ["DEMO"] == "1"
    assert not place.report.exists()
    assert signal.getsignal(signal.SIGTERM) is signal.default_int_handler


def test_the_secret_key_outlives_a_restart_and_is_nobody_else_s(place: Place) -> None:
    first = environment.variables(place, port=8000, tls=False)["SECRET_KEY"]

    assert len(first) >= 50
    assert environment.variables(place, port=8000, tls=False)["SECRET_KEY"] == first
    assert place.secret_key.stat().st_mode & 0o077 == 0


def test_a_second_demo_in_the_same_directory_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "LOCK_WITHIN", 0.05)
    with (place.directory / "lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        with pytest.raises(ServerError, match=r"A demo runs in .* already"):
            environment.prepare(["--dir", str(place.directory)])


def test_a_directory_that_cannot_be_made_is_reported() -> None:
    with pytest.raises(ServerError, match="cannot use the directory /dev/null/demo"):
        environment.prepare(["--dir", "/dev/null/demo"])


def test_a_full_disk_is_reported(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(place.directory)._replace(free=5 * 1024**2)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)

    with pytest.raises(ServerError, match="5 MB are free and at least 1,024 MB are needed"):
        environment.check_disk(place)


def test_a_port_in_use_is_reported(socket_enabled: None) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(ServerError, match=f"Port {port} is in use"):
            environment.check_port(port)
    environment.check_port(port)


def test_a_reserved_port_is_reported(monkeypatch: pytest.MonkeyPatch, socket_enabled: None) -> None:
    monkeypatch.setattr(socket.socket, "bind", _refuse(PermissionError(13, "Permission denied")))
    with pytest.raises(ServerError, match="Port 80 is reserved"):
        environment.check_port(80)

    monkeypatch.setattr(socket.socket, "bind", _refuse(OSError(99, "Cannot assign requested address")))
    with pytest.raises(OSError, match="Cannot assign"):
        environment.check_port(80)


def _refuse(error: OSError) -> object:
    def bind(*_arguments: object) -> None:
        raise error

    return bind
