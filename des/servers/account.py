"""The user of the operating system that a server runs as."""

import os
import pwd
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from des.servers import ServerError

UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Account:
    """Ourselves, or the unprivileged user when we are root: PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    @classmethod
    def for_servers(cls) -> "Account":
        """Give the account that servers started by this process run as."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        try:
            unprivileged = pwd.getpwnam(UNPRIVILEGED)
        except KeyError as error:
            raise ServerError(
                f"The servers cannot run as root, and this machine has no user “{UNPRIVILEGED}” to run them as. "
                "Start this as an ordinary user."
            ) from error
        return cls(unprivileged.pw_uid, unprivileged.pw_gid)

    @classmethod
    def owning(cls, path: Path) -> "Account":
        """Give the account that owns `path`."""
        status = path.stat()
        return cls(status.st_uid, status.st_gid)

    @property
    def is_ourselves(self) -> bool:
        """Tell whether no privileges need to be dropped."""
        return self.uid == os.geteuid()

    def enters(self, directory: Path) -> bool:
        """Tell whether every directory on the way, `directory` included, lets this account through."""
        return self.is_ourselves or all(
            self._enters_one(step) for step in (directory, *directory.parents) if step.exists()
        )

    def _enters_one(self, directory: Path) -> bool:
        status = directory.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)

    def take(self, path: Path, *, mode: int) -> Path:
        """Make `path` this account's own."""
        path.chmod(mode)
        if not self.is_ourselves:
            os.chown(path, self.uid, self.gid)
        return path

    def run(
        self, *command: str | Path, text: str = "", environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this account, `text` as its input, and give what it wrote and how it ended.

        Its working directory is `/`, since the account may not be able to enter ours.
        """
        return subprocess.run(
            command,
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", **(environment or {})},
            user=None if self.is_ourselves else self.uid,
            group=None if self.is_ourselves else self.gid,
            extra_groups=None if self.is_ourselves else [],
        )
