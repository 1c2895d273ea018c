"""What an enquiry can show."""

from dataclasses import dataclass

from django.db.models import Expression, F, Subquery

from accounts.permissions import DataItem
from des.enquiries.formats import TEXT, Format

type SQLValue = Expression | F | Subquery


@dataclass(frozen=True, slots=True)
class Column:
    """One value of each row: its public name and label, the data item that releases it, and where it comes from.

    `name` is public and stays; `source` (a field path or an expression, the name where left out) is private and may
    change. `listed` columns are in lists and files; all are on the record page, under their `section`.
    """

    name: str
    label: str
    item: DataItem
    source: str | SQLValue = ""
    section: str = ""
    format: Format = TEXT
    listed: bool = False

    @property
    def expression(self) -> SQLValue:
        source = self.source or self.name
        return F(source) if isinstance(source, str) else source
