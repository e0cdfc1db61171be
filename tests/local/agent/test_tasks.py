"""What the agent runs, and how it changes with what is wanted."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx

from tests.local.agent.running import Running, steady
from tests.local.agent.tiny import definition, with_worker

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from local.settings import Settings


def test_as_many_tasks_run_as_are_wanted(run: Callable[..., Running]) -> None:
    running = steady(run())
    assert len(running.serving("/u/todos")) == 2
    assert len(running.serving("/u/todos/files")) == 2

    running.background.run(running.service.set_count(3))
    running.wait(lambda: len(running.serving("/u/todos")) == 3)
    running.background.run(running.service.set_count(1))
    running.wait(lambda: len(running.serving("/u/todos")) == 1)

    running.wait(lambda: len(running.granted.open) == 1)
    assert len(running.names("main")) == len(running.names("files")) == 1


def test_a_process_gets_the_tasks_environment_and_what_this_machine_differs_in(
    run: Callable[..., Running], repository: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "the-persons-own")
    running = steady(run(count=1))

    environment = httpx.get(running.url + "/u/todos").json()["environment"]

    environment.pop("LC_CTYPE", None)  # Python sets it itself
    assert environment.pop("GUNICORN_CMD_ARGS").startswith("--bind=127.0.0.1:")
    path = environment.pop("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    assert path.startswith("http://127.0.0.1:1234/task-")
    assert environment == {
        "OF_THE_TASK": "main",
        "AWS_ENDPOINT_URL": "http://endpoint",
        "JWKS_URL": "http://keys",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "token",
        "HOME": str(repository.folder / "home"),
        "NO_PROXY": "*",
        "PATH": f"{repository.environment('main')}/bin:/usr/local/bin:/usr/bin:/bin",
    }


def test_a_container_that_listens_nowhere_runs_beside_the_others(
    run: Callable[..., Running], repository: Settings
) -> None:
    running = steady(run(with_worker(repository.repository), count=1))
    log = running.logs / "worker.log"
    running.wait(lambda: log.read_text() == "False worker\n")

    assert {len(places) for places in running.service.registered.values()} == {1}
    running.background.run(running.agent.stop())

    assert log.read_text() == "False worker\nstopped\n"


def test_a_new_definition_replaces_the_tasks_without_a_gap(run: Callable[..., Running]) -> None:
    running = steady(run(definition(1), definition(2)))
    old = running.serving("/u/todos")
    statuses: set[int] = set()

    running.service.wanted_now = replace(running.service.wanted_now, definition="task:2")

    def replaced() -> bool:
        statuses.add(httpx.get(running.url + "/u/todos").status_code)
        return old.isdisjoint(running.serving("/u/todos")) and len(running.names()) == 2

    running.wait(replaced)
    assert statuses == {200}


def test_a_new_definition_that_never_gets_healthy_leaves_the_old_tasks(
    run: Callable[..., Running],
) -> None:
    running = steady(run(definition(1), definition(2, "ill"), count=1))
    old = running.serving("/u/todos")

    running.service.wanted_now = replace(running.service.wanted_now, definition="task:2")
    running.wait(lambda: len(running.names()) == 2)

    assert running.serving("/u/todos") == old


def test_stopping_finishes_requests_in_flight_and_leaves_nothing(
    run: Callable[..., Running],
) -> None:
    running = steady(run())
    answers: list[int] = []

    def ask() -> None:
        answers.append(httpx.get(running.url + "/u/todos/slow").status_code)

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for thread in asking:
        thread.start()
    running.wait(lambda: (running.logs / "main.log").read_text().count("slow") == 4)
    running.background.run(running.agent.stop())
    for thread in asking:
        thread.join()

    assert answers == [200] * 4
    assert running.names("main") == running.names("files") == set()
    assert running.granted.open == set()
    assert httpx.get(running.url + "/u/todos").status_code == 503
