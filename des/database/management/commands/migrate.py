"""Django's `migrate`, and what goes with it: the standing data, the first terms of use, the application's rights."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.utils import timezone

from accounts.operations.shipped_terms import publish_shipped_terms
from des.database.rights import grant_rights
from des.parties.standing_data import load_standing_data


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options.get("plan") or options.get("check_unapplied") or options.get("app_label"):
            return
        load_standing_data()
        publish_shipped_terms(now=timezone.now())
        grant_rights(connections[options["database"]])
