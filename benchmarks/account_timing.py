"""Whether the time of an answer tells that an address has an account: known and unknown ones, by turns, in one run.

Run it beside a demo, on whose database it starts a web server of its own with limits out of the way:

    .venv/bin/python benchmarks/account_timing.py .var/demo

It prints the medians, the quartiles and the ratio of the medians for signing in, for a link to a new password, for a
code by telephone and for a request for access. Ratios near 1 tell nothing to who measures.
"""

import http.client
import json
import os
import re
import secrets
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

import psycopg

ROUNDS = 60
LIMITS = (
    "sign-in by account and network", "sign-in by account", "sign-in by account and known device", "sign-in by network",
    "sign-in by anybody", "reset, hour", "reset, day", "reset by network", "reset code by account",
    "reset code by network", "access request by address", "access request by network",
)  # fmt: skip


def main(directory: Path) -> None:
    demo = json.loads((directory / "demo.json").read_text())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DEMO": "1",
        "DES_DIR": str(directory),
        "SECRET_KEY": (directory / "secret_key").read_text(),
        "FACTOR_KEYS": (directory / "factor_key").read_text(),
        "ALLOWED_HOSTS": "localhost",
        "PUBLIC_BASE_URL": f"http://localhost:{port}",
        "DATABASE_URL": demo["database_url"],
        "CELERY_BROKER_URL": demo["broker_url"],
        "DJANGO_SETTINGS_MODULE": "des.settings",
        "LIMITS": ";".join(f"{name}=1000000/900" for name in LIMITS),
        "LOG_FILE": os.devnull,
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--blocking-threads", "1", "--workers-kill-timeout", "5", "--log-level", "warning"]
    root = Path(__file__).resolve().parent.parent
    server = subprocess.Popen([*command, "des.wsgi:application"], cwd=root, env=environment)
    try:
        wait_for(port)
        known = [person["email"] for person in demo["people"].values()]
        print(
            f"{'form':24}{'known':>22}{'unknown':>22}{'ratio':>8}   milliseconds: median (quartiles), {ROUNDS} rounds"
        )
        for name, path, form in forms():
            measure(port, name, path, form, known)
    finally:
        server.terminate()
        server.wait(10)
        with psycopg.connect(demo["database_url"]) as database:  # else the cast could not sign in for a while
            database.execute("DELETE FROM accounts_limitcount")


def forms() -> list[tuple[str, str, dict[str, str]]]:
    """Name, path and form of each question; `{email}` takes the address."""
    password = "drift lantern cobble wharf"  # noqa: S105 - nobody's
    return [
        ("sign in", "/sign-in/", {"login": "{email}", "password": "not the password at all"}),
        ("link to a new password", "/reset/", {"email": "{email}"}),
        ("code by telephone", "/reset/code/", {"email": "{email}", "code": "aaaa-bbbb-cccc", "password": password}),
        (
            "request for access",
            "/request-access/",
            {
                "kind": "person",
                "name": "Sam",
                "email": "{email}",
                "organisation_name": "BGF",
                "portal_roles": "user",
                "purpose": "Billing",
            },
        ),
    ]


def measure(port: int, name: str, path: str, form: dict[str, str], known: list[str]) -> None:
    times: dict[bool, list[float]] = {True: [], False: []}
    answers: dict[bool, set[int]] = {True: set(), False: set()}
    for number in range(ROUNDS + 3):
        for is_known in (True, False) if number % 2 else (False, True):
            email = known[number % len(known)] if is_known else f"{secrets.token_hex(6)}@demo.example"
            status, seconds = ask(port, path, {key: value.format(email=email) for key, value in form.items()})
            answers[is_known].add(status)
            if number >= 3:  # the first rounds warm up
                times[is_known].append(seconds * 1000)
    if answers[True] != answers[False]:
        sys.exit(f"{name}: the answers differ: {answers}")
    shown = []
    for is_known in (True, False):
        low, median, high = statistics.quantiles(times[is_known], n=4)
        shown.append(f"{median:.1f} ({low:.1f}-{high:.1f})")
    ratio = statistics.median(times[True]) / statistics.median(times[False])
    print(f"{name:24}{shown[0]:>22}{shown[1]:>22}{ratio:8.3f}")


def ask(port: int, path: str, form: dict[str, str]) -> tuple[int, float]:
    """Send one form in a browser of its own; its status, and the seconds that the answer took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    host = {"Host": f"localhost:{port}"}
    connection.request("GET", f"{path}?kind=person" if "request" in path else path, headers=host)
    response = connection.getresponse()
    cookies = "; ".join(
        value.split(";")[0] for header, value in response.getheaders() if header.lower() == "set-cookie"
    )
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', response.read().decode())
    body = urlencode(form | {"csrfmiddlewaretoken": token[1] if token else ""})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
    started = time.perf_counter()
    connection.request("POST", path, body, host | headers | {"Origin": f"http://localhost:{port}"})
    answer = connection.getresponse()
    answer.read()
    seconds = time.perf_counter() - started
    connection.close()
    return answer.status, seconds


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    sys.exit("The web server did not start.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]).resolve())
