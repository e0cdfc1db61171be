"""The command line, up to where an emulator would be needed."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from local.ports import free_port
from local.settings import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def complaint(printed: subprocess.CompletedProcess[str]) -> str:
    """The one line that it must have complained with."""
    assert printed.returncode == 1
    assert printed.stdout == ""
    (line,) = printed.stderr.splitlines()
    return line


@pytest.mark.parametrize("arguments", [[], ["fly"], ["run", "fast"], ["--help"]])
def test_an_unknown_command_gets_the_usage(arguments: list[str]) -> None:
    printed = run(*arguments)

    assert printed.returncode == 2
    assert printed.stderr.startswith("usage:")


@pytest.mark.parametrize("port", ["x", "0", "80", "-1", "8000.5", "65534", "99999"])
def test_a_port_that_cannot_be_is_refused_by_name(port: str, tmp_path: Path) -> None:
    line = complaint(run("run", LOCAL_PORT=port, LOCAL_DIR=str(tmp_path)))

    assert "LOCAL_PORT" in line
    assert port in line


@pytest.mark.parametrize(("offset", "purpose"), [(0, "website"), (1, "API"), (2, "AWS endpoint")])
def test_a_taken_port_is_named_before_anything_starts(
    tmp_path: Path, offset: int, purpose: str
) -> None:
    with ExitStack() as held:
        taken = held.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = taken.getsockname()[1] - offset
        line = complaint(run("run", LOCAL_PORT=str(port), LOCAL_DIR=str(tmp_path)))

    assert f"Port {port + offset} for the {purpose}" in line
    assert "LOCAL_PORT" in line
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("command", ["run", "reset"])
def test_a_folder_in_use_is_refused(tmp_path: Path, command: str) -> None:
    kept = tmp_path / "state"
    kept.mkdir()
    with (tmp_path / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        line = complaint(run(command, LOCAL_PORT=str(free_port()), LOCAL_DIR=str(tmp_path)))

    assert "running" in line
    assert kept.exists()


def test_reset_forgets_everything(tmp_path: Path) -> None:
    (tmp_path / "state" / "deep").mkdir(parents=True)
    (tmp_path / "state" / "deep" / "file").write_text("x")
    (tmp_path / "outputs.json").write_text("{}")

    assert run("reset", LOCAL_DIR=str(tmp_path)).returncode == 0

    assert [entry.name for entry in tmp_path.iterdir()] == ["lock"]


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, "EMAIL and PASSWORD"),
        ({"EMAIL": "a@b.c"}, "PASSWORD"),
        ({"PASSWORD": "x"}, "EMAIL"),
        ({"EMAIL": "", "PASSWORD": ""}, "EMAIL and PASSWORD"),
    ],
)
def test_token_asks_for_what_is_missing(
    tmp_path: Path, given: dict[str, str], missing: str
) -> None:
    environment = {"EMAIL": "", "PASSWORD": "", **given}

    assert f"Set {missing}:" in complaint(run("token", LOCAL_DIR=str(tmp_path), **environment))


def test_token_needs_a_running_application(tmp_path: Path) -> None:
    line = complaint(run("token", LOCAL_DIR=str(tmp_path), EMAIL="a@b.c", PASSWORD="x"))

    assert "not running" in line


def test_token_says_when_nothing_answers_any_more(tmp_path: Path) -> None:
    outputs = {
        "CognitoEndpoint": f"http://127.0.0.1:{free_port()}",
        "UserPoolId": "eu-central-1_x",
        "UserPoolClientId": "x",
    }
    (tmp_path / "outputs.json").write_text(json.dumps(outputs))

    line = complaint(run("token", LOCAL_DIR=str(tmp_path), EMAIL="a@b.c", PASSWORD="x"))

    assert "does not answer" in line


def test_the_persons_own_aws_settings_play_no_part(tmp_path: Path) -> None:
    outputs = {
        "CognitoEndpoint": f"http://127.0.0.1:{free_port()}",
        "UserPoolId": "eu-central-1_x",
        "UserPoolClientId": "x",
    }
    (tmp_path / "outputs.json").write_text(json.dumps(outputs))
    own = {"AWS_PROFILE": "not-there", "HTTP_PROXY": "http://127.0.0.1:1", "AWS_CA_BUNDLE": "/x"}

    line = complaint(run("token", LOCAL_DIR=str(tmp_path), EMAIL="a@b.c", PASSWORD="x", **own))

    assert "does not answer" in line
    assert "proxy" not in line
