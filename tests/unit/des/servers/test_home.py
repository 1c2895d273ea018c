"""A server's directory is one that its account can enter and whose paths every program can write down."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from des.servers import ServerError, account, home, processes
from des.servers.account import Account
from des.servers.home import Home

OTHER = 12345


def test_an_account_enters_by_the_rights_of_its_class(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    status = inner.stat()

    inner.chmod(0o100)
    assert Account(status.st_uid, OTHER)._enters_one(inner)
    assert not Account(OTHER, OTHER)._enters_one(inner)
    inner.chmod(0o010)
    assert Account(OTHER, status.st_gid)._enters_one(inner)
    inner.chmod(0o001)
    assert Account(OTHER, OTHER)._enters_one(inner)
    inner.chmod(0o700)


def test_an_ordinary_user_runs_the_servers_himself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "getegid", lambda: 100)

    assert Account.for_servers() == Account(1000, 100)


def test_root_without_an_unprivileged_user_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(account, "UNPRIVILEGED", "no-such-user")

    with pytest.raises(ServerError, match="Start this as an ordinary user"):
        Account.for_servers()


def test_the_private_directory_of_an_ordinary_user_is_his_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)

    private = home._private_root(tmp_path)

    try:
        assert private == home._private_root(tmp_path) != home._private_root(tmp_path / "other")
        assert private.parent == Path(home.SHARED_WITH_ALL)
    finally:
        shutil.rmtree(private)
        shutil.rmtree(home._private_root(tmp_path / "other"))


def test_a_directory_of_another_user_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: OTHER)

    with pytest.raises(ServerError, match=f"{tmp_path} belongs to another user"):
        home._make_passable(tmp_path)


def test_the_owner_of_a_home_goes_on_with_it_when_root_comes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "postgres"
    own.mkdir()
    (own / "run").mkdir()
    monkeypatch.setattr(home, "_make_passable", lambda path: path)
    monkeypatch.setattr(Account, "owning", lambda _path: Account(OTHER, OTHER))

    assert Home.below(tmp_path, server="postgres", socket="socket").account == Account(OTHER, OTHER)


def test_a_program_that_does_not_run_even_as_a_copy_is_reported(tmp_path: Path) -> None:
    program = tmp_path / "package/program"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    (tmp_path / "postgres").mkdir()
    ours = Home(tmp_path / "postgres", Account(os.geteuid(), os.getegid()))

    with pytest.raises(ServerError, match="does not run on this machine"):
        ours.runnable(program, packages=tmp_path, names=("package", "package.libs"))


def test_a_forked_child_leaves_the_server_to_its_parent(tmp_path: Path) -> None:
    stopped: list[str] = []
    ours = Home(tmp_path, Account(os.geteuid(), os.getegid()))
    ours.share(stop=lambda: stopped.append("stopped"))
    ours.share(stop=lambda: stopped.append("twice"))

    home._leave(tmp_path, user=os.getpid() + 1, stop=lambda: stopped.append("by the child"))
    assert stopped == []
    home._leave(tmp_path, user=os.getpid(), stop=lambda: stopped.append("by the parent"))
    assert stopped == ["by the parent"]
    home._shares[tmp_path] = os.open(tmp_path / "users", os.O_RDWR)  # for the end of this process


def test_a_process_that_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    starts = iter([7, 7, 7, None])
    times = iter([0.0, 100.0, 100.0])
    monkeypatch.setattr(processes, "started_at", lambda _pid: next(starts))
    monkeypatch.setattr(processes, "send", lambda _pid, number: sent.append(number))
    clock = SimpleNamespace(monotonic=lambda: next(times), sleep=lambda _seconds: None)
    monkeypatch.setattr(processes, "time", clock)

    processes.end(4711, by=processes.signal.SIGTERM, within=5)

    assert sent[0] == processes.signal.SIGTERM
    assert processes.signal.SIGKILL in sent


def test_a_process_that_is_gone_is_nothing_to_worry_about() -> None:
    gone = 2**22 + 1  # above the kernel's largest process number

    processes.end(gone, by=processes.signal.SIGTERM, within=1)
    processes.send(gone, processes.signal.SIGTERM)

    assert processes.command_line(gone) == ""
    assert processes.started_at(gone) is None
    assert processes._environment(gone) == []
