"""The command that brings accounts in: what it says, writes and ends with."""

import csv
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from accounts.models import Event, Mail, Membership, SecurityEvent, User
from accounts.operations import account_import
from tests.integration.accounts.account_list import HEADER, SPOILT, drawn

pytestmark = pytest.mark.django_db

GOOD = "ann@example.com,Ann Other,,BGF,shipper,user,,\n"
BAD = "ben,=Ben,,BGF,shipper,user,,\n"


@pytest.fixture
def file(tmp_path):
    """Write a list to a file."""

    def write(*lines: str | bytes, header: str = HEADER) -> Path:
        path = tmp_path / "list.csv"
        path.write_bytes(b"".join(part.encode() if isinstance(part, str) else part for part in (header, *lines)))
        return path

    return write


def run(path: Path, *options: str) -> int:
    """Run the command, and give the code that it ends with."""
    try:
        call_command("import_accounts", str(path), *options)
    except CommandError as error:
        print(error, file=sys.stderr)  # noqa: T201 - as Django does when it is run from a shell
        return error.returncode
    return 0


def report_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# -- five thousand lines


@pytest.fixture
def five_thousand(person, file):
    """A list with every kind of bad line, of which some have accounts and some had one."""
    known, deleted = ([f"{kind}{number}@example.com" for number in range(20)] for kind in ("known", "deleted"))
    User.objects.bulk_create(User(email=email, name="Ann Other") for email in known)
    User.objects.bulk_create(
        User(email=email, name="Ann Other", is_active=False, deleted_at=timezone.now()) for email in deleted
    )
    lines = list(drawn(5_000, seed=3, known=known, deleted=deleted))
    return lines, file(*[line.raw for line in lines])


def test_the_report_accounts_for_each_of_five_thousand_lines_and_the_database_has_what_it_says(
    five_thousand, tmp_path, capsys
):
    lines, path = five_thousand
    people, memberships = User.objects.count(), Membership.objects.count()
    began = time.monotonic()

    code = run(path, "--only-good", "--report", str(tmp_path / "report.csv"))

    took = time.monotonic() - began
    report = report_of(tmp_path / "report.csv")
    told = Counter(row["result"] for row in report)
    assert code == 3
    assert [int(row["line"]) for row in report] == list(range(2, 5_002))
    wrong = [
        (row, line) for row, line in zip(report, lines, strict=True)
        if row["result"] != line.result or line.why not in row["reason"]
    ]  # fmt: skip
    assert wrong == []
    assert all(row["reason"] for row in report if row["result"] == "bad")
    assert told.keys() == {"made", "added to an existing account", "bad", "empty line"}
    assert told["bad"] > len(SPOILT) * 10
    # The database has exactly what the report tells.
    added = told["made"] + told["added to an existing account"]
    assert User.objects.count() - people == told["made"]
    assert Membership.objects.count() - memberships == added
    events = Counter(SecurityEvent.objects.values_list("event", flat=True))
    assert events[Event.ACCOUNT_MADE] == told["made"]
    assert events[Event.MEMBERSHIP_ADDED] == added
    assert events[Event.ACCOUNTS_IMPORTED] == 1
    assert Mail.objects.filter(template="imported").count() == told["made"] + 20  # of those who were known
    assert f"{told['bad']:,} bad" in capsys.readouterr().out
    assert took < 10  # seconds, of which it takes about one and a half


def test_done_again_it_finds_all_there_and_writes_nothing(five_thousand, tmp_path):
    _lines, path = five_thousand
    run(path, "--only-good", "--report", str(tmp_path / "first.csv"))
    before = (User.objects.count(), Membership.objects.count(), Mail.objects.count())

    run(path, "--only-good", "--report", str(tmp_path / "second.csv"))

    first, second = (
        Counter(row["result"] for row in report_of(tmp_path / f"{name}.csv")) for name in ("first", "second")
    )
    assert (User.objects.count(), Membership.objects.count(), Mail.objects.count()) == before
    assert second["already there"] == first["made"] + first["added to an existing account"]
    assert second["bad"] == first["bad"]


def test_of_five_thousand_lines_none_goes_in_where_one_is_bad_and_that_is_not_asked_for(five_thousand, tmp_path):
    _lines, path = five_thousand
    people = User.objects.count()

    code = run(path, "--report", str(tmp_path / "report.csv"))

    assert code == 1
    assert User.objects.count() == people
    assert not SecurityEvent.objects.filter(event=Event.ACCOUNTS_IMPORTED).exists()
    results = {row["result"] for row in report_of(tmp_path / "report.csv")}
    assert results == {"would be made", "would be added to an existing account", "bad", "empty line"}


# -- what it says and ends with


def test_a_good_list_is_imported(file, capsys):
    assert run(file(GOOD)) == 0

    said = capsys.readouterr()
    assert "1 made" in said.out
    assert said.out.endswith("Imported.\n")
    assert said.err == ""
    assert User.objects.filter(email="ann@example.com").exists()


def test_bad_lines_are_told_where_there_is_no_report(file, capsys):
    assert run(file(GOOD, BAD)) == 1

    assert "Line 3, ben: Enter an e-mail address like name@company.co.uk. A name cannot" in capsys.readouterr().err


def test_of_many_bad_lines_it_is_told_how_many_are_not_shown(file, capsys):
    run(file(BAD * 70))

    assert "And 20 more: --report REPORT.csv writes them all down." in capsys.readouterr().err


def test_a_dry_run_of_a_good_list_ends_well_and_does_nothing(file, capsys):
    assert run(file(GOOD), "--dry-run") == 0

    assert "1 would be made" in (said := capsys.readouterr().out)
    assert "Nothing was imported: this was a dry run." in said
    assert not User.objects.filter(email="ann@example.com").exists()


def test_a_dry_run_of_a_bad_list_ends_as_the_import_would(file):
    assert run(file(GOOD, BAD), "--dry-run") == 1


def test_no_mail_leaves_the_messages_out(file):
    run(file(GOOD), "--no-mail")

    assert User.objects.filter(email="ann@example.com").exists()
    assert not Mail.objects.exists()


@pytest.mark.parametrize(("option", "same"), [("--restore-deleted", True), ("--new-identities", False)])
def test_who_decides_about_deleted_accounts_says_so_with_an_option(option, same, reader, file):
    User.objects.filter(pk=reader.pk).update(is_active=False, deleted_at=timezone.now())
    path = file("reader@example.com,Reader,,OCT,shipper,user,,\n")

    assert run(path) == 1
    assert run(path, option) == 0

    assert (User.objects.get(email="reader@example.com").pk == reader.pk) == same


def test_both_decisions_at_once_are_refused(file):
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("import_accounts", str(file(GOOD)), "--restore-deleted", "--new-identities")


def test_a_list_with_passwords_is_refused_and_none_is_repeated(file, tmp_path, capsys):
    path = file("a@example.com,hunter2\n", header="email,password\n")

    assert run(path, "--report", str(tmp_path / "report.csv")) == 1

    (row,) = report_of(tmp_path / "report.csv")
    said = capsys.readouterr()
    assert "No password or secret is ever read" in row["reason"]
    assert "No password or secret is ever read" in said.err
    assert "hunter2" not in said.out + said.err + row["reason"]


@pytest.mark.parametrize("name", ["nowhere.csv", "."])
def test_a_file_that_cannot_be_opened_is_named(name, tmp_path, capsys):
    assert run(tmp_path / name) == 1

    assert str(tmp_path) in capsys.readouterr().err


def test_it_says_that_another_import_is_under_way(file, capsys):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [account_import.ONE_AT_A_TIME])

        assert run(file(GOOD)) == 1
    finally:
        other.close()

    assert "Another import is under way" in capsys.readouterr().err


def test_an_address_that_somebody_takes_meanwhile_keeps_all_out(file, monkeypatch, capsys):
    """As when an invitation is accepted between the question who has the address and the writing."""
    people_of = account_import.people_of

    def then_taken(emails):
        found = people_of(emails)
        User.objects.create_user(email="ann@example.com", name="Ann")
        return found

    monkeypatch.setattr(account_import, "people_of", then_taken)

    assert run(file("ben@example.com,Ben,,BGF,shipper,user,,\n", GOOD)) == 1

    assert "changed one of these accounts meanwhile. Run this again." in capsys.readouterr().err
    assert not User.objects.filter(email="ben@example.com").exists()


# -- the report


def test_only_its_owner_can_read_the_report(file, tmp_path):
    run(file(GOOD), "--report", str(tmp_path / "report.csv"))

    assert (tmp_path / "report.csv").stat().st_mode & 0o777 == 0o600


def test_no_cell_of_the_report_is_a_formula(file, tmp_path):
    run(file("=1+1@example.com,Ann,,BGF,shipper,user,,\n"), "--report", str(tmp_path / "report.csv"))

    assert report_of(tmp_path / "report.csv")[0]["email"] == "'=1+1@example.com"


@pytest.mark.parametrize("name", ["list.csv", ".", "no/such/folder.csv"])
def test_a_report_that_cannot_be_written_stops_the_import_before_it_begins(name, file, tmp_path):
    path = file(GOOD)

    assert run(path, "--report", str(tmp_path / name)) == 1

    assert path.read_text() == HEADER + GOOD
    assert not User.objects.filter(email="ann@example.com").exists()


def test_a_full_disk_keeps_all_out_and_the_report_of_before(file, tmp_path, monkeypatch, capsys):
    report = tmp_path / "report.csv"
    report.write_text("of before")

    def full(_number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    assert run(file(GOOD), "--report", str(report)) == 1

    assert "No space left on device" in capsys.readouterr().err
    assert report.read_text() == "of before"
    assert not User.objects.filter(email="ann@example.com").exists()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["list.csv", "report.csv"]


def test_a_report_that_cannot_be_named_is_not_lost(file, tmp_path, monkeypatch, capsys):
    def refused(_path, _target):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "replace", refused)

    run(file(GOOD), "--report", str(tmp_path / "report.csv"))

    said = capsys.readouterr().err
    assert "Nothing was imported" not in said
    assert len(report_of(Path(said.split("it is ")[1].strip().rstrip(".")))) == 1


def test_a_database_that_fails_at_the_end_is_told_and_the_report_does_not_say_made(file, tmp_path, monkeypatch):
    def gone(*_arguments, **_options):
        raise OperationalError("the server has gone")

    monkeypatch.setattr(account_import, "record", gone)

    assert run(file(GOOD), "--report", str(tmp_path / "report.csv")) == 1

    (row,) = report_of(tmp_path / "report.csv")
    assert (row["result"], "the server has gone" in row["reason"]) == ("bad", True)


# -- killed

KILLED = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
connection.settings_dict["OPTIONS"]["assume_role"] = "des_app"
from accounts import mail
from accounts.management.commands import import_accounts
from accounts.models import Membership, SecurityEvent, User

def killed(*_arguments, **_options):
    people = User.objects.filter(email__startswith="killed")
    print(people.count(), Membership.objects.filter(user__in=people).count(),
          SecurityEvent.objects.filter(person_id__in=people.values("pk")).count(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

setattr({"mail": mail, "report": import_accounts}[sys.argv[2]], sys.argv[3], killed)
call_command("import_accounts", sys.argv[4], "--only-good")
"""


@pytest.mark.parametrize("place", [("mail", "post_all"), ("report", "write_report")], ids=["midway", "at the end"])
def test_killed_at_any_moment_it_leaves_nothing_and_can_be_run_again(place, file):
    people = [f"killed{number}@example.com,Ann Other,,BGF,shipper,user,,\n" for number in range(1_500)]
    path = file(*people, BAD)

    ended = subprocess.run(
        [sys.executable, "-c", KILLED, connection.settings_dict["NAME"], *place, str(path)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    # It had written all of them when it was killed.
    assert (ended.returncode, ended.stdout.split()) == (-signal.SIGKILL, ["1500", "1500", "3000"]), ended.stderr
    wait_until_nobody_imports()
    assert not User.with_deleted.filter(email__startswith="killed").exists()
    assert not SecurityEvent.objects.filter(event=Event.ACCOUNTS_IMPORTED).exists()
    assert not Mail.objects.exists()
    assert run(path, "--only-good") == 3
    assert User.objects.filter(email__startswith="killed").count() == 1_500


def wait_until_nobody_imports() -> None:
    """The server hears of the end of a process a moment after it."""
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = "
                           "(SELECT oid FROM pg_database WHERE datname = current_database())")  # fmt: skip
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.1)
    pytest.fail("the import goes on")
