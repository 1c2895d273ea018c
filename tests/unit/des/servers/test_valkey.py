"""The private Valkey starts, is shared, survives being killed, and says plainly when it cannot start."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from des.servers import ServerError, processes, valkey

User = subprocess.Popen[str]


def server(directory: Path) -> int:
    [pid] = processes.with_command(f"--unixsocket {directory}/valkey/run/{valkey.SOCKET} ")
    return pid


def say(url: str, command: str) -> str:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(url.removeprefix("redis+socket://"))
        client.sendall(f"{command}\r\n".encode())
        return client.recv(1024).decode()


def test_it_listens_on_its_socket_alone_and_loses_nothing(directory: Path) -> None:
    url = valkey.ensure(directory)

    assert say(url, "PING") == "+PONG\r\n"
    assert "0" in say(url, "CONFIG GET port").split()
    assert "yes" in say(url, "CONFIG GET appendonly").split()
    assert "noeviction" in say(url, "CONFIG GET maxmemory-policy").split()
    if os.geteuid() == 0:
        assert Path(f"/proc/{server(directory)}").stat().st_uid != 0


def test_it_keeps_what_it_was_told_over_a_kill(directory: Path) -> None:
    url = valkey.ensure(directory)
    say(url, "SET ring once")
    first = server(directory)

    os.kill(first, signal.SIGKILL)

    assert valkey.ensure(directory) == url
    assert "once" in say(url, "GET ring")
    assert server(directory) != first


def test_the_last_one_out_stops_it(directory: Path, use: Callable[[str], User]) -> None:
    one, other = use("valkey"), use("valkey")
    for user in (one, other):
        assert user.stdout
        assert user.stdout.readline()
    running = server(directory)

    one.communicate()
    assert processes.started_at(running)

    other.communicate()
    assert not processes.started_at(running)


def test_damaged_data_are_reported_with_what_to_do(directory: Path) -> None:
    say(valkey.ensure(directory), "SET ring once")
    valkey.stop(directory)
    for part in (directory / "valkey/data/appendonlydir").glob("*.manifest"):
        part.write_text("nonsense\n")

    with pytest.raises(ServerError, match=rf"remove the directory {directory}/valkey and start again"):
        valkey.ensure(directory)


def test_a_missing_program_is_reported(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "WHEEL", "no_such_wheel")

    with pytest.raises(ServerError, match="No Valkey was found"):
        valkey.ensure(directory)


def test_a_program_that_refuses_its_options_is_reported(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = directory / "valkey-server"
    refusing.write_text("#!/bin/sh\necho 'Bad directive'; exit 1\n")
    refusing.chmod(0o755)
    monkeypatch.setattr(valkey, "find_program", lambda _home: refusing)

    with pytest.raises(ServerError, match="Valkey does not start: Bad directive"):
        valkey.ensure(directory)


def test_a_directory_that_cannot_be_made_is_reported() -> None:
    with pytest.raises(ServerError, match="Valkey cannot be started in /dev/null/des"):
        valkey.ensure(Path("/dev/null/des"))


def test_a_directory_removed_under_it_is_made_anew(directory: Path) -> None:
    valkey.ensure(directory)
    first = server(directory)
    shutil.rmtree(directory / "valkey")

    url = valkey.ensure(directory)

    assert say(url, "PING") == "+PONG\r\n"
    assert server(directory) != first
