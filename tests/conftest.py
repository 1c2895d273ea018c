"""The cast, and a database in which the tests act as the application's own role."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.update({"TEST": "1", "DATABASE_ROLE": "owner", "DJANGO_SETTINGS_MODULE": "des.settings"})
os.environ.setdefault("DES_DIR", str(Path(__file__).resolve().parent.parent / ".var" / "test"))

POINTS, SEED = 3_000, 7
