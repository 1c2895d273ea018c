"""The demo's processes are kept running, given up in time, and none is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from des.demo.processes import MARK, Child, end_all, end_leftovers
from des.servers import ServerError
from des.servers.processes import started_at


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def child(tmp_path: Path, clock: Clock) -> Iterator[Callable[[str], Child]]:
    children: list[Child] = []

    def make(script: str) -> Child:
        command = ["/bin/sh", "-c", script]
        children.append(Child("worker", command, dict(os.environ), tmp_path / "log", tmp_path, clock=clock))
        return children[-1]

    yield make
    end_all(children)


def number(child: Child) -> int:
    assert child.process
    return child.process.pid


def ended(child: Child) -> None:
    assert child.process
    child.process.wait()


def until(true: Callable[[], object]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.02)
    return False


def keep_for_long(child: Child, clock: Clock, starts: list[float]) -> None:
    for second in range(100):
        ended(child)
        before = number(child)
        child.keep()
        if number(child) != before:
            starts.append(second)
        clock.now += 1


def test_what_it_says_goes_to_the_log(child: Callable[[str], Child], tmp_path: Path) -> None:
    talking = child("echo said; echo complained >&2")
    talking.start()
    ended(talking)

    assert (tmp_path / "log").read_text() == "said\ncomplained\n"


def test_one_that_runs_is_left_alone(child: Callable[[str], Child]) -> None:
    running = child("exec sleep 60")
    running.keep()  # not started yet
    running.start()
    first = number(running)

    running.keep()

    assert number(running) == first


def test_one_that_was_killed_is_started_again_with_nothing_left_of_it(child: Callable[[str], Child]) -> None:
    killed = child("sleep 60 & echo $! >pid; wait")
    killed.start()
    first = number(killed)
    pid_file = killed.directory / "pid"
    assert until(lambda: pid_file.exists() and pid_file.read_text())
    grandchild = int(pid_file.read_text())
    os.kill(first, signal.SIGKILL)
    ended(killed)

    killed.keep()

    assert number(killed) != first
    assert until(lambda: not started_at(grandchild))


def test_one_that_ends_at_once_is_started_later_each_time_and_then_given_up(
    child: Callable[[str], Child], clock: Clock
) -> None:
    failing = child("exit 1")
    failing.start()
    starts: list[float] = []

    with pytest.raises(ServerError, match="The worker ends as soon as it starts"):
        keep_for_long(failing, clock, starts)

    assert starts == [0, 2, 6]


def test_one_that_ran_for_long_has_all_its_chances_again(child: Callable[[str], Child], clock: Clock) -> None:
    steady = child("exit 1")
    steady.quick_ends = 3
    steady.start()
    ended(steady)
    clock.now += 60

    steady.keep()

    assert steady.quick_ends == 0


def test_one_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    deaf = Child("worker", ["/bin/sh", "-c", "trap '' TERM; echo; sleep 60"], {}, tmp_path / "log", tmp_path)
    deaf.start()
    assert until((tmp_path / "log").read_text)

    deaf.ask_to_end()
    deaf.end(deadline=0)

    assert deaf.process
    assert deaf.process.returncode == -signal.SIGKILL


def test_what_was_never_started_needs_no_end(child: Callable[[str], Child]) -> None:
    never = child("exit")

    end_all([never])

    assert never.process is None


def test_what_a_killed_demo_left_is_ended(tmp_path: Path) -> None:
    left = subprocess.Popen(["sleep", "60"], env={MARK: str(tmp_path)})
    of_another = subprocess.Popen(["sleep", "60"], env={MARK: f"{tmp_path}/other"})

    end_leftovers(tmp_path)

    assert left.wait(5) == -signal.SIGTERM
    assert of_another.poll() is None
    of_another.kill()
    of_another.wait()


DEMO = """
import sys, time
from pathlib import Path
from des.demo.processes import Child
child = Child("worker", ["/bin/sleep", "60"], {}, Path(sys.argv[1], "log"), Path("/"))
child.start()
print(child.process.pid, flush=True)
time.sleep(60)
"""


def test_no_child_outlives_a_killed_demo(tmp_path: Path) -> None:
    demo = subprocess.Popen(
        [sys.executable, "-c", DEMO, str(tmp_path)],
        cwd=Path(__file__).resolve().parents[4],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert demo.stdout
    orphan = int(demo.stdout.readline())
    assert started_at(orphan)

    demo.kill()
    demo.communicate()

    assert until(lambda: not started_at(orphan))
