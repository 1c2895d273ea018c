"""The `generate` command."""

from argparse import ArgumentParser
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from des.sample.files import write_csv
from des.sample.load import load_sample_register


class Command(BaseCommand):
    help = "Generate the sample register and load it, or write it as CSV files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--points", type=int, default=100_000, help="how many meter points (default 100,000)")
        parser.add_argument("--seed", type=int, default=1, help="another seed gives another register (default 1)")
        parser.add_argument("--csv", type=Path, metavar="DIR", help="write CSV files there instead of loading")
        parser.add_argument(
            "--as-at",
            type=date.fromisoformat,
            help="the day on which the register is complete (default today)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        as_at = options["as_at"] or datetime.now(UTC).date()
        points, seed, directory = options["points"], options["seed"], options["csv"]
        try:
            if directory:
                write_csv(directory, points=points, seed=seed, as_at=as_at, progress=self.stdout.write)
            else:
                load_sample_register(points=points, seed=seed, as_at=as_at, progress=self.stdout.write)
        except ValueError as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as failure:
            raise CommandError(f"The files cannot be written: {failure}") from failure
