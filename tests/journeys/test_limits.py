"""The limits of sign-in, against four web workers on real sockets: no worker, restart, header or broker lifts them."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import redis

from tests.journeys.conftest import ROOT, free_port

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]
WRONG = "The e-mail address or the password is not right."
PAUSED = "Too many attempts to sign in."


class Server:
    """A web server of four workers on the demonstration's database."""

    def __init__(self, demo: dict[str, Any]) -> None:
        directory = Path(demo["mail_dir"]).parent
        self.port = free_port()
        self.log = directory / "limits.txt"
        self.environment = os.environ | {
            "DEMO": "1",
            "DES_DIR": str(directory),
            "SECRET_KEY": (directory / "secret_key").read_text(),
            "FACTOR_KEYS": (directory / "factor_key").read_text(),
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "PUBLIC_BASE_URL": f"http://localhost:{self.port}",
            "DATABASE_URL": demo["database_url"],
            "CELERY_BROKER_URL": demo["broker_url"],
            "DJANGO_SETTINGS_MODULE": "des.settings",
        }
        for name in ("DATABASE_ROLE", "DATABASE_OWNER_URL"):
            self.environment.pop(name, None)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--workers", "4", "--blocking-threads", "1"]
        command += ["--workers-kill-timeout", "5", "--no-access-log", "--log-level", "warning"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "des.wsgi:application"],
                cwd=ROOT,
                env=self.environment,
                start_new_session=True,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 60
        while True:
            try:
                if self.ask("GET", "/health/ready")[0] == 200:
                    return
            except OSError:
                pass
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.2)

    def kill(self) -> None:
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def ask(
        self,
        method: str,
        path: str,
        *,
        source: str = "127.0.0.1",
        body: str = "",
        headers: dict[str, str] | None = None,
    ) -> tuple[int, str, list[str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=(source, 0))
        try:
            connection.request(method, path, body, {"Host": f"localhost:{self.port}"} | (headers or {}))
            response = connection.getresponse()
            cookies = [value.split(";")[0] for name, value in response.getheaders() if name.lower() == "set-cookie"]
            return response.status, response.read().decode(), cookies
        finally:
            connection.close()

    def try_password(self, email: str, *, source: str, forwarded: str = "") -> str:
        """One wrong password, in a browser of its own; what the page says."""
        _status, page, cookies = self.ask("GET", "/sign-in/", source=source)
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert found, self.log.read_text()[-3000:]
        form = {"csrfmiddlewaretoken": found[1], "login": email, "password": "not the password at all"}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(cookies),
            "Origin": f"http://localhost:{self.port}",
        }
        if forwarded:
            headers |= {"X-Forwarded-For": forwarded, "X-Real-IP": forwarded, "Forwarded": f"for={forwarded}"}
        _status, page, _cookies = self.ask("POST", "/sign-in/", source=source, body=urlencode(form), headers=headers)
        assert (WRONG in page) != (PAUSED in page)
        return WRONG if WRONG in page else PAUSED

    def tries(self, email: str, times: int, *, source: str, forge: bool = False) -> list[str]:
        """So many tries at once."""
        with ThreadPoolExecutor(max_workers=times) as pool:
            said = [
                pool.submit(self.try_password, email, source=source, forwarded=f"198.51.100.{number}" if forge else "")
                for number in range(times)
            ]
            return [one.result() for one in said]


@pytest.fixture
def server(demo: dict[str, Any]) -> Iterator[Server]:
    server = Server(demo)
    server.start()
    yield server
    server.kill()


def broker(url: str) -> "redis.Redis[bytes]":
    """A client of the demonstration's broker; a socket's address is written `redis+socket:///path?virtual_host=0`."""
    parts = urlsplit(url)
    if parts.scheme == "redis+socket":
        return redis.Redis(unix_socket_path=parts.path, db=int(dict(parse_qsl(parts.query)).get("virtual_host", 0)))
    return redis.Redis.from_url(url)


def test_five_tries_for_one_account_from_one_network_whatever_is_forged(demo: dict[str, Any], server: Server) -> None:
    email = demo["people"]["igt"]["email"]  # nobody else of the journeys is they

    assert server.tries(email, 12, source="127.0.0.2", forge=True).count(WRONG) == 5

    # Neither an emptied broker nor a new set of workers forgets.
    broker(demo["broker_url"]).flushall()
    server.kill()
    server.start()
    assert server.tries(email, 4, source="127.0.0.2", forge=True).count(WRONG) == 0

    # From elsewhere the account is open still, until twenty have failed in all.
    elsewhere = [server.tries(email, 8, source=f"127.0.0.{host}").count(WRONG) for host in range(3, 8)]
    assert sum(elsewhere) + 5 == 20
    assert max(elsewhere) == 5


def test_thirty_tries_from_one_network_for_whatever_accounts(server: Server) -> None:
    said = [server.try_password(f"nobody{number}@example.com", source="127.0.0.20") for number in range(34)]

    assert said.count(WRONG) == 30
    assert said[30:] == [PAUSED] * 4
    assert server.try_password("nobody@example.com", source="127.0.0.21") == WRONG
