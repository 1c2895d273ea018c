"""The record page: one row with all its columns, by section, and what of it is withheld and why."""

from dataclasses import dataclass
from typing import Any

from accounts.access import Actor
from accounts.permissions import DataItem, Scope
from des.enquiries.enquiry import Enquiry, Row, Statement
from des.identifiers import is_dummy_postcode
from des.screens.tables import render_table, shown

REACH = {
    Scope.PORTFOLIO: "for meter points in your portfolio",
    Scope.NETWORK: "for meter points on your network",
    Scope.ASSETS: "for your own meters",
    Scope.AREA: "for meter points in your area",
}
WHO = "The access matrix decides this. Operator support can tell you who may change it."
TERMS = "It is shown for any meter point once you accept the additional terms: see “Your account”, “Terms of use”."
HISTORY_ROWS = 100
# A match score below this says next to nothing about whether the REL address is that of the meter point.
POOR_MATCH = 10


@dataclass(frozen=True)
class Withheld:
    reason: str
    who: str = WHO


@dataclass(frozen=True)
class Item:
    """One value of a record: read, not held (None), or withheld."""

    label: str
    value: object
    withheld: Withheld | None = None
    format: str = "text"


@dataclass(frozen=True)
class Notice:
    """Something to mind before the rest is read; `kind` is as in `components/notice.html`."""

    text: str
    kind: str = "info"


def why_withheld(actor: Actor, enquiry: str, item: DataItem, scope: Scope | None) -> Withheld:
    """Which line of the access matrix keeps a value back, in words, and what of it the reader can change."""
    role = actor.role_label.lower()
    who = TERMS if actor.missing_term(enquiry=enquiry, item=item) else WHO
    if scope is None:
        return Withheld(f"Not released to the role of {role} (data item: {item.value}).", who)
    return Withheld(f"Released to the role of {role} only {REACH[scope]} (data item: {item.value}).", who)


def sections_of(enquiry: Enquiry, statement: Statement, row: Row) -> list[tuple[str, list[Item]]]:
    """Every column of the enquiry by its section, in order, with what is withheld from this actor explained."""
    index_of = {column.name: index for index, column in enumerate(statement.columns)}
    sections: dict[str, list[Item]] = {}
    for column in enquiry.columns:
        index = index_of.get(column.name)
        scope = enquiry.scope(column.item)
        if index is None or statement.withheld(row, index):
            item = Item(column.label, None, why_withheld(enquiry.actor, enquiry.slug, column.item, scope))
        else:
            item = Item(column.label, shown(column, row[index]), None, column.format.name)
        sections.setdefault(column.section, []).append(item)
    return list(sections.items())


def related_tables(enquiry: Enquiry, key: dict[str, str]) -> list[tuple[str, str, str]]:
    """The histories of a record: title, table, and a note where there is nothing to show or more than is shown."""
    tables = []
    for kind in enquiry.related:
        related = kind(key, actor=enquiry.actor, on=enquiry.on)
        table, note = "", ""
        if not related.is_valid() or (scope := related.scope(kind.columns[0].item)) is None:
            note = f"Not released to the role of {enquiry.actor.role_label.lower()}."
        else:
            statement = next(iter(related.statements()))
            rows = list(statement.rows[: HISTORY_ROWS + 1])
            if rows:
                table = render_table(statement, rows[:HISTORY_ROWS], caption=kind.title)
            if len(rows) > HISTORY_ROWS:
                note = f"The latest {HISTORY_ROWS} are shown; export the record for all."
            elif not rows and scope != Scope.ANY:
                note = f"Nothing held, or not yours to see: released only {REACH[scope]}."
            elif not rows:
                note = "Nothing held."
        tables.append((kind.title, table, note))
    return tables


def released(statement: Statement, row: Row) -> dict[str, Any]:
    """The values of a row that this actor may see, by the names of their columns, as the register holds them."""
    return {
        column.name: row[index] for index, column in enumerate(statement.columns) if not statement.withheld(row, index)
    }


def value_of(statement: Statement, row: Row, name: str) -> Any:
    """The shown value of a column by its name; None where it is empty, withheld or not selected."""
    column = next((column for column in statement.columns if column.name == name), None)
    return shown(column, released(statement, row).get(name)) if column else None


def notices_of(statement: Statement, row: Row) -> list[Notice]:
    """What to mind about the address of a meter point, so far as this actor may see it."""
    held = released(statement, row)
    postcode, rel_postcode = held.get("postcode"), held.get("rel_postcode")
    score = held.get("rel_match_score")
    notices = []
    if postcode and is_dummy_postcode(postcode):
        text = "This postcode is a dummy: no letter could reach it. The address may be wrong."
        notices.append(Notice(text, "warning"))
    if held.get("plot_no"):
        notices.append(Notice("This is the address of a plot. The premises may have another by now."))
    if postcode and rel_postcode and postcode != rel_postcode:
        text = f"The REL address is in {rel_postcode}, the UK Link address in {postcode}. One of them may be wrong."
        notices.append(Notice(text, "warning"))
    if score is not None and score < POOR_MATCH:
        notices.append(Notice(f"The REL address is hardly matched: its score is {score} out of 100.", "warning"))
    return notices
