"""A contract is a text file that people review: what is must be what it says.

Run pytest with UPDATE_CONTRACTS=1 in the environment to write the files anew, then read the difference.
"""

import difflib
import os
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent


def check(name: str, lines: Iterable[str]) -> None:
    """Compare the lines with the reviewed file of the name, or write it where that is asked for."""
    path = HERE / name
    found = list(lines)
    if os.environ.get("UPDATE_CONTRACTS") == "1":
        path.write_text("\n".join([*found, ""]), encoding="utf-8")
        return
    reviewed = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    difference = "\n".join(difflib.unified_diff(reviewed, found, f"reviewed {name}", "what is", lineterm="", n=1))
    assert not difference, (
        f"{difference}\n\nIf this is meant, run UPDATE_CONTRACTS=1 pytest tests/contracts and have {name} reviewed."
    )


def columns(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Rows of words as lines, each column as wide as its longest word."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip() for row in table]
