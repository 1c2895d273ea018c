"""What the screens bring to the start of the service."""

import os
import subprocess
import sys
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders

from des.screens.apps import ScreensConfig


def test_the_app_is_the_one_declared_here():
    config = apps.get_app_config("screens")

    assert isinstance(config, ScreensConfig)
    config.ready()


def test_a_wrong_access_matrix_stops_the_start(tmp_path):
    matrix = tmp_path / "matrix.csv"
    matrix.write_text("nonsense")
    environment = os.environ | {"TEST": "1", "DES_DIR": str(settings.DES_DIR), "ACCESS_MATRIX": str(matrix)}

    check = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=Path(settings.BASE_DIR),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert check.returncode == 1
    assert "(enquiries.E000) The access matrix cannot be read: matrix.csv: the first line must read" in check.stderr


def test_sources_of_static_files_are_not_served():
    patterns = apps.get_app_config("staticfiles").ignore_patterns

    assert "src" in patterns
    served = [path for finder in finders.get_finders() for path, _storage in finder.list(patterns)]
    assert served
    assert not [path for path in served if path.startswith("src/")]
