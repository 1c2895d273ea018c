from django.apps import AppConfig
from django.contrib.staticfiles import apps as staticfiles


class ScreensConfig(AppConfig):
    name = "des.screens"
    default = True  # else Django cannot tell which of the two is meant, and takes neither

    def ready(self) -> None:
        from des.screens import checks  # noqa: F401 - registers itself


class StaticFilesConfig(staticfiles.StaticFilesConfig):
    """Static files without the sources that they are compiled from."""

    ignore_patterns = [*staticfiles.StaticFilesConfig.ignore_patterns, "src"]
