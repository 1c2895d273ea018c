"""What the demo tells people on the terminal, and programs in `demo.json`."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from django.urls import reverse

EXAMPLE_MPRN = 5454555
PATH_NAMES = {
    "home": "home",
    "login": "account_login",
    "logout": "account_logout",
    "help": "help",
    "search": "search",
    "exports": "exports",
    "health_live": "health_live",
    "health_ready": "health_ready",
}


class Person(TypedDict):
    """One of the cast."""

    email: str
    password: str
    totp_secret: NotRequired[str | None]
    organisation: str
    role: str


def paths() -> dict[str, str]:
    """Give the paths of the portal by name, with placeholders for what varies."""
    fixed = {name: reverse(url_name) for name, url_name in PATH_NAMES.items()}
    record = reverse("record", kwargs={"mprn": EXAMPLE_MPRN})
    return fixed | {"record": record.replace(str(EXAMPLE_MPRN), "{mprn}")}


def write(path: Path, report: Mapping[str, Any]) -> None:
    """Write the report whole or not at all; it holds passwords."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    fresh.replace(path)


def sign_ins(people: Mapping[str, Person]) -> Iterator[str]:
    """Give the lines of a table of the cast."""
    rows = [("Who", "Organisation", "E-mail", "Password")]
    rows += [(name, who["organisation"], who["email"], who["password"]) for name, who in people.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
