"""Industry standing data, loaded from the files beside this module: codes, zones, bands and market participants.

The files name the source of every row; what the public sources lack is invented and says so.
"""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.db import transaction

from accounts.models import MarketParticipant, Organisation
from accounts.permissions import MarketRole
from des.parties.models import LDZ, Code, EndUserCategoryBand, ExitZone

DATA = Path(__file__).parent / "data"
# No public source gives the dates of the short codes: they hold since the Network Code began.
SINCE = date(1996, 3, 1)
OPERATOR = "Data Enquiry Service operator"


def rows_of(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


@transaction.atomic
def load_standing_data() -> None:
    """Bring the tables in line with the files: new rows added, changed ones updated. Needs the owner's role."""
    Code.objects.bulk_create(
        [Code(**row) for row in rows_of("codes.csv")],
        update_conflicts=True,
        unique_fields=["code_set", "code"],
        update_fields=["meaning", "basis"],
    )
    LDZ.objects.bulk_create(
        [LDZ(**row) for row in rows_of("ldz.csv")],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "network"],
    )
    ExitZone.objects.bulk_create(
        [ExitZone(code=row["code"], ldz_id=row["ldz"], basis=row["basis"]) for row in rows_of("exit_zones.csv")],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["ldz", "basis"],
    )
    EndUserCategoryBand.objects.bulk_create(
        [
            EndUserCategoryBand(
                band=int(row["band"]),
                aq_from_kwh=int(row["aq_from_kwh"]),
                aq_to_kwh=int(row["aq_to_kwh"]) if row["aq_to_kwh"] else None,
                basis=row["basis"],
            )
            for row in rows_of("euc_bands.csv")
        ],
        update_conflicts=True,
        unique_fields=["band"],
        update_fields=["aq_from_kwh", "aq_to_kwh", "basis"],
    )
    load_participants()


def load_participants() -> None:
    """Add the participants that are not there yet. Those that are stay as they are: they are kept in the portal."""
    rows = list(rows_of("participants.csv"))
    rows.append({"organisation": OPERATOR, "role": MarketRole.OPERATOR.value, "short_code": "DES", "basis": "ours"})
    Organisation.objects.bulk_create(
        [Organisation(name=name) for name in dict.fromkeys(row["organisation"] for row in rows)], ignore_conflicts=True
    )
    organisations = dict(Organisation.objects.values_list("name", "pk"))
    MarketParticipant.objects.bulk_create(
        [
            MarketParticipant(
                organisation_id=organisations[row["organisation"]],
                market_role=MarketRole(row["role"]),
                short_code=row["short_code"],
                started_on=SINCE,
                basis=row["basis"],
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )
