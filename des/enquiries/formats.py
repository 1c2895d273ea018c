"""How a value reads on a screen. Files and the API write the value itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Format:
    """`name` tells a template how to dress the cell, `show` turns a value that is there into what is read."""

    name: str
    show: Callable[[Any], Any] = str
    numeric: bool = False


def day(value: date) -> str:
    """A date as people say it: 5 April 2026."""
    return f"{value.day} {value:%B %Y}"


def quantity(unit: str = "", places: int = 0) -> Format:
    """A figure with separators, and its unit after it."""

    def show(value: int | Decimal) -> str:
        return f"{value:,.{places}f}{' ' if unit else ''}{unit}"

    return Format("number", show, numeric=True)


TEXT = Format("text")
CODE = Format("code")  # short, and never broken over two lines
MPRN = Format("mprn")
DATE = Format("date", day)
FLAG = Format("flag", lambda value: "Yes" if value else "No")
NUMBER = quantity()
KWH = quantity("kWh")
