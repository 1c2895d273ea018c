from typing import Any

from django.apps import AppConfig
from django.core.checks import Error, register


class ScreensConfig(AppConfig):
    name = "des.screens"
