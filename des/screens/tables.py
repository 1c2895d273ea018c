"""One results table for every enquiry: django-tables2 declares it, one compiled template writes its rows from tuples.

Rendering each cell through django-tables2 costs twenty times as much (measured: `docs/adr/`), so it is asked for the
columns, their headings and their order only.
"""

from collections.abc import Callable, Sequence

import django_tables2
from django.template.loader import get_template, render_to_string
from django.utils.safestring import SafeString, mark_safe

from des.enquiries.columns import Column
from des.enquiries.enquiry import Row, Statement


class EnquiryTable(django_tables2.Table):
    """The columns of a statement, none of them sortable unless an index serves it."""

    class Meta:
        orderable = False

    @classmethod
    def of(cls, columns: Sequence[Column]) -> "EnquiryTable":
        # django-tables2 has no types of its own.
        declared = [
            (c.name, django_tables2.Column(verbose_name=c.label, orderable=False))  # type: ignore[no-untyped-call]
            for c in columns
        ]
        return cls(data=[], extra_columns=declared)


def shown(column: Column, value: object) -> object:
    """A cell as it is read: nothing held is None."""
    return None if value is None or value == "" else column.format.show(value)


def render_table(
    statement: Statement, rows: Sequence[Row], *, caption: str, url_of: Callable[[Row], str] | None = None
) -> SafeString:
    """The rows of a statement as a table, each leading to its record where there is one."""
    columns = statement.columns
    cells = [tuple(shown(column, value) for column, value in zip(columns, row, strict=False)) for row in rows]
    withheld = (
        [tuple(statement.withheld(row, index) for index in range(len(columns))) for row in rows]
        if statement.flag_of
        else []
    )
    body = get_template("screens/rows.jinja", using="jinja2").render(
        {
            "columns": [
                {"name": c.name, "label": c.label, "numeric": c.format.numeric, "format": c.format.name}
                for c in columns
            ],
            "rows": cells,
            "withheld": withheld,
            "urls": [url_of(row) if url_of else "" for row in rows],
        }
    )
    headings = [
        {"label": bound.header, "numeric": column.format.numeric}
        for bound, column in zip(EnquiryTable.of(columns).columns, columns, strict=True)
    ]
    context = {
        "caption": caption,
        "columns": headings,
        # The rows come escaped from the template above.
        "rows": mark_safe(body),  # noqa: S308
        "results": url_of is not None,
        "locked": any(map(any, withheld)),
    }
    return render_to_string("components/table.html", context)
