"""Lines of text brought in, as a file of them would be."""

import io

from django.utils import timezone

from accounts.operations import account_import
from accounts.operations.account_file import AccountFile
from accounts.operations.account_import import Deleted, Outcome
from accounts.origin import SERVICE

HEADER = "email,name,telephone,short_code,market_role,portal_roles,started_on,ended_on"


def bring_in(*lines: str, before_commit=lambda outcome: None, **options) -> Outcome:
    """Import lines below the header."""
    file = AccountFile(io.BytesIO("\n".join([HEADER, *lines]).encode()))
    choices = {"only_good": False, "dry_run": False, "deleted": Deleted.REFUSE, "with_mail": True} | options
    return account_import.import_accounts(
        file,
        source=lambda: "list.csv",
        origin=SERVICE,
        now=timezone.now(),
        before_commit=before_commit,
        **choices,
    )
