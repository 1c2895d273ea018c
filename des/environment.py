"""Reading the environment: a missing or wrong value stops the start, with how to put it right."""

import os
from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def variable(name: str, default: str | None = None) -> str:
    """The environment variable's value, or the default; neither is a refusal to start."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}: docs/operations.md says what it holds.")
    return value


def switch(name: str, default: bool = False) -> bool:
    value = variable(name, "1" if default else "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, and is {value!r}.")
    return value == "1"


def number(name: str, default: int) -> int:
    value = variable(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, and is {value!r}.")
    return int(value)


def database(url: str) -> dict[str, Any]:
    """Django's description of the database that a `postgresql://` URL names (`?host=` names a socket directory)."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("A database URL reads postgresql://user:password@host:port/name.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def limits(name: str, known: Collection[str]) -> dict[str, tuple[int, int]]:
    """Some of the known limits, as `name=tries/seconds` with semicolons between."""
    chosen = {}
    for part in filter(None, (part.strip() for part in variable(name, "").split(";"))):
        limit, _, figures = part.partition("=")
        tries, _, seconds = figures.partition("/")
        if limit not in known or not (tries.isdecimal() and seconds.isdecimal() and int(tries) and int(seconds)):
            raise ImproperlyConfigured(f"{name} reads name=tries/seconds; with known names; {part!r} does not.")
        chosen[limit] = (int(tries), int(seconds))
    return chosen
