#!/usr/bin/env python3
"""Django's command line for this service."""

import os
import sys

# These change the tables or what the loads own; everything else is the application, which owns nothing.
OWNER_COMMANDS = {
    "createcachetable",
    "demo",
    "generate",
    "makemigrations",
    "migrate",
    "sqlmigrate",
}


def main() -> None:
    """Run the command, and say in one plain message when its servers or settings stop it."""
    if sys.version_info < (3, 12):  # noqa: UP036 - whoever has an older one deserves a sentence
        sys.exit("This service needs Python 3.12 or 3.13; this is Python " + sys.version.split()[0] + ".")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from des.demo import environment
    from des.servers import ServerError

    command = sys.argv[1] if len(sys.argv) > 1 else ""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "des.settings")
    if command in OWNER_COMMANDS:
        os.environ.setdefault("DATABASE_ROLE", "owner")
    try:
        if command == "demo":
            environment.prepare(sys.argv[2:])
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, ServerError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
