"""Start the demo's processes, keep them running, and leave none behind."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from des.servers import ServerError, processes

MARK = "DEMO_CHILD_OF"  # the variable by which a later demo knows what an earlier, killed one left
PR_SET_PDEATHSIG = 1
END_WITHIN = 10  # seconds
STEADY_AFTER = 20  # seconds without an end: what ended before is forgiven
PATIENCE = 3  # quick ends in a row

_c = ctypes.CDLL(None, use_errno=True)


def end_with_parent() -> None:
    """Have the kernel end this process by SIGTERM when its parent ends, however that ends."""
    _c.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def end_leftovers(directory: Path) -> None:
    """End what a killed demo of this directory left running."""
    for pid in processes.with_variable(MARK, str(directory)):
        processes.end(pid, by=signal.SIGTERM, within=END_WITHIN)


@dataclass
class Child:
    """One process of the demo with all that it starts itself, kept running."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    log: Path
    directory: Path
    clock: Callable[[], float] = time.monotonic
    quick_ends: int = 0
    started: float = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it, in a group of its own, so that Ctrl-C reaches it only through us."""
        self.started = self.clock()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def keep(self) -> None:
        """Start it again if it has ended, later and later; give up when it ends at once each time."""
        if self.process is None or self.process.poll() is None:
            return
        self._kill_group()
        steady = self.clock() - self.started > STEADY_AFTER
        pause = 0 if self.quick_ends == 0 else 2**self.quick_ends
        if not steady and self.clock() - self.started < pause:
            return
        self.quick_ends = 0 if steady else self.quick_ends + 1
        if self.quick_ends > PATIENCE:
            raise ServerError(f"The {self.name} ends as soon as it starts. The last lines of {self.log} say why.")
        self.start()

    def ask_to_end(self) -> None:
        """Ask it to finish what it does and end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, *, deadline: float) -> None:
        """Wait for its end until the deadline, then kill it with all that it started."""
        if self.process is not None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(max(deadline - self.clock(), 0.1))
            self._kill_group()
            self.process.wait()

    def _kill_group(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def end_all(children: Sequence[Child]) -> None:
    """End every child, side by side."""
    for child in children:
        child.ask_to_end()
    deadline = time.monotonic() + END_WITHIN
    for child in children:
        child.end(deadline=deadline)
