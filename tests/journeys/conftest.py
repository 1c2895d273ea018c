"""The demonstration, running as people run it, and a browser to walk through it."""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b32decode
from collections.abc import Iterator
from email import message_from_string
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django_otp.oath import TOTP
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
POINTS = 3_000
READY_WITHIN = 120
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def demo() -> Iterator[dict[str, Any]]:
    """What `demo.json` says of a demonstration that is ready; it is ended afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="des-demo-"))
    directory.chmod(0o711)  # run as root, the database's own user must be able to enter it
    command = [sys.executable, "manage.py", "demo", "--points", str(POINTS), "--port", str(free_port())]
    said = (directory / "said.txt").open("w+")
    process = subprocess.Popen([*command, "--dir", str(directory)], cwd=ROOT, stdout=said, stderr=said)
    report = directory / "demo.json"
    deadline = time.monotonic() + READY_WITHIN
    while not report.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            said.seek(0)
            pytest.fail(f"The demonstration did not start:\n{said.read()}")
        time.sleep(0.2)
    yield json.loads(report.read_text())
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) in (0, -signal.SIGTERM, 143)
    said.close()
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, ended with the journeys: while it runs there is an event loop, in which Django refuses its database."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
        )
        yield chromium
        chromium.close()


@pytest.fixture(params=[pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")])
def page(request: pytest.FixtureRequest, browser: Browser, demo: dict[str, Any]) -> Iterator[Page]:
    """A page of a fresh browser, at desk and at phone width; no script of ours may fail on it."""
    # axe is put into the page by the test, which the content security policy would rightly refuse.
    context = browser.new_context(
        viewport=request.param, base_url=demo["base_url"], accept_downloads=True, bypass_csp=True
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


# The last time step of each authenticator app whose code was used: a code counts once.
used_steps: dict[str, int] = {}
# The cookies of people who have signed in, so that each need not use up codes for every journey.
cookies_of: dict[str, Any] = {}


def next_code(secret: str) -> str:
    """A code of an authenticator app that has not been used, waiting for one where need be."""
    while True:
        step = int(time.time()) // 30
        for ahead in (step, step + 1):
            if used_steps.get(secret, -1) < ahead:
                used_steps[secret] = ahead
                totp = TOTP(b32decode(secret))
                totp.time = ahead * 30
                return f"{totp.token():06d}"
        time.sleep(0.5)


def sign_in(page: Page, person: dict[str, Any]) -> None:
    """Sign in on the pages, by password and, where the person has one, the authenticator app."""
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(person["email"])
    page.get_by_label("Password", exact=True).fill(person["password"])
    page.get_by_role("button", name="Sign in").click()
    if person["totp_secret"]:
        page.get_by_label("Code").fill(next_code(person["totp_secret"]))
        page.get_by_role("button", name="Continue").click()
    page.locator("button", has_text="Sign out").wait_for(state="attached")


def be(page: Page, person: dict[str, Any]) -> None:
    """Be signed in as one of the cast, by the session of before where there is one."""
    page.context.clear_cookies()
    if person["email"] in cookies_of:
        page.context.add_cookies(cookies_of[person["email"]])
        page.goto("/account/")
        if "/sign-in/" not in page.url:
            return
    sign_in(page, person)
    cookies_of[person["email"]] = page.context.cookies()


def letter_to(demo: dict[str, Any], address: str, words: str, *, within: float = 30) -> str:
    """The text of the newest message to an address that holds some words."""
    deadline = time.monotonic() + within
    while True:
        for path in sorted(Path(demo["mail_dir"]).iterdir(), key=lambda path: path.stat().st_mtime, reverse=True):
            for text in path.read_text().split("-" * 79):
                message = message_from_string(text.lstrip())
                body = message.get_payload(decode=True)
                if message["To"] == address and isinstance(body, bytes) and words in body.decode():
                    return body.decode()
        assert time.monotonic() < deadline, f"no message to {address} with {words!r}"
        time.sleep(0.3)


def link_in(letter: str) -> str:
    """The first link of a message."""
    found = re.search(r"http\S+", letter)
    assert found
    return found[0]


def assert_accessible(page: Page) -> None:
    """axe finds nothing wrong with the page as it stands, and nothing is wider than the screen."""
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url} is {overflow} pixels too wide"
