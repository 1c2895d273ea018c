"""The options of the demo."""

import argparse
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parent.parent.parent / ".var" / "demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options: once, for the settings are made of them before Django reads them."""
    parser.add_argument(
        "--points",
        type=_at_least_one,
        default=100_000,
        metavar="N",
        help="meter points in the sample register (100,000)",
    )
    parser.add_argument("--port", type=_port, default=8000, help="the port of the web server (8000)")
    parser.add_argument(
        "--dir", type=Path, default=DIRECTORY, help="where everything is kept (.var/demo in the checkout)"
    )
    parser.add_argument("--tls", action="store_true", help="serve TLS 1.2 and later, with a self-made certificate")


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the options that are the demo's own; Django judges the rest."""
    parser = argparse.ArgumentParser(prog="manage.py demo", allow_abbrev=False, description=__doc__)
    add_arguments(parser)
    return parser.parse_known_args(arguments)[0]


def _at_least_one(text: str) -> int:
    number = int(text.replace(",", ""))
    if number < 1:
        raise argparse.ArgumentTypeError("it must be at least 1")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError("it must be between 1 and 65535")
    return number
