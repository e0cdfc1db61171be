"""podman, and containers that run as the task definition says."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.ecs.containers import options
from tests.images.task import CONTAINERS, LINUX

if TYPE_CHECKING:
    from collections.abc import Mapping

START_SECONDS = 30


def podman(*arguments: str, fails: bool = False) -> str:
    # A container's monitor notes where it was started, in a file, that memory has run out.
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["podman", *arguments],
            cwd=folder, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
    assert fails or done.returncode == 0, f"podman {' '.join(arguments)}: {done.stderr}"
    return done.stdout.strip()


def inspected(image: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(podman("image", "inspect", image))[0]
    return found


@dataclass
class Running:
    """A container of the task, as the template says, in a network of its own."""

    container: str
    image: str
    extra: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    name: str = field(default_factory=lambda: f"todo-on-ecs-test-{uuid.uuid4().hex[:12]}")

    def start(self) -> None:
        definition = CONTAINERS[self.container]
        environment = {**definition.environment, **self.environment}
        podman(
            *("run", "--detach", "--pull=never", f"--name={self.name}", *self.extra),
            *options("podman", definition, LINUX[self.container]),
            *(f"--env={name}={value}" for name, value in environment.items()),
            *(self.image, *(self.command or definition.command)),
        )

    def remove(self) -> None:
        podman("rm", "--force", "--time", "0", self.name, fails=True)

    def inside(self, *command: str) -> str:
        """What a command prints that is run as the container's user, in it."""
        return podman("exec", self.name, *command)

    def refused(self, *command: str) -> str:
        """What a command in the container complains of."""
        done = subprocess.run(
            ["podman", "exec", self.name, *command], capture_output=True, text=True, check=False
        )
        assert done.returncode != 0, done.stdout
        return done.stderr

    def published(self) -> str:
        """The address of this machine that leads to the container's port."""
        return podman("port", self.name).rpartition(" ")[2]

    def healthy(self) -> None:
        """Wait until the image's own health check passes."""
        deadline = time.monotonic() + START_SECONDS
        while not self.checked():
            assert time.monotonic() < deadline, podman("logs", self.name, fails=True)
            time.sleep(0.2)

    def checked(self) -> bool:
        """What the image's own health check says now."""
        check = ["podman", "healthcheck", "run", self.name]
        return subprocess.run(check, capture_output=True, check=False).returncode == 0

    def terminate(self) -> None:
        podman("kill", "--signal=TERM", self.name)

    def ended(self) -> int:
        return int(podman("wait", self.name))
