"""Tasks that end, stay unhealthy or cannot begin."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from local.ecs.agent import BackOff
from tests.local.agent.running import Running, steady
from tests.local.agent.tiny import definition, with_worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.settings import Settings


def test_a_container_that_listens_nowhere_takes_its_task_along(
    run: Callable[..., Running], repository: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    running = run(with_worker(repository.repository, "broken"), count=1)
    said = ""

    def named() -> bool:
        nonlocal said
        said += capfd.readouterr().err
        return "container worker has ended (exit code 1)" in said

    running.wait(named)


@pytest.mark.parametrize(("killed", "other"), [("/u/todos", "/u/todos/files")])
def test_a_killed_container_takes_its_task_along_and_the_other_service_never_fails(
    run: Callable[..., Running],
    capfd: pytest.CaptureFixture[str],
    killed: str,
    other: str,
) -> None:
    running = steady(run())
    before = running.serving(killed)
    names = running.names()
    victim = next(iter(before))
    statuses: list[int] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            statuses.append(httpx.get(f"{running.url}{other}?slow").status_code)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    os.kill(victim, signal.SIGKILL)
    running.wait(lambda: len(running.names() - names) == 1 and len(running.names()) == 2)
    running.wait(lambda: len(running.serving(killed)) == 2)
    over.set()
    for asker in askers:
        asker.join()

    assert victim not in running.serving(killed)
    assert set(statuses) == {200}
    assert "container main has ended (signal 9)" in capfd.readouterr().err


def test_a_task_that_stays_unhealthy_is_replaced(
    run: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.ecs.agent.GRACE_SECONDS", 0.1)
    running = run(definition(1, "ill"), count=1)
    running.wait(lambda: len(running.names()) == 1)
    first = running.names()

    running.wait(lambda: bool(running.names()) and running.names().isdisjoint(first))


def test_a_task_that_keeps_ending_is_shown_with_its_last_words_and_slowed_down(
    run: Callable[..., Running], capfd: pytest.CaptureFixture[str]
) -> None:
    running = run(definition(1, "broken"), count=1)
    said = ""

    def twice() -> bool:
        nonlocal said
        said += capfd.readouterr().err
        return said.count("has ended (exit code 1)") >= 2

    running.wait(twice)

    assert "    this is why" in said


def test_a_service_without_a_dockerfile_is_named(
    run: Callable[..., Running], capfd: pytest.CaptureFixture[str]
) -> None:
    bare = tuple(replace(container, command=()) for container in definition().containers)
    running = run(definition(1, containers=bare), count=1)
    said = ""

    def named() -> bool:
        nonlocal said
        said += capfd.readouterr().err
        return "services/main/Dockerfile is missing" in said

    running.wait(named)
    assert running.granted.open == set()


def test_a_missing_program_is_named_once_with_what_to_do(
    run: Callable[..., Running], capfd: pytest.CaptureFixture[str]
) -> None:
    gone = tuple(
        replace(container, command=("no-such-program",)) for container in definition().containers
    )
    running = run(definition(1, containers=gone), count=1)

    running.wait(lambda: running.granted.count >= 3)

    said = capfd.readouterr().err.splitlines()
    assert len(said) == 1
    assert "no-such-program: run `make clean`, then `make run`." in said[0]


def test_only_containers_that_had_their_time_and_are_not_healthy_ail(
    run: Callable[..., Running],
) -> None:
    running = run(definition(1, "ill"), count=1)

    running.wait(lambda: running.agent.ailing(0) == {"main"})

    assert running.agent.ailing(60) == set()


@pytest.mark.parametrize(
    ("ages", "delay"),
    [([600], 0), ([1], 0), ([1, 1], 1), ([1] * 4, 4), ([1] * 20, 30), ([1, 600], 0)],
)
def test_short_lives_slow_replacements_down(ages: list[float], delay: float) -> None:
    back_off = BackOff()

    for age in ages:
        back_off.failed(age)

    assert back_off.until - time.monotonic() == pytest.approx(delay, abs=0.5)
    assert back_off.over is (delay == 0)
