"""The processes of the demo: the production web server and the worker."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from des.demo.environment import Place
from des.demo.processes import MARK, Child
from des.demo.tls import Certificate

WORKERS = max(2, os.cpu_count() or 2)
THREADS = 2  # of each worker: one may wait for the database while the other computes


def environment(place: Place) -> dict[str, str]:
    """Give the children's environment: servers by address, and the application's role only."""
    inherited = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_OWNER_URL", "DATABASE_ROLE"}
    }
    return inherited | {
        "DATABASE_URL": settings.DATABASE_URL,
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
        "DJANGO_SETTINGS_MODULE": "des.settings",
        MARK: str(place.directory),
    }


def web_server(place: Place, *, port: int, certificate: Certificate | None) -> Child:
    """Describe the web server."""
    tls: list[str | Path] = []
    if certificate:
        tls = ["--ssl-certificate", certificate.certificate, "--ssl-keyfile", certificate.key]
        tls += ["--ssl-protocol-min", "tls1.2"]
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--respawn-failed-workers"),
        # Without it, ending the server while a worker starts would hang for ever.
        *("--workers-kill-timeout", "5"),
        # Its access log would hold what people search for.
        *("--log-level", "warning", "--no-access-log", *tls, "des.wsgi:application"),
    ]
    return _child("web server", command, place)


def worker(place: Place) -> Child:
    """Describe the worker that writes exports."""
    command = [
        *(sys.executable, "-m", "celery", "--app", "des.celery", "--quiet", "worker"),
        *("--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"),
        # Its clock rings again for exports whose message was lost, and deletes files whose time is up.
        *("--beat", "--schedule", str(place.directory / "beat")),
    ]
    return _child("worker", command, place)


def _child(name: str, command: Sequence[str | Path], place: Place) -> Child:
    return Child(name, command, environment=environment(place), log=place.output, directory=settings.BASE_DIR)
