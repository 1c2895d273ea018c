"""Django's `migrate`, which then makes the cache's table and gives the application's role its rights."""

from typing import Any

from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connections

from des.database.rights import grant_rights


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options.get("plan") or options.get("check_unapplied"):
            return
        call_command("createcachetable", database=options["database"], verbosity=options["verbosity"])
        grant_rights(connections[options["database"]])
