"""`make fargate-run`, as somebody uses it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from fargate.workstation import __main__ as workstation
from fargate.workstation import postgres, secret
from fargate.workstation.containers import Container
from fargate.workstation.database import DatabaseFailed, DatabaseMissing
from fargate.workstation.postgres import Postgres
from tests.fargate.browsers import Browser
from tests.fargate.servers import ROOT, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS = 60


@pytest.fixture
def data(folder: Path) -> Iterator[Path]:
    """Where a run keeps its data."""
    made = folder / "workstation"
    made.mkdir()
    yield made
    shutil.rmtree(made)


@contextmanager
def running(data: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`make fargate-run` in a terminal of its own."""
    process = subprocess.Popen(
        ["make", "--silent", "fargate-run"],
        cwd=ROOT,
        env={**os.environ, "LOCAL_DIR": str(data), "FARGATE_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=SECONDS)


def press_ctrl_c(process: subprocess.Popen[str]) -> str:
    os.killpg(process.pid, signal.SIGINT)
    return process.communicate(timeout=SECONDS)[0]


def wait(port: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)


def test_it_runs_until_ctrl_c_and_keeps_the_data(data: Path) -> None:
    port = free_port()
    with running(data, port) as process:
        wait(port, process)
        with Browser(base_url=f"http://127.0.0.1:{port}", follow_redirects=True) as ada:
            ada.add("Pay the rent")
            form = ada.hidden("/tasks")
            printed = press_ctrl_c(process)
            with running(data, port) as again:
                wait(port, again)

                tasks = ada.tasks()
                added = ada.post("/tasks", data={**form, "title": "Buy bread"})

    # make says that it was interrupted, unless whoever started it lets it ignore that.
    assert process.returncode in {0, -signal.SIGINT}
    assert "Traceback" not in printed
    assert [task.title for task in tasks] == ["Pay the rent"]
    assert added.status_code == 200  # a page that was open is still good
    assert not (data / "fargate" / "data" / "postmaster.pid").exists()
    assert (data / "fargate" / "password").stat().st_mode & 0o077 == 0


def test_a_port_that_is_taken_is_said_in_a_line(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with running(data, port) as process:
            printed, _ = process.communicate(timeout=SECONDS)

    assert process.returncode != 0
    assert f"Port {port} is taken by another program: FARGATE_PORT=5001" in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("port", ["nonsense", "0", "65536", "-1"])
def test_a_port_that_is_none_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: str
) -> None:
    monkeypatch.setenv("FARGATE_PORT", port)

    assert workstation.main() == 1
    assert f"FARGATE_PORT is {port!r}" in capsys.readouterr().err


def test_a_folder_that_cannot_be_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("LOCAL_DIR", str(tmp_path / "file"))
    monkeypatch.setenv("FARGATE_PORT", str(free_port()))

    assert workstation.main() == 1
    assert "(LOCAL_DIR) cannot be used" in capsys.readouterr().err


def test_a_folder_is_for_one_at_a_time(tmp_path: Path) -> None:
    with (
        workstation.alone(tmp_path),
        pytest.raises(workstation.SettingRefused, match="running"),
        workstation.alone(tmp_path),
    ):
        pass
    with workstation.alone(tmp_path):
        pass


def test_an_interrupted_start_leaves_no_empty_key(tmp_path: Path) -> None:
    (tmp_path / "secret-key").touch()

    key = secret.kept(tmp_path / "secret-key")

    assert len(key) >= 32
    assert secret.kept(tmp_path / "secret-key") == key


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without PostgreSQL and without an engine."""
    monkeypatch.setattr(postgres, "FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("bare")
def test_without_postgresql_and_an_engine_it_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing, match=r"apt-get install postgresql .* or start docker"):
        workstation.find(tmp_path)


def put(program: Path, text: str = "") -> None:
    program.write_text(f"#!{sys.executable}\n{text}\n")
    program.chmod(0o755)


@pytest.mark.usefixtures("bare")
def test_for_root_apt_get_brings_postgresql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "apt-get")
    put(
        tmp_path / "installer",
        f"open('{tmp_path}/initdb', 'w')\n__import__('os').chmod('{tmp_path}/initdb', 0o755)",
    )
    monkeypatch.setattr(workstation, "INSTALLER", tmp_path / "installer")
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    database = workstation.find(tmp_path)

    assert isinstance(database, Postgres)
    assert postgres.programs() == tmp_path.resolve()


@pytest.mark.usefixtures("bare")
def test_what_apt_get_cannot_bring_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "apt-get")
    put(tmp_path / "installer", "raise SystemExit(1)")
    monkeypatch.setattr(workstation, "INSTALLER", tmp_path / "installer")
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    with pytest.raises(DatabaseMissing, match="apt-get could not install it"):
        workstation.find(tmp_path)


@pytest.mark.usefixtures("bare")
def test_without_postgresql_an_engine_will_do(tmp_path: Path) -> None:
    put(tmp_path / "podman")

    database = workstation.find(tmp_path)

    assert isinstance(database, Container)
    assert database.engine == "podman"


def test_a_database_that_ends_by_itself_ends_the_run(data: Path) -> None:
    port = free_port()
    with running(data, port) as process:
        wait(port, process)
        pid = int((data / "fargate" / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)

        printed, _ = process.communicate(timeout=SECONDS)

    assert process.returncode != 0
    assert "PostgreSQL has ended by itself." in printed
    assert "Traceback" not in printed


def test_the_address_is_told_once_it_answers(data: Path) -> None:
    port = free_port()
    with running(data, port) as process:
        assert process.stdout
        line = next(line for line in process.stdout if "Manager: http://" in line)

        answer = httpx.get(f"http://127.0.0.1:{port}/")

    assert f"http://127.0.0.1:{port}/" in line
    assert answer.status_code == 200


def test_a_database_that_does_not_end_is_said_in_a_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "SECONDS", 0.1)
    with subprocess.Popen(["sleep", "600"]) as process:
        stuck = Postgres(folder / "stuck", free_port(), "", process)
        try:
            with pytest.raises(DatabaseFailed, match=r"has not ended within 0\.1 s"):
                stuck.stop(signal.SIGCONT)
        finally:
            process.kill()


def test_what_postgresql_says_when_it_does_not_start_is_told(folder: Path) -> None:
    first = Postgres(folder / "twice", free_port())
    first.start()
    try:
        with pytest.raises(DatabaseFailed, match=r"postmaster\.pid"):
            Postgres(folder / "twice", free_port()).start()
    finally:
        first.stop()
