"""Asking an enquiry for a screen: the first search that finds anything, a page of it, and what to say of the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.permissions import Permission
from des.enquiries.enquiry import Enquiry, Row, Statement
from des.screens.tables import render_table

EXACT_SEARCH, WIDER_SEARCHES, EVERY_SEARCH = slice(0, 1), slice(1, None), slice(0, None)
POSITION_SALT = "des.screens.position"
POSITION_SECONDS = 24 * 3600
NO_EXPORTER = "To export, ask your Local Security Officer for the exporter role."
TOO_MANY = "These words are in more streets than a search looks at. Add a town, or search by postcode."


@dataclass(frozen=True)
class Finding:
    """What one reading of a question found, as a page of rows."""

    statement: Statement
    rows: Sequence[Row]
    cut_short: bool
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def is_one_exact_match(self) -> bool:
        """Whether this is the one record that was meant: found exactly, and nothing more that could match."""
        return len(self.rows) == 1 and not self.statement.search.note and not self.cut_short

    @property
    def keys(self) -> list[int]:
        return [self.statement.key(row) for row in self.rows]


def salt_of(enquiry: Enquiry) -> str:
    """A position is good for one question only, and for who may ask it."""
    question = sorted(enquiry.criteria().items())
    return f"{POSITION_SALT}:{enquiry.slug}:{enquiry.actor.membership_id}:{question}"


def position_token(enquiry: Enquiry, search: int, position: Row) -> str:
    """Where the next page starts, signed: nobody may ask where a row stands that they may not see."""
    return signing.dumps([search, *position], salt=salt_of(enquiry), compress=True)


def find(
    enquiry: Enquiry,
    *,
    label: str,
    after: str = "",
    warning: str = "",
    searches: slice = EVERY_SEARCH,
) -> Finding | None:
    """The page of a valid enquiry behind a position, from the first search that finds anything.

    Raises `signing.BadSignature` for a position that is not ours.
    """
    statements = islice(enumerate(enquiry.statements()), searches.start, searches.stop)
    size = settings.ROWS_PER_PAGE
    if after:
        wanted, *position = signing.loads(after, salt=salt_of(enquiry), max_age=POSITION_SECONDS)
        for number, statement in statements:
            if number == wanted:
                rows = list(statement.after(position)[: size + 1])
                return finding(enquiry, number, statement, rows, label=label, warning=warning, first=False)
        return None
    for number, statement in statements:
        rows = list(statement.rows[: size + 1])
        # What was not looked at may hold the answer, so nothing wider is shown in its place.
        if rows or statement.search.cut_short():
            return finding(enquiry, number, statement, rows, label=label, warning=warning, first=True)
    return None


def finding(
    enquiry: Enquiry, number: int, statement: Statement, rows: list[Row], *, label: str, warning: str, first: bool
) -> Finding:
    size = settings.ROWS_PER_PAGE
    page, more = rows[:size], len(rows) > size
    cut_short = statement.search.cut_short()
    criteria = enquiry.criteria()
    here = reverse("enquire", args=[enquiry.slug])

    def record_url(row: Row) -> str:
        return reverse("record", args=[statement.key(row)])

    context: dict[str, Any] = {
        "label": label,
        "step": statement.search.note,
        "shown": len(page),
        "total_text": total_text(statement, len(page), enquiry.counted, more=more, first=first, cut_short=cut_short),
        "table": render_table(statement, page, caption=label, url_of=record_url) if page else SafeString(""),
        "clues": [
            (clue.text, f"{here}?{urlencode(clue.criteria)}", f"({clue.count:,})" if clue.count else "")
            for clue in (enquiry.clues() if first and (more or cut_short) else [])
        ],
        "next_url": "",
        "first_url": "" if first else f"{here}?{urlencode(criteria)}",
        "warnings": [text for text in (warning, TOO_MANY if cut_short else "") if text],
        "export": None,
    }
    if more and statement.pages and not cut_short:
        token = position_token(enquiry, number, statement.position(page[-1]))
        context["next_url"] = f"{here}?{urlencode(criteria | {'after': token})}"
    if not enquiry.actor.may(Permission.EXPORT):
        context["export_refused"] = NO_EXPORTER
    elif cut_short:
        context["export_refused"] = "Narrow the search to export it whole."
    else:
        context["export"] = criteria | {"enquiry": enquiry.slug}
    return Finding(statement, page, cut_short, context)


def total_text(
    statement: Statement, shown: int, counted: tuple[str, str], *, more: bool, first: bool, cut_short: bool
) -> str:
    """How many there are, as far as it is worth counting: "50 of 312", "50 of more than 1,000"."""
    if cut_short and not more:
        return f"{shown:,} on the streets looked at" if shown else "None on the streets looked at"
    if first and not more:
        one, many = counted
        return f"{shown:,} {one if shown == 1 else many}"
    limit = settings.COUNT_LIMIT
    count = statement.count(limit=limit + 1)
    if cut_short or count > limit:
        return f"{shown:,} of more than {min(count, limit):,}"
    return f"{shown:,} of {count:,}"
