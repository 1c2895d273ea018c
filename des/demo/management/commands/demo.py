"""Run the whole portal on a sample register, on this machine."""

import signal
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic, sleep
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from des.catalogue import data_as_at
from des.demo import arguments, children, readiness, report, tls
from des.demo.cast import create_cast, examples
from des.demo.environment import Place, check_disk
from des.demo.processes import Child, end_all
from des.sample.load import load_sample_register, loaded_sample

SEED = 1
LOOK_EVERY = 0.5  # seconds
# The switches that a sample register has pending come within four weeks.
FRESH = timedelta(days=14)


class Command(BaseCommand):
    """Set up what is missing, serve until told to end, and end everything that was started."""

    help = __doc__
    requires_system_checks: list[str] = []  # the migrations run them, once the tables are there

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        arguments.add_arguments(parser)

    def handle(self, *, points: int, port: int, tls: bool, **options: Any) -> None:
        """Run until SIGTERM or Ctrl-C, which are the same to us."""
        place = Place(options["dir"].resolve())
        family: list[Child] = []
        try:
            self.prepare(points=points)
            self.serve(place, family, port=port, tls=tls)
        except KeyboardInterrupt:
            self.say("Ending.")
        except OperationalError:
            check_disk(place)  # a full disk deserves a sentence
            raise
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            place.report.unlink(missing_ok=True)
            end_all(family)

    def prepare(self, *, points: int) -> None:
        """Bring tables, static files and the sample register up to what is wanted."""
        with self.step("Preparing the database"):
            call_command("migrate", verbosity=0, interactive=False)
        with self.step("Preparing the static files"):
            call_command("collectstatic", verbosity=0, interactive=False)
        as_at = data_as_at()
        if loaded_sample() == (points, SEED) and as_at and timezone.now() - as_at < FRESH:
            self.say(f"The sample register of {points:,} meter points is there already.")
            return
        with self.step(f"Generating a sample register of {points:,} meter points"):
            try:
                load_sample_register(points=points, seed=SEED, progress=lambda line: self.say(f"  {line}"))
            except ValueError as refusal:
                raise CommandError(str(refusal)) from refusal

    def serve(self, place: Place, family: list[Child], *, port: int, tls: bool) -> None:
        """Start the web server and the worker, tell how to use them, and keep them running."""
        certificate = self.certificate(place) if tls else None
        with self.step("Preparing the people"):
            people = create_cast()
            points = examples()
        connection.close()
        family += [
            children.web_server(place, port=port, certificate=certificate),
            children.worker(place),
        ]

        def keep() -> None:
            for child in family:
                child.keep()

        def ready() -> bool:
            trusted = certificate.certificate if certificate else None
            return readiness.is_ready(port=port, path=reverse("health_ready"), certificate=trusted)

        with self.step("Starting the web server and the worker"):
            for child in family:
                child.start()
            readiness.wait(ready, meanwhile=keep, log=place.output)
        report.write(
            place.report,
            {
                "base_url": settings.PUBLIC_BASE_URL,
                "database_url": settings.DATABASE_URL,
                "broker_url": settings.CELERY_BROKER_URL,
                "mail_dir": str(place.mail),
                "log_file": str(place.log),
                "people": people,
                "api_keys": {},
                "examples": points,
                "paths": report.paths(),
            },
        )
        self.welcome(place, people)
        while True:
            sleep(LOOK_EVERY)
            keep()

    def certificate(self, place: Place) -> tls.Certificate:
        """Give the certificate of this directory."""
        return tls.ensure(place.directory, now=timezone.now())

    def welcome(self, place: Place, people: dict[str, report.Person]) -> None:
        """Tell how to use the portal."""
        self.say("")
        for line in report.sign_ins(people):
            self.say(line)
        self.say("")
        self.say(f"The portal is ready at {settings.PUBLIC_BASE_URL} — Ctrl-C ends it.")
        self.say(f"{place.report} says all this to programs; the log is {place.log}.")

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Say what is being done, and how long it took."""
        self.say(f"{what} …")
        started = monotonic()
        yield
        self.say(f"  done in {monotonic() - started:.1f} s")

    def say(self, line: str) -> None:
        """Write one line at once, also into a pipe."""
        self.stdout.write(line)
        self.stdout.flush()
