"""The `import_accounts` command."""

import csv
import os
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from accounts.operations.account_file import AccountFile, FileRefused
from accounts.operations.account_import import Deleted, OtherImport, Outcome, import_accounts
from accounts.operations.account_lines import FORMULA, Result
from accounts.origin import SERVICE

# 2 is what a wrong option ends with.
NOTHING_IMPORTED, ONLY_GOOD_IMPORTED = 1, 3
BAD_LINES_SHOWN = 50


class Command(BaseCommand):
    help = "Bring accounts in from a CSV file: all or, with --only-good, its good lines (docs/importing-accounts.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV in UTF-8, with a line that names the columns")
        parser.add_argument("--report", type=Path, metavar="REPORT.csv", help="write what became of each line there")
        parser.add_argument("--only-good", action="store_true", help="import the good lines though others are bad")
        parser.add_argument("--dry-run", action="store_true", help="check and report, and import nothing")
        parser.add_argument("--no-mail", action="store_true", help="send nobody the message on how to sign in")
        deleted = parser.add_mutually_exclusive_group()
        deleted.add_argument(
            "--restore-deleted",
            dest="deleted",
            action="store_const",
            const=Deleted.RESTORE,
            default=Deleted.REFUSE,
            help="where an address was that of a deleted account, that account comes back",
        )
        deleted.add_argument(
            "--new-identities",
            dest="deleted",
            action="store_const",
            const=Deleted.RENEW,
            default=Deleted.REFUSE,
            help="where an address was that of a deleted account, a new one is made",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path, report = options["file"], options["report"]
        try:
            with path.open("rb") as file, report_to(report, source=path) as written:
                outcome = self.bring_in(AccountFile(file), written, **options)
        except OSError as failure:
            raise CommandError(
                f"Nothing was imported: {failure.filename or path}: {failure.strerror or failure}.",
                returncode=NOTHING_IMPORTED,
            ) from failure
        self.summarise(outcome, report=report, dry_run=options["dry_run"])

    def bring_in(self, lines: AccountFile, written: TextIO | None, **options: Any) -> Outcome:
        """Import, with the report as a part of it."""

        def before_commit(outcome: Outcome) -> None:
            write_report(
                written,
                ([row.number, row.email, outcome.said(row.result), outcome.reason(row)] for row in outcome.rows),
            )

        try:
            return import_accounts(
                lines,
                only_good=options["only_good"],
                dry_run=options["dry_run"],
                deleted=options["deleted"],
                with_mail=not options["no_mail"],
                source=lambda: f"{options['file'].name}, SHA-256 {lines.sha256}",
                origin=SERVICE,
                now=timezone.now(),
                before_commit=before_commit,
            )
        except FileRefused as refusal:
            refused = str(refusal)
        except OtherImport:
            refused = "Another import is under way. Run this again when it is done."
        except IntegrityError:
            refused = "Somebody changed one of these accounts meanwhile. Run this again."
        except OperationalError as failure:
            refused = f"The database did not take it ({str(failure).splitlines()[0]}). Run this again."
        write_report(written, [[1, "", Result.BAD.value, refused]])
        raise ImportRefused(refused)

    def summarise(self, outcome: Outcome, *, report: Path | None, dry_run: bool) -> None:
        """Say what became of the file, and end with the exit code that says so too."""
        counts, bad = outcome.counts, outcome.bad
        self.stdout.write(f"{sum(counts.values()):>7,} lines below the header")
        for result in Result:
            self.stdout.write(f"{counts[result]:>7,} {outcome.said(result)}")
        if report:
            self.stdout.write(f"Each line’s result and reason is in {report}.")
        else:
            self.list_bad(outcome)
        if outcome.is_written and bad:
            raise CommandError(
                f"The good lines were imported. Bad lines, which were not: {bad:,}. Put them right and import the file "
                "again: what is there already is left as it is.",
                returncode=ONLY_GOOD_IMPORTED,
            )
        if bad:
            why = "Nothing was imported: this was a dry run" if dry_run else "Nothing was imported"
            raise CommandError(
                f"{why}. Bad lines: {bad:,}. Put them right, or import the others with --only-good.",
                returncode=NOTHING_IMPORTED,
            )
        self.stdout.write("Nothing was imported: this was a dry run." if dry_run else "Imported.")

    def list_bad(self, outcome: Outcome) -> None:
        bad = [row for row in outcome.rows if row.result is Result.BAD]
        for row in bad[:BAD_LINES_SHOWN]:
            self.stderr.write(f"Line {row.number}, {row.email or 'no address'}: {outcome.reason(row)}")
        if len(bad) > BAD_LINES_SHOWN:
            self.stderr.write(f"And {len(bad) - BAD_LINES_SHOWN:,} more: --report REPORT.csv writes them all down.")


class ImportRefused(CommandError):
    """Nothing was imported; the report, where there is one, says why."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Nothing was imported. {why}", returncode=NOTHING_IMPORTED)


@contextmanager
def report_to(report: Path | None, *, source: Path) -> Iterator[TextIO | None]:
    """A report that stands under its name once it is whole; and that can be written, before anything is imported.

    Its owner only can read it: it has people's addresses.
    """
    if report is None:
        yield None
        return
    if report.is_dir() or not report.parent.is_dir() or (report.exists() and report.samefile(source)):
        raise CommandError(
            f"Nothing was imported: a report cannot be written to {report}. Give --report the name of a new file.",
            returncode=NOTHING_IMPORTED,
        )
    number, name = mkstemp(dir=report.parent, prefix=f".{report.name}.")
    is_whole = False
    try:
        with os.fdopen(number, "w", encoding="utf-8-sig", newline="") as file:
            yield file
        is_whole = True
    except ImportRefused:
        is_whole = True
        raise
    finally:
        if is_whole:
            put(Path(name), report)
        else:
            Path(name).unlink()


def put(written: Path, report: Path) -> None:
    """Give the report its name. What it tells of is done by now, whatever happens to it."""
    try:
        written.replace(report)
    except OSError as failure:
        raise CommandError(
            f"The report could not be named {report} ({failure.strerror}): it is {written}."
        ) from failure


def write_report(file: TextIO | None, rows: Iterable[list[Any]]) -> None:
    """Write what became of each line to the disk, as cells that no spreadsheet runs."""
    if file is None:
        return
    file.seek(0)
    file.truncate()  # what was to be, and then was not
    writer = csv.writer(file)
    writer.writerow(["line", "email", "result", "reason"])
    for row in rows:
        writer.writerow([f"'{cell}" if str(cell).startswith(FORMULA) else cell for cell in row])
    file.flush()
    os.fsync(file.fileno())
