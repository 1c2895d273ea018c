"""An enquiry is a Django form that can answer.

Its fields say what may be asked, its `columns` what may be shown, `within()` how far each scope of access reaches and
`searches()` what is looked for. A channel binds it, validates it and writes its rows; no channel adds a filter, a
column or a permission of its own.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.expressions import F, OrderBy
from django.db.models.fields.tuple_lookups import TupleGreaterThan

from accounts.access import Actor
from accounts.permissions import DataItem, MarketRole, Scope
from des.enquiries.columns import Column, SQLValue

type Row = tuple[Any, ...]

LONGEST_ASKED = 200


@dataclass(frozen=True)
class Search:
    """One way to look for what was asked, and what to tell the reader when it is the one that finds something.

    `cut_short` says whether more would match than it reaches.
    """

    records: QuerySet[Any]
    note: str = ""
    cut_short: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class Order:
    """One field that rows are sorted by, and the data item it would give away.

    Where that is withheld from some rows the order is dropped, since sorting by it would give it away. Pages go by key,
    upwards; a history, which has no pages, is `newest_first`, and sorts by what of it may be seen.
    """

    field: str
    item: DataItem
    newest_first: bool = False


@dataclass(frozen=True)
class Reading:
    """One thing that a typed text can mean: the kind of key, what the form is asked, and what to warn of.

    `wider` is the same question with less said, where more could match than it finds.
    """

    kind: str
    criteria: dict[str, str]
    warning: str = ""
    wider: dict[str, str] | None = None


@dataclass(frozen=True)
class Clue:
    """Something to add to a question that finds too much: its words, the question with it, how many that finds."""

    text: str
    criteria: dict[str, str]
    count: int | None = None


@dataclass(frozen=True)
class Statement:
    """One compiled question: its columns, and a queryset of plain tuples.

    A tuple holds a cell per column, then a flag per narrower scope (does this row lie within it?), then the values it
    is sorted by, then the key of its record. Cells outside their scope are masked in SQL, so what is withheld never
    leaves the database.
    """

    columns: tuple[Column, ...]
    rows: QuerySet[Any, Row]
    scopes: tuple[Scope, ...]
    flag_of: dict[Scope, int]
    sorted_by: tuple[str, ...]
    search: Search
    pages: bool = True

    def withheld(self, row: Row, index: int) -> bool:
        """Whether the cell at `index` is withheld from this actor, as against empty."""
        flag = self.flag_of.get(self.scopes[index])
        return flag is not None and not row[flag]

    def position(self, row: Row) -> Row:
        """Where a row stands in the order, for the page that starts after it."""
        return row[-1 - len(self.sorted_by) : -1]

    @staticmethod
    def key(row: Row) -> int:
        """The key of the record that a row is of, or belongs to."""
        return int(row[-1])

    def after(self, position: Iterable[Any]) -> QuerySet[Any, Row]:
        """The rows behind a position: one index probe at any depth."""
        return self.rows.filter(TupleGreaterThan(tuple(F(name) for name in self.sorted_by), tuple(position)))

    def count(self, *, limit: int) -> int:
        """How many rows there are, counting no further than `limit`."""
        return self.search.records.order_by()[:limit].count()


class Enquiry(forms.Form):
    """The base of every enquiry. See `docs/adding-an-enquiry.md`."""

    slug: ClassVar[str]
    title: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]]
    order: ClassVar[tuple[Order, ...]]
    # What its rows are: one, and more than one.
    counted: ClassVar[tuple[str, str]]
    # The field with the key of the record that a row is of, or belongs to.
    key: ClassVar[str]
    # The scopes that `within` knows, each with the market role that it is for.
    reaches: ClassVar[Collection[tuple[Scope, MarketRole]]]
    # Search fields that are not named like a column, with the data item that each would give away.
    asks: ClassVar[dict[str, DataItem]] = {}
    # Enquiries of another grain, shown as sections of the record page when asked for the same key.
    related: ClassVar[tuple[type["Enquiry"], ...]] = ()

    template_name = "components/fields.html"

    def __init__(self, data: Any = None, *, actor: Actor, on: date) -> None:
        super().__init__(data)
        self.actor = actor
        self.on = on
        # Else a search would reveal what a row hides.
        withheld = [name for name in self.fields if self.scope(self.item_of(name)) is None]
        self.withheld = {name: self.fields.pop(name) for name in withheld}

    def _post_clean(self) -> None:
        """Refuse a question that uses a withheld field: to leave it out would widen the answer."""
        for name, field in self.withheld.items():
            if self.data.get(name):
                self.add_error(None, f"Your role may not search by {field.label or name}.")

    # -- what an enquiry declares

    def records(self) -> QuerySet[Any]:
        """All rows, before anything is asked."""
        raise NotImplementedError

    def within(self, scope: Scope) -> Q:
        """The rows that a scope, one of `reaches`, gives to this actor."""
        raise NotImplementedError

    def searches(self, records: QuerySet[Any]) -> Iterable[Search]:
        """The ways to look for what was asked, exact first, then wider; the first that finds anything answers."""
        raise NotImplementedError

    @classmethod
    def readings(cls, text: str) -> list[Reading]:
        """What a text typed into the one search box can mean to this enquiry, most likely first."""
        return []

    def clues(self) -> list[Clue]:
        """What would narrow this question best, when it finds more than a page."""
        return []

    # -- what follows from it

    @classmethod
    def item_of(cls, field: str) -> DataItem:
        """The data item of a search field: its own, or that of the column of its name."""
        items = {column.name: column.item for column in cls.columns} | cls.asks
        return items[field]

    def scope(self, item: DataItem) -> Scope | None:
        return self.actor.scope(enquiry=self.slug, item=item)

    @property
    def is_refused(self) -> bool:
        """Whether the question uses a field that is withheld from this actor."""
        return any(self.data.get(name) for name in self.withheld)

    def asked(self) -> dict[str, str]:
        """What was asked as it came, escaped and cut short, for the audit row of a question that was not answered."""
        return {name: ascii(self.data[name])[:LONGEST_ASKED] for name in self.base_fields if self.data.get(name)}

    def criteria(self) -> dict[str, str]:
        """What was asked, as the form takes it again: for the audit row, a job, a link."""
        return {name: str(self.cleaned_data[name]) for name in self.fields if self.cleaned_data.get(name)}

    def statements(self, *, listed: bool = True) -> Iterable[Statement]:
        """The compiled questions, in the order of `searches()`; none where the actor may see no row."""
        identity = self.scope(self.columns[0].item)
        if identity is None or any(field.required for field in self.withheld.values()):
            return
        records = self.records()
        asked = {self.scope(self.item_of(name)) for name in self.fields if self.cleaned_data.get(name)}
        for scope in {identity, *asked}:
            if scope not in (None, Scope.ANY):
                records = records.filter(self.within(scope))
        for search in self.searches(records):
            yield self._compile(search, identity, listed=listed)

    def _compile(self, search: Search, identity: Scope, *, listed: bool) -> Statement:
        columns: list[Column] = []
        scopes: list[Scope] = []
        cells: list[SQLValue] = []
        for column in self.columns:
            scope = self.scope(column.item)
            if scope is None or (listed and not column.listed):
                continue
            columns.append(column)
            scopes.append(scope)
            cells.append(self._masked(column.expression, scope, identity))
        narrower = [scope for scope in dict.fromkeys(scopes) if scope not in (Scope.ANY, identity)]
        flags = [Case(When(self.within(scope), then=Value(True)), default=Value(False)) for scope in narrower]
        orders: list[OrderBy] = []
        sorted_by: list[str] = []
        for order in self.order:
            scope = self.scope(order.item)
            if scope in (Scope.ANY, identity):
                sorted_by.append(order.field)
            elif scope is None or not order.newest_first:
                continue
            shown = self._masked(F(order.field), scope, identity)
            orders.append(OrderBy(shown, descending=order.newest_first, nulls_last=order.newest_first or None))
        return Statement(
            columns=tuple(columns),
            rows=search.records.order_by(*orders).values_list(*cells, *flags, *map(F, [*sorted_by, self.key])),
            scopes=tuple(scopes),
            flag_of={scope: len(cells) + index for index, scope in enumerate(narrower)},
            sorted_by=tuple(sorted_by),
            search=search,
            pages=not any(order.newest_first for order in self.order),
        )

    def _masked(self, value: SQLValue, scope: Scope, identity: Scope) -> SQLValue:
        if scope in (Scope.ANY, identity):
            return value
        return Case(When(self.within(scope), then=value), default=Value(None))
