"""How far each market role sees each column of each enquiry, and which fields it may search by."""

from accounts.matrix import access_matrix
from accounts.permissions import DataItem, MarketRole
from des.catalogue import ENQUIRIES
from tests.contracts import snapshots


def scopes(enquiry: str, item: DataItem) -> tuple[str, ...]:
    lines = (access_matrix().lines(enquiry=enquiry, item=item, market_role=role) for role in MarketRole)
    return tuple(
        "|".join(grant.scope + (f"+{grant.term}" if grant.term else "") for grant in held) or "-" for held in lines
    )


def test_who_sees_what() -> None:
    rows = [("enquiry", "column", *(role.value for role in MarketRole))]
    for enquiry in ENQUIRIES:
        asked = {f"?{field}": enquiry.item_of(field) for field in enquiry.base_fields}
        rows += [(enquiry.slug, field, *scopes(enquiry.slug, item)) for field, item in asked.items()]
        rows += [(enquiry.slug, column.name, *scopes(enquiry.slug, column.item)) for column in enquiry.columns]

    snapshots.check("visibility.txt", snapshots.columns(rows))
