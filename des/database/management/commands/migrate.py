"""Django's `migrate`, and what goes with it: the cache's table, the standing data, the application's rights."""

from typing import Any

from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connections

from des.database.rights import grant_rights
from des.parties.standing_data import load_standing_data


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options.get("plan") or options.get("check_unapplied") or options.get("app_label"):
            return
        call_command("createcachetable", database=options["database"], verbosity=options["verbosity"])
        load_standing_data()
        grant_rights(connections[options["database"]])
