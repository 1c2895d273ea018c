"""Make the list of common and breached passwords anew from lists of text, one password a line.

    python -m accounts.data.make_breached breached.bin --common FILE... --breached FILE... --hashes FILE...

The same lists give the same file, in whatever order they are named.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from accounts.passwords import DIGEST_BYTES, SHORTEST, SHORTEST_LISTED, digest

# A list of hashes, as published: SHA-1 in hexadecimal, a colon, how often it was seen.
HASH = re.compile(rb"([0-9A-Fa-f]{40})(?::\d+)?\s*")


class NotAHash(ValueError):
    """A line in a list of hashes that is none."""


def lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from (line.rstrip(b"\r\n") for line in file)


def passwords_in(path: Path, *, shortest: int) -> Iterator[bytes]:
    """Digests of the passwords of this length or more, in small letters: one entry for every way to write it."""
    for line in lines(path):
        password = line.decode("utf-8", "replace")
        if len(password) >= shortest:
            yield digest(password.casefold())


def hashes_in(path: Path) -> Iterator[bytes]:
    for number, line in enumerate(lines(path), start=1):
        match = HASH.fullmatch(line)
        if not match:
            raise NotAHash(f"{path}, line {number} is not a SHA-1 in hexadecimal.")
        yield bytes.fromhex(match[1].decode())[:DIGEST_BYTES]


def make(*, common: Sequence[Path], breached: Sequence[Path], hashes: Sequence[Path]) -> bytes:
    """The sorted digests. Of the breached only those that are long enough to be a password here."""
    digests = {found for path in common for found in passwords_in(path, shortest=SHORTEST_LISTED)}
    digests.update(found for path in breached for found in passwords_in(path, shortest=SHORTEST))
    digests.update(found for path in hashes for found in hashes_in(path))
    return b"".join(sorted(digests))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Make the list of common and breached passwords.")
    parser.add_argument("output", type=Path, help="the file to write")
    parser.add_argument(
        "--common",
        type=Path,
        nargs="+",
        default=[],
        help=f"lists of which lines from {SHORTEST_LISTED} characters count",
    )
    parser.add_argument(
        "--breached", type=Path, nargs="+", default=[], help=f"lists of which lines from {SHORTEST} characters count"
    )
    parser.add_argument("--hashes", type=Path, nargs="+", default=[], help="lists of SHA-1 hashes, all of which count")
    chosen = parser.parse_args(arguments)
    made = make(common=chosen.common, breached=chosen.breached, hashes=chosen.hashes)
    if not made:
        parser.error("no list has a password in it.")
    # A running service has the old file mapped, and would fall over its being cut short.
    written = chosen.output.with_name(f"{chosen.output.name}.new")
    written.write_bytes(made)
    written.replace(chosen.output)
    sys.stdout.write(f"{len(made) // DIGEST_BYTES} entries\n")


if __name__ == "__main__":
    main()
