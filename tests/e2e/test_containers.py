"""The application with the images as its tasks: `make run RUNTIME=podman`."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.attachments import attach
from tests.e2e.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def containers(stack: Stack, *options: str) -> set[str]:
    """The names of a stack's containers, those that have ended too."""
    label = f"label=todo-on-ecs.local={stack.directory}"
    listing = ["podman", "ps", "--all", "--format={{.Names}}", "--filter", label, *options]
    done = subprocess.run(listing, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def of_main(names: set[str]) -> set[str]:
    return {name for name in names if name.startswith("todo-on-ecs-main-")}


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path, runtime="podman")
    yield stack
    stack.stop()


def wait(stack: Stack, seconds: float, names: set[str]) -> set[str]:
    """The containers, once none of the named ones is left."""
    deadline = time.monotonic() + seconds
    while (found := containers(stack)) & names:
        assert time.monotonic() < deadline, stack.lines
        time.sleep(0.2)
    return found


def test_the_images_carry_a_person_through_the_application(stack: Stack) -> None:
    stack.start()
    person = stack.new_person()
    todo = person.api.post("/me/todos", json={"title": "Run in a container"}).json()
    file = attach(person.api, todo, b"What an image can do")
    path = f"/me/todos/{todo['id']}/files/{file['id']}"

    content = person.api.get(f"{path}/content", follow_redirects=True).content

    assert content == b"What an image can do"
    assert person.api.delete(path).status_code == 204
    assert person.api.delete(f"/me/todos/{todo['id']}").status_code == 204
    assert person.api.get(f"/me/todos/{todo['id']}").status_code == 404
    _replaces_the_dead(stack)
    assert person.api.get("/me/todos").status_code == 200
    stack.stop()
    assert stack.lines[-1].startswith("Stopped.")
    assert containers(stack) == set()
    assert "Starting gunicorn" in (stack.directory / "logs" / "main.log").read_text()


def _replaces_the_dead(stack: Stack) -> None:
    """A task is all its containers: one that is killed takes the others along."""
    before = containers(stack)
    assert len(before) == 6
    victim = min(of_main(before))

    subprocess.run(["podman", "kill", victim], capture_output=True, check=True)

    now = wait(stack, 40, {victim})
    deadline = time.monotonic() + 40
    while len(now := containers(stack)) != 6 or len(now & before) != 3:
        assert time.monotonic() < deadline, stack.lines
        time.sleep(0.2)


def test_a_killed_run_leaves_no_container(stack: Stack) -> None:
    stack.start()
    names = containers(stack)

    os.kill(_python(stack), signal.SIGKILL)

    assert wait(stack, 40, names) == set()


def _python(stack: Stack) -> int:
    """`make` starts the application in its own place, or as its child."""
    found = subprocess.run(
        ["pgrep", "--pgroup", str(stack.process.pid), "--full", "python -m local run"],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(found.stdout.split()[-1])
