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
from tests.e2e.stack import free_ports

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


@pytest.mark.parametrize(
    "port",
    [
        *("x", "0", "80", "-1", "8000.5", "65534", "99999", "8000 ", "+8000", "8_000", "9" * 5000),
        "\u0668\u0660\u0660\u0660",
    ],
)
def test_a_port_that_cannot_be_is_refused_by_name(port: str, tmp_path: Path) -> None:
    line = complaint(run("run", LOCAL_PORT=port, LOCAL_DIR=str(tmp_path)))

    assert "LOCAL_PORT" in line
    assert port in line


@pytest.mark.parametrize(
    ("runtime", "said"),
    [
        ("lxc", "RUNTIME is 'lxc': it must be one of process, docker, podman."),
        ("docker", "RUNTIME is 'docker', but docker is not installed or not started; "),
        ("podman", "RUNTIME is 'podman', but podman is not installed or not started; "),
    ],
)
def test_a_runtime_that_cannot_be_is_refused_by_name(
    tmp_path: Path, runtime: str, said: str
) -> None:
    settings = {"LOCAL_PORT": str(free_port()), "LOCAL_DIR": str(tmp_path), "PATH": str(tmp_path)}

    assert said in complaint(run("run", RUNTIME=runtime, **settings))


@pytest.mark.parametrize(("offset", "purpose"), [(0, "website"), (1, "API"), (2, "AWS endpoint")])
def test_a_taken_port_is_named_before_anything_starts(
    tmp_path: Path, offset: int, purpose: str
) -> None:
    with ExitStack() as held:
        port = free_ports()
        held.enter_context(socket.create_server(("127.0.0.1", port + offset)))
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


def used(folder: Path) -> Path:
    """A folder as a run leaves it, with something of the person's own."""
    for name in ("state/services", "logs", "home", "tmp", "own"):
        (folder / name).mkdir(parents=True)
        (folder / name / "file").write_text("x")
    for name in ("lock", "outputs.json"):
        (folder / name).write_text("{}")
    return folder


def test_reset_forgets_all_that_a_run_makes_and_nothing_else(tmp_path: Path) -> None:
    assert run("reset", LOCAL_DIR=str(used(tmp_path))).returncode == 0

    assert {entry.name for entry in tmp_path.iterdir()} == {"lock", "own"}


def test_reset_does_not_follow_links(tmp_path: Path) -> None:
    kept = used(tmp_path / "kept")
    folder = tmp_path / "local"
    folder.mkdir()
    (folder / "lock").touch()
    (folder / "state").symlink_to(kept)

    assert run("reset", LOCAL_DIR=str(folder)).returncode == 0

    assert [entry.name for entry in folder.iterdir()] == ["lock"]
    assert (kept / "state" / "services" / "file").exists()


@pytest.mark.parametrize("command", ["run", "reset"])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, command: str) -> None:
    (used(tmp_path) / "lock").unlink()
    before = sorted(tmp_path.rglob("*"))

    line = complaint(run(command, LOCAL_PORT=str(free_port()), LOCAL_DIR=str(tmp_path)))

    assert "holds other files" in line
    assert sorted(tmp_path.rglob("*")) == before


def test_the_second_system_s_data_are_no_hindrance_and_stay(tmp_path: Path) -> None:
    password = tmp_path / "fargate" / "password"
    password.parent.mkdir()
    password.touch()

    assert run("reset", LOCAL_DIR=str(tmp_path)).returncode == 0
    assert password.exists()


@pytest.mark.parametrize("command", ["run", "reset"])
@pytest.mark.parametrize("below", ["", "/deeper"])
def test_a_folder_that_is_none_is_refused(tmp_path: Path, command: str, below: str) -> None:
    (tmp_path / "file").touch()
    folder = f"{tmp_path}/file{below}"

    assert "LOCAL_DIR" in complaint(run(command, LOCAL_PORT=str(free_port()), LOCAL_DIR=folder))


def test_what_a_killed_run_has_left_is_named(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    text = json.dumps({"process": ended.pid, "groups": [1234567]})
    (tmp_path / "lock").write_text(text)
    with (tmp_path / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        line = complaint(run("reset", LOCAL_DIR=str(tmp_path)))

    assert "kill -- -1234567" in line
    assert (tmp_path / "lock").read_text() == text


@pytest.mark.parametrize("content", ["", '{"tables": ', "\0" * 8, "\udcff"])
def test_damaged_data_is_named_before_anything_starts(tmp_path: Path, content: str) -> None:
    saved = used(tmp_path) / "state" / "services" / "dynamodb.json"
    saved.write_bytes(content.encode(errors="surrogateescape"))

    line = complaint(run("run", LOCAL_PORT=str(free_port()), LOCAL_DIR=str(tmp_path)))

    assert str(saved) in line
    assert "make reset" in line
    assert (tmp_path / "logs" / "file").exists()


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


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}", '{"UserPoolId": 1}', "\udcff"])
def test_token_says_when_it_is_told_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "outputs.json").write_bytes(content.encode(errors="surrogateescape"))

    line = complaint(run("token", LOCAL_DIR=str(tmp_path), EMAIL="a@b.c", PASSWORD="x"))

    assert "outputs.json is damaged" in line


def test_token_takes_a_file_for_no_application(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    line = complaint(run("token", LOCAL_DIR=str(file), EMAIL="a@b.c", PASSWORD="x"))

    assert "not running" in line


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
