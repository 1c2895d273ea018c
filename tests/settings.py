"""The service's own settings, under which tests run: the environment is set before they are read."""

import os
from pathlib import Path

os.environ["TEST"] = "1"
# The test database is made and migrated as the owner; see `conftest.become` for what happens then.
os.environ["DATABASE_ROLE"] = "owner"
os.environ.setdefault("DES_DIR", str(Path(__file__).resolve().parent.parent / ".var" / "test"))

# All of them: these are the same settings.
from des.settings import *  # noqa: F403
