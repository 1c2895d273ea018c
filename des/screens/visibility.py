"""What each market role may see, in words: from the access matrix and the declared enquiries, and from nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from accounts.matrix import AccessMatrix, Grant
from accounts.permissions import DataItem, MarketRole, Scope
from des.enquiries.enquiry import Enquiry

REACHES = {
    Scope.ANY: "Every meter point",
    Scope.PORTFOLIO: "Own portfolio",
    Scope.NETWORK: "Own network",
    Scope.ASSETS: "Own assets",
    Scope.AREA: "Own area",
}
NOT_RELEASED = "Not released"


@dataclass(frozen=True)
class Line:
    """Some values of one section that are released together, and how far to each role that was asked about."""

    labels: str
    item: DataItem
    answers: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.answers)) > 1


def in_words(grants: Sequence[Grant], titles: Mapping[str, str]) -> str:
    """How far the lines of the matrix for one role and data item reach, with the terms that they ask for."""
    if not grants:
        return NOT_RELEASED
    said = []
    for grant in sorted(grants, key=lambda grant: bool(grant.term)):
        term = f", once “{titles.get(grant.term, grant.term)}” is accepted" if grant.term else ""
        said.append(f"{REACHES[grant.scope]}{term}")
    return "; ".join(said)


def visibility(
    enquiries: Sequence[type[Enquiry]], matrix: AccessMatrix, roles: Sequence[MarketRole], titles: Mapping[str, str]
) -> list[tuple[str, list[Line]]]:
    """By enquiry and section, what is released to each of some roles, in the order of the record page."""
    sections = []
    for enquiry in enquiries:
        for name, of_section in groupby(enquiry.columns, key=lambda column: column.section):
            by_item: dict[DataItem, list[str]] = {}
            for column in of_section:
                by_item.setdefault(column.item, []).append(column.label)
            lines = [
                Line(
                    ", ".join(labels),
                    item,
                    tuple(
                        in_words(matrix.lines(enquiry=enquiry.slug, item=item, market_role=role), titles)
                        for role in roles
                    ),
                )
                for item, labels in by_item.items()
            ]
            sections.append((f"{enquiry.title}: {name}" if name and name != enquiry.title else enquiry.title, lines))
    return sections
