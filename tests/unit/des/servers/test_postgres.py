"""The private PostgreSQL starts, is shared, survives being killed, and says plainly when it cannot start."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from des.servers import ServerError, postgres, postgres_programs, processes
from des.servers.home import Home

User = subprocess.Popen[str]


def postmaster(directory: Path) -> int:
    return int((directory / "postgres/data/postmaster.pid").read_text().splitlines()[0])


def answers(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def test_the_application_owns_nothing_and_the_owner_can_act_as_it(shared_directory: Path) -> None:
    urls = postgres.ensure(shared_directory)

    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("CREATE EXTENSION pg_trgm")
        owner.execute("CREATE TABLE secret (word text)")
        owner.execute("CREATE DATABASE test_des")
        owner.execute("SET ROLE des_app")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("SELECT * FROM secret")
    with psycopg.connect(urls.application, autocommit=True) as application:
        for refused in ("CREATE TABLE mine ()", "CREATE TEMP TABLE mine ()", "SET ROLE des_owner"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(refused)
        found = application.execute("SELECT datcollate, datlocale FROM pg_database WHERE datname = 'des'").fetchone()
        assert found == ("C", "C.UTF-8")
        assert application.execute("SHOW listen_addresses").fetchone() == ("",)
        assert application.execute("SHOW data_checksums").fetchone() == ("on",)


def test_a_wrong_password_is_refused_even_on_the_socket(shared_directory: Path) -> None:
    url = postgres.ensure(shared_directory).owner
    password = url.partition("des_owner:")[2].partition("@")[0]

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.replace(password, "guessed"))


def test_ensuring_a_running_server_is_quick(shared_directory: Path) -> None:
    first = postgres.ensure(shared_directory)
    started = time.perf_counter()

    assert postgres.ensure(shared_directory) == first
    assert time.perf_counter() - started < 0.05


def test_it_starts_again_after_a_kill(shared_directory: Path) -> None:
    url = postgres.ensure(shared_directory).application
    first = postmaster(shared_directory)

    os.kill(first, signal.SIGKILL)

    assert answers(postgres.ensure(shared_directory).application)
    assert postgres.ensure(shared_directory).application == url
    assert postmaster(shared_directory) != first


def test_a_stale_file_with_the_number_of_another_process_does_not_stop_it(shared_directory: Path) -> None:
    postgres.ensure(shared_directory)
    postgres.stop(shared_directory)
    claim = shared_directory / "postgres/data/postmaster.pid"
    claim.write_text(f"{os.getpid()}\n{claim.parent}\n")

    assert answers(postgres.ensure(shared_directory).owner)


def test_databases_left_half_made_are_made_again(directory: Path) -> None:
    home = Home.below(directory, server="postgres", socket=postgres.SOCKET)
    (home.new_directory(postgres.NEW) / "PG_VERSION").write_text("18")
    (home.path / "password").write_text("left")

    assert answers(postgres.ensure(directory).application)
    assert not (home.path / postgres.NEW).exists()
    assert not (home.path / "password").exists()


def test_a_kill_at_any_moment_of_the_first_start_is_forgotten(directory: Path, use: Callable[[str], User]) -> None:
    for seconds in (0.2, 0.3, 0.4, 0.6, 0.8):
        user = use("postgres")
        with pytest.raises(subprocess.TimeoutExpired):
            user.wait(seconds)
        user.kill()

    assert answers(postgres.ensure(directory).application)


def test_two_processes_that_start_it_at_once_share_one_server(directory: Path, use: Callable[[str], User]) -> None:
    one, other = use("postgres"), use("postgres")
    assert one.stdout
    assert other.stdout

    assert one.stdout.readline() == other.stdout.readline() != ""


def test_the_last_one_out_stops_it(directory: Path, use: Callable[[str], User]) -> None:
    one, other, killed = use("postgres"), use("postgres"), use("postgres")
    for user in (one, other, killed):
        assert user.stdout
        assert user.stdout.readline()
    server = postmaster(directory)

    killed.kill()
    one.communicate()
    assert processes.started_at(server)

    other.communicate()
    assert not processes.started_at(server)


def test_a_path_too_long_for_a_socket_moves_to_a_private_directory(directory: Path) -> None:
    deep = directory / ("deep" * 20) / "and, strange"

    url = postgres.ensure(deep).application
    link = deep / "postgres"

    assert answers(url)
    assert str(link.readlink()) in url
    assert link.readlink().is_relative_to("/var")
    assert postgres.ensure(deep).application == url


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops privileges")
def test_below_a_closed_home_directory_data_and_programs_move(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = directory / "home"
    closed.mkdir(mode=0o700)
    wheel, packages, names = next(postgres_programs._candidates())
    for name in names:
        shutil.copytree(packages / name, closed / name, symlinks=True)
    hidden = closed / wheel.relative_to(packages)
    monkeypatch.setattr(postgres_programs, "_candidates", lambda: iter([(hidden, closed, names)]))

    assert answers(postgres.ensure(closed / "var").application)
    postgres.stop(closed / "var")
    assert answers(postgres.ensure(closed / "var").application)

    home = (closed / "var/postgres").readlink()
    assert str(home / "programs") in processes.command_line(postmaster(closed / "var"))


def test_damaged_data_are_reported_with_what_to_do(directory: Path) -> None:
    postgres.ensure(directory)
    postgres.stop(directory)
    (directory / "postgres/data/global/pg_control").unlink()

    with pytest.raises(ServerError, match=rf"remove the directory {directory}/postgres and start again") as refusal:
        postgres.ensure(directory)
    assert "pg_control" in str(refusal.value)


def test_lost_passwords_are_reported(directory: Path) -> None:
    postgres.ensure(directory)
    (directory / "postgres/passwords.json").unlink()

    with pytest.raises(ServerError, match=r"passwords\.json, are missing"):
        postgres.ensure(directory)


def test_a_full_disk_is_reported(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(directory)._replace(free=1024 * 1024)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)

    with pytest.raises(ServerError, match="is full: 1 MB are free and at least 256 MB are needed"):
        postgres.ensure(directory)


def test_missing_programs_are_reported(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = Path("/nonexistent/bin/postgres")
    monkeypatch.setattr(postgres_programs, "_candidates", lambda: iter([(nowhere, nowhere.parent, ("bin",))]))

    with pytest.raises(ServerError, match="No PostgreSQL was found"):
        postgres.ensure(directory)


def test_programs_that_cannot_make_databases_are_reported(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = directory / "bin"
    programs.mkdir()
    for name, script in {
        "postgres": "echo 'postgres (PostgreSQL) 15.1'",
        "initdb": "echo no memory; exit 1",
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PG_BINDIR", str(programs))

    with pytest.raises(ServerError, match="does not start: no memory"):
        postgres.ensure(directory)


def test_programs_that_are_too_old_are_passed_over(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = directory / "postgres-old"
    old.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n")
    old.chmod(0o755)
    monkeypatch.setattr(postgres_programs, "_candidates", lambda: iter([(old, directory, (old.name,))]))

    with pytest.raises(ServerError, match="No PostgreSQL was found"):
        postgres.ensure(directory)


def test_programs_that_the_environment_names_come_first_and_debian_s_last(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("9.6", "15", "17"):
        (directory / version).mkdir()
    monkeypatch.setattr(postgres_programs, "DEBIAN", directory)
    monkeypatch.setenv("PG_BINDIR", "/chosen/bin")

    found = [postgres for postgres, *_ in postgres_programs._candidates()]

    assert found[0] == Path("/chosen/bin/postgres")
    assert found[-3:] == [directory / version / "bin/postgres" for version in ("17", "15", "9.6")]


def test_a_server_that_became_ready_meanwhile_is_left_alone(shared_directory: Path) -> None:
    postgres.ensure(shared_directory)
    first = postmaster(shared_directory)

    postgres.Cluster(Home.below(shared_directory, server="postgres", socket=postgres.SOCKET)).start()

    assert postmaster(shared_directory) == first


def test_a_server_that_never_becomes_ready_is_reported(shared_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    postgres.ensure(shared_directory)
    monkeypatch.setattr(postgres.Cluster, "_answers", lambda _self: False)
    monkeypatch.setattr(postgres, "START_WITHIN", 0.1)

    with pytest.raises(ServerError, match=r"it is not ready after 0\.1 seconds"):
        postgres.ensure(shared_directory)


def test_a_directory_that_cannot_be_made_is_reported() -> None:
    with pytest.raises(ServerError, match="PostgreSQL cannot be started in /dev/null/des"):
        postgres.ensure(Path("/dev/null/des"))


def test_a_worker_left_by_a_killed_server_is_ended_first(shared_directory: Path) -> None:
    url = postgres.ensure(shared_directory).owner
    with psycopg.connect(url) as connection:
        worker = connection.info.backend_pid
        os.kill(worker, signal.SIGSTOP)  # busy, and so blind to the end of its server
        os.kill(postmaster(shared_directory), signal.SIGKILL)

        assert answers(postgres.ensure(shared_directory).owner)
    assert not processes.started_at(worker)


def test_no_statement_and_no_row_reaches_the_log(shared_directory: Path) -> None:
    with psycopg.connect(postgres.ensure(shared_directory).owner, autocommit=True) as connection:
        connection.execute("CREATE TABLE places (postcode text PRIMARY KEY)")
        connection.execute("INSERT INTO places VALUES ('LS1 4AP')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO places VALUES ('LS1 4AP')")

    assert "LS1 4AP" not in (shared_directory / "postgres/log").read_text()


def test_stopping_what_does_not_run_does_nothing(directory: Path) -> None:
    postgres.stop(directory)

    assert subprocess.run(["pgrep", "-f", str(directory)], check=False).returncode == 1
