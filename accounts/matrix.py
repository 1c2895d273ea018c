"""The access matrix: which market role may see which data item of which enquiry, and how far.

It is data, one line per (enquiry, data item, market role), in `access_matrix.csv`; no line means no access. A line
that names a term, the slug of a document in `TermsDocument`, holds once that is accepted; beside it there may be a line
for who has not accepted it. A deployment may name its own file in the setting `ACCESS_MATRIX`.
"""

import csv
import hashlib
from collections.abc import Container
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from accounts.permissions import DataItem, MarketRole, Scope

HEADINGS = ["enquiry", "data_item", "market_role", "scope", "term"]


class MatrixError(ValueError):
    """The file does not read as an access matrix; the message names the line."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One line of the matrix: how far it reaches, and the term that must be accepted first, if any."""

    scope: Scope
    term: str = ""


@dataclass(frozen=True)
class AccessMatrix:
    version: str
    grants: dict[tuple[str, DataItem, MarketRole], tuple[Grant, ...]]

    def lines(self, *, enquiry: str, item: DataItem, market_role: MarketRole) -> tuple[Grant, ...]:
        """All lines of a role for a data item: at most one without a term, and one for each term."""
        return self.grants.get((enquiry, item, market_role), ())

    def grant(
        self, *, enquiry: str, item: DataItem, market_role: MarketRole, accepted: Container[str] = ()
    ) -> Grant | None:
        """The widest line that holds for who has accepted some terms."""
        holding = [
            grant
            for grant in self.lines(enquiry=enquiry, item=item, market_role=market_role)
            if not grant.term or grant.term in accepted
        ]
        return min(holding, key=lambda grant: grant.scope != Scope.ANY, default=None)

    @classmethod
    def read(cls, path: Path) -> "AccessMatrix":
        """The matrix in a file. Raises `MatrixError` on anything that is not a plain, single, known line."""
        content = path.read_bytes()
        lines = csv.reader(content.decode().splitlines())
        if next(lines, None) != HEADINGS:
            raise MatrixError(f"{path.name}: the first line must read {','.join(HEADINGS)}.")
        grants: dict[tuple[str, DataItem, MarketRole], tuple[Grant, ...]] = {}
        for number, line in enumerate(lines, start=2):
            try:
                enquiry, item, role, scope, term = line
                key = (enquiry, DataItem(item), MarketRole(role))
                grant = Grant(Scope(scope), term)
            except ValueError as error:
                raise MatrixError(f"{path.name}, line {number}: {error}.") from error
            if term in {held.term for held in grants.get(key, ())}:
                raise MatrixError(f"{path.name}, line {number}: a second line for {', '.join(line[:3])}.")
            grants[key] = (*grants.get(key, ()), grant)
        return cls(version=hashlib.sha256(content).hexdigest(), grants=grants)


@cache
def access_matrix() -> AccessMatrix:
    """The matrix in force, read once in the life of the process."""
    return AccessMatrix.read(settings.ACCESS_MATRIX)
