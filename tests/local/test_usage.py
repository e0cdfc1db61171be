"""The tasks' CPU, in percent of what they reserve."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from local.ecs.taskdefinition import Container, TaskDefinition
from local.ecs.tasks import Task
from local.ecs.usage import Usage
from local.processes import Guard, Program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local.background import Background

# A leader that waits for a worker that works.
BUSY = "import os, time\nif os.fork():\n    time.sleep(600)\nwhile True: pass"


class Ran:
    """A running container with a clock of its own."""

    port = None

    def __init__(self) -> None:
        self.seconds = 0.0

    def cpu_seconds(self) -> float:
        return self.seconds

    async def ended(self) -> int:
        return 0

    async def stop(self, patience: float) -> None:
        """Nothing runs."""

    def last_lines(self) -> str:
        return ""


def task(running: Ran, *cpu: int) -> Task:
    containers = tuple(
        Container(
            str(n),
            "image",
            essential=True,
            command=(),
            environment={},
            stop_timeout=1,
            listens=False,
            cpu=units,
        )
        for n, units in enumerate(cpu)
    )
    return Task(TaskDefinition("arn", None, containers), (), running={"0": running})


def used(usage: Usage, *tasks: Task) -> list[float]:
    found = list(usage.take(tasks))
    assert all(each.name == "CPUUtilization" for each in found)
    assert all(each.dimensions == {"ClusterName": "c", "ServiceName": "s"} for each in found)
    return sorted(value for each in found for value in each.values.elements())


def test_a_task_s_use_is_that_of_its_reserve_since_the_last_look() -> None:
    usage, idle, busy = Usage("c", "s"), Ran(), Ran()
    tasks = task(idle, 256, 256, 512), task(busy, 256, 256, 512)
    for each in tasks:
        each.since = time.monotonic() - 10
    busy.seconds = 5.0

    assert used(usage, *tasks) == [0.0, pytest.approx(50, abs=1)]
    assert used(usage, *tasks) == [0.0, 0.0]


def test_a_container_that_has_gone_leaves_no_negative_use() -> None:
    usage, running = Usage("c", "s"), Ran()
    only = task(running, 1024)
    running.seconds = 5.0
    used(usage, only)
    running.seconds = 0.0

    assert used(usage, only) == [0.0]


def test_without_a_task_or_a_reserve_there_is_nothing_to_say() -> None:
    assert used(Usage("c", "s")) == []
    assert used(Usage("c", "s"), task(Ran(), 0)) == []


def test_what_a_program_has_started_counts_too(background: Background, tmp_path: Path) -> None:
    guard = Guard(tmp_path / "leftover")
    start: Any = Program.start(
        [sys.executable, "-c", BUSY],
        guard=guard,
        folder=tmp_path,
        environment={},
        log=tmp_path / "log",
    )
    program = background.run(start)
    deadline = time.monotonic() + 30

    while program.cpu_seconds() < 0.5:
        assert time.monotonic() < deadline
        time.sleep(0.1)

    background.run(program.stop(0))
    assert program.cpu_seconds() == 0
    guard.close()
