"""Explain a change of the access matrix in words: `manage.py matrix diff OLD NEW`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from accounts.matrix import AccessMatrix, Grant, MatrixError
from accounts.permissions import Scope

WORDS = {
    Scope.ANY: "every meter point",
    Scope.PORTFOLIO: "the own portfolio",
    Scope.NETWORK: "the own network",
    Scope.ASSETS: "the own assets",
    Scope.AREA: "the own area",
}


class Command(BaseCommand):
    """Say for each market role what it gains and loses, so that whoever approves a change knows what it does."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        diff = actions.add_parser("diff", help="what NEW changes of OLD")
        diff.add_argument("old", type=Path, metavar="OLD")
        diff.add_argument("new", type=Path, metavar="NEW")

    def handle(self, *, old: Path, new: Path, **_options: Any) -> None:
        before, after = read(old), read(new)
        self.stdout.write(f"From {old.name} ({before.version[:12]}) to {new.name} ({after.version[:12]}).")
        changes = differences(before, after)
        for line in changes:
            self.stdout.write(line)
        self.stdout.write(f"{len(changes)} changes." if changes else "Nobody gains or loses anything.")


def read(path: Path) -> AccessMatrix:
    try:
        return AccessMatrix.read(path)
    except (OSError, UnicodeDecodeError, MatrixError) as error:
        raise CommandError(f"{path} does not read as an access matrix: {error}") from error


def differences(before: AccessMatrix, after: AccessMatrix) -> list[str]:
    """One sentence for each role and data item whose release changes, in order of the role."""
    changed = [key for key in {*before.grants, *after.grants} if before.grants.get(key) != after.grants.get(key)]
    sentences = []
    for enquiry, item, role in sorted(changed, key=lambda key: (key[2], key[0], key[1])):
        had = in_words(before.lines(enquiry=enquiry, item=item, market_role=role))
        has = in_words(after.lines(enquiry=enquiry, item=item, market_role=role))
        verb = "gains" if not had else "loses" if not has else "has changed"
        told = f"{has or had}" if verb != "has changed" else f"{has}, before {had}"
        sentences.append(f"{role.label} {verb} {item.value} of {enquiry}: {told}.")
    return sentences


def in_words(grants: tuple[Grant, ...]) -> str:
    """How far some lines reach; empty for none."""
    return " or ".join(
        f"{WORDS[grant.scope]}{f' with the term {grant.term}' if grant.term else ''}"
        for grant in sorted(grants, key=lambda grant: bool(grant.term))
    )
