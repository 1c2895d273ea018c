"""What must hold of every enquiry before the service starts: a wrong declaration stops it, with the reason."""

from collections.abc import Collection
from typing import Any

from django.core.checks import Error

from accounts.matrix import AccessMatrix
from accounts.permissions import Scope
from des.enquiries.enquiry import Enquiry


def check_enquiries(enquiries: Collection[type[Enquiry]], matrix: AccessMatrix) -> list[Error]:
    """The faults of the declared enquiries, and of matrix lines that match none of them."""
    errors: list[Error] = []
    known: set[tuple[str, Any]] = set()
    slugs: set[str] = set()
    for enquiry in enquiries:
        names = [column.name for column in enquiry.columns]
        for name in {name for name in names if names.count(name) > 1}:
            errors.append(Error(f"{enquiry.slug}: two columns are named {name}.", id="enquiries.E001"))
        for field in enquiry.base_fields:
            if field not in names and field not in enquiry.asks:
                hint = "Name it like the column it searches, or give its data item in `asks`."
                errors.append(
                    Error(f"{enquiry.slug}: no data item for the field {field}.", hint=hint, id="enquiries.E002")
                )
        if enquiry.slug in slugs:
            errors.append(Error(f"Two enquiries have the slug {enquiry.slug}.", id="enquiries.E003"))
        slugs.add(enquiry.slug)
        known |= {(enquiry.slug, column.item) for column in enquiry.columns}
        known |= {(enquiry.slug, item) for item in enquiry.asks.values()}
    reaches = {enquiry.slug: enquiry.reaches for enquiry in enquiries}
    lines = [(key, grant) for key, grants in matrix.grants.items() for grant in grants]
    for (slug, item, role), grant in lines:
        line = f"The access matrix has {slug}, {item}, {role}, {grant.scope}"
        if (slug, item) not in known:
            errors.append(Error(f"{line}: no such item.", id="enquiries.E004"))
        elif grant.scope != Scope.ANY and (grant.scope, role) not in reaches[slug]:
            errors.append(Error(f"{line}: this enquiry knows no such scope for this role.", id="enquiries.E005"))
    return errors
