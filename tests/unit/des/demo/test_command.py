"""The demo prepares what is missing, serves until it is told to end, and leaves nothing running."""

import io
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db import OperationalError
from django.utils import timezone

from des.demo import children, report, tls
from des.demo.environment import Place
from des.demo.management.commands import demo
from des.demo.processes import MARK, Child
from des.servers import ServerError
from des.servers.processes import started_at

SHIPPER: report.Person = {
    "email": "shipper@example.com",
    "password": "a long one",
    "totp_secret": None,
    "organisation": "Northern Shipping Ltd",
    "role": "Shipper",
}


class Stage:
    """What surrounds the command, replaced by something quick that tells what was done."""

    def __init__(self, directory: Path) -> None:
        self.place = Place(directory)
        self.done: list[str] = []
        self.family: list[Child] = []
        self.loaded: tuple[int, int] | None = None
        self.as_at = timezone.now()
        self.out = io.StringIO()

    def call(self, command: str, **_options: Any) -> None:
        self.done.append(command)

    def load(self, *, points: int, seed: int, progress: Callable[[str], None]) -> None:
        self.done.append(f"load {points}")
        progress(f"{points} of {points}")

    def child(self, place: Place, **_options: Any) -> Child:
        child = Child("web server", ["sleep", "60"], {}, place.output, place.directory)
        self.family.append(child)
        return child

    def run(self, *, points: int = 500, tls: bool = False) -> None:
        demo.Command(stdout=self.out).handle(points=points, port=8123, dir=self.place.directory, tls=tls)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    monkeypatch.setattr(demo, "call_command", stage.call)
    monkeypatch.setattr(demo, "data_as_at", lambda: stage.as_at)
    monkeypatch.setattr(demo, "loaded_sample", lambda: stage.loaded)
    monkeypatch.setattr(demo, "load_sample_register", stage.load)
    monkeypatch.setattr(demo, "create_cast", lambda: {"shipper": SHIPPER})
    monkeypatch.setattr(demo, "examples", lambda: {"mprn": "5454555"})
    monkeypatch.setattr(demo.children, "web_server", stage.child)
    monkeypatch.setattr(demo.children, "worker", stage.child)
    monkeypatch.setattr(demo.readiness, "is_ready", lambda **_options: True)
    monkeypatch.setattr(demo, "sleep", _interrupt)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield stage
    for number, handler in handlers.items():
        signal.signal(number, handler)


def _fail(failure: Exception) -> Callable[..., None]:
    def fail(*_arguments: Any, **_options: Any) -> None:
        raise failure

    return fail


def _interrupt(_seconds: float) -> None:
    raise KeyboardInterrupt


def test_it_prepares_serves_and_ends_what_it_started(stage: Stage) -> None:
    stage.run()

    assert "shipper@example.com  a long one" in stage.out.getvalue()
    assert f"The portal is ready at {settings.PUBLIC_BASE_URL}" in stage.out.getvalue()
    assert len(stage.family) == 2
    for child in stage.family:
        assert child.process
        assert not started_at(child.process.pid)
    assert not stage.place.report.exists()


def test_a_register_of_the_same_size_is_not_made_again(stage: Stage) -> None:
    stage.loaded = (500, demo.SEED)

    stage.run()

    assert "load 500" not in stage.done
    assert "500 meter points is there already" in stage.out.getvalue()


def test_a_register_of_an_impossible_size_is_refused_plainly(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "load_sample_register", _fail(ValueError("At most 50,000,000 meter points.")))

    with pytest.raises(CommandError, match="At most 50,000,000 meter points"):
        stage.run()


def test_a_disk_that_fills_meanwhile_is_reported(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    failure = OperationalError("could not extend file: No space left on device")
    monkeypatch.setattr(demo, "load_sample_register", _fail(failure))

    with pytest.raises(OperationalError):
        stage.run()
    monkeypatch.setattr(demo, "check_disk", _fail(ServerError("The disk is full")))
    with pytest.raises(ServerError, match="The disk is full"):
        stage.run()


def test_the_report_tells_programs_all_they_need(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list[dict[str, Any]] = []
    write = report.write

    def keep(path: Path, content: dict[str, Any]) -> None:
        write(path, content)
        reports.append(json.loads(path.read_text()))
        assert path.stat().st_mode & 0o077 == 0

    monkeypatch.setattr(demo.report, "write", keep)

    stage.run(tls=True)

    [told] = reports
    assert told["people"]["shipper"] == SHIPPER
    assert told["examples"] == {"mprn": "5454555"}
    assert told["database_url"] == settings.DATABASE_URL
    assert told["mail_dir"] == str(stage.place.mail)
    assert told["paths"]["record"] == "/meter-points/{mprn}/"
    assert told["paths"]["login"] == "/sign-in/"
    assert told["paths"]["health_ready"] == "/health/ready"
    assert (stage.place.directory / "certificate.pem").exists()


def test_the_children_know_the_application_s_role_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://des_owner:secret@/des")
    monkeypatch.setenv("DATABASE_ROLE", "owner")
    place = Place(tmp_path)
    certificate = tls.Certificate(tmp_path / "certificate.pem", tmp_path / "key.pem")

    web = children.web_server(place, port=8123, certificate=certificate)
    worker = children.worker(place)

    for child in (web, worker):
        assert "secret" not in " ".join(child.environment.values())
        assert "DATABASE_ROLE" not in child.environment
        assert child.environment["DATABASE_URL"] == settings.DATABASE_URL
        assert child.environment[MARK] == str(tmp_path)
        assert child.command[0] == sys.executable
    words = [str(word) for word in web.command]
    assert int(words[words.index("--workers") + 1]) >= 2
    assert words[words.index("--ssl-protocol-min") + 1] == "tls1.2"
    assert "--ssl-certificate" not in children.web_server(place, port=8123, certificate=None).command


def test_while_it_serves_it_looks_after_its_children(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    def look(_seconds: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(demo, "sleep", look)
    kept: list[str] = []
    monkeypatch.setattr(Child, "keep", lambda child: kept.append(child.name))
    started = time.monotonic()

    stage.run()

    assert kept == ["web server"] * 4
    assert time.monotonic() - started < 10
