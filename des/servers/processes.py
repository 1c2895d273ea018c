"""Recognise and end processes by what `/proc` says of them."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def command_line(pid: int) -> str:
    """Give the command line, its words parted by spaces; empty for a process that is gone or a zombie."""
    try:
        words = (PROC / str(pid) / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return words.replace(b"\0", b" ").decode(errors="replace").strip()


def started_at(pid: int) -> int | None:
    """Give the clock tick at which the process started: with its number, it names one process for ever."""
    try:
        status = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *fields = status.rpartition(")")[2].split()
    return None if state in "ZX" else int(fields[18])


def with_command(text: str) -> list[int]:
    """List the living processes whose command line holds `text`, ourselves not among them."""
    return [pid for pid in _others() if text in command_line(pid)]


def with_variable(name: str, value: str) -> list[int]:
    """List the living processes of this user that were started with an environment variable of that value."""
    wanted = os.fsencode(f"{name}={value}")
    return [pid for pid in _others() if wanted in _environment(pid)]


def _others() -> Iterator[int]:
    pids = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())
    return (pid for pid in pids if pid != os.getpid())


def _environment(pid: int) -> list[bytes]:
    try:
        return (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []


def end(pid: int, *, by: signal.Signals, within: float) -> None:
    """Ask a process to end, and kill it if it has not ended `within` so many seconds."""
    start = started_at(pid)
    if start is None:
        return
    deadline = time.monotonic() + within
    send(pid, by)
    while started_at(pid) == start:
        if time.monotonic() > deadline:
            send(pid, signal.SIGKILL)
            deadline += 1
        time.sleep(0.02)


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may have ended meanwhile."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
