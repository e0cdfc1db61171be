"""The agent with a tiny service, against the real balancer and real processes."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from local.ecs.agent import Agent, BackOff
from local.ecs.credentials import Grant
from local.ecs.runtime import ProcessRuntime, Surroundings
from local.ecs.taskdefinition import Container, Registration, TaskDefinition, Wanted
from local.load_balancer.balancer import Balancer
from local.load_balancer.registry import Listener
from local.load_balancer.rules import read_rules
from local.load_balancer.targets import HealthCheck, TargetGroup
from local.processes import Guard
from local.servers import listening
from local.settings import REPOSITORY, Settings
from tests.local.test_rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from local.load_balancer.targets import State
    from tests.local.background import Background

SERVER = """
import json, os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.endswith("slow"):
            print("slow", flush=True)
            time.sleep(0.5)
        said = {"pid": os.getpid(), "name": sys.argv[1], "environment": dict(os.environ)}
        body = json.dumps(said).encode()
        self.send_response(500 if "ill" in sys.argv else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
address = os.environ["GUNICORN_CMD_ARGS"].removeprefix("--bind=").split(":")
print("listening", flush=True)
if "broken" in sys.argv:
    sys.exit("this is why")
ThreadingHTTPServer((address[0], int(address[1])), Handler).serve_forever()
"""
CHECK = HealthCheck("/health", 0.2, 5, 2, 2, frozenset({200}))
ROLE = "arn:aws:iam::000000000000:role/task"


@dataclass
class Service:
    """The control plane: what is wanted, and who is registered where."""

    wanted_now: Wanted
    definitions: dict[str, TaskDefinition]
    registered: dict[str, dict[str, int]] = field(default_factory=lambda: {"main": {}, "files": {}})

    async def wanted(self) -> Wanted:
        return self.wanted_now

    async def definition(self, arn: str) -> TaskDefinition:
        return self.definitions[arn]

    async def set_count(self, count: int) -> None:
        self.wanted_now = replace(self.wanted_now, count=count)

    async def listener(self) -> Listener:
        groups = {name: TargetGroup(name, CHECK, 30) for name in self.registered}
        return Listener(read_rules(RULES), groups, 60)

    async def targets(self, group: str) -> dict[str, int]:
        return dict(self.registered[group])


class Targets:
    """Registers in the service above instead of in AWS."""

    def __init__(self, service: Service, balancer: Balancer) -> None:
        self._service = service
        self._balancer = balancer

    async def register(self, group: str, name: str, port: int) -> None:
        self._service.registered[group][name] = port
        await self._balancer.refresh()

    async def deregister(self, group: str, name: str, port: int) -> None:
        self._service.registered[group].pop(name)
        await self._balancer.deregistered(group, name, port)

    def state(self, group: str, name: str, port: int) -> State | None:
        return self._balancer.state(group, name, port)


class Granted:
    """Credentials for whoever asks."""

    def __init__(self) -> None:
        self.open: set[str] = set()
        self.count = 0

    async def grant(self, role: str, session_name: str) -> Grant:
        self.count += 1
        self.open.add(session_name)
        return Grant(role, session_name, f"/{session_name}", "token")

    def revoke(self, grant: Grant) -> None:
        self.open.remove(grant.session_name)


def definition(revision: int = 1, *options: str, **changes: Any) -> TaskDefinition:
    """Two containers, as in the template; options change how the main one behaves."""
    containers = tuple(
        Container(
            name=name,
            image=f"registry/{name}:local",
            essential=True,
            command=("python", "server.py", name, *(options if name == "main" else ())),
            environment={"OF_THE_TASK": name},
            stop_timeout=5,
            listens=True,
        )
        for name in ("main", "files")
    )
    return replace(TaskDefinition(f"task:{revision}", ROLE, containers), **changes)


@dataclass
class Running:
    """An agent at work and the way to its services."""

    background: Background
    service: Service
    agent: Agent
    granted: Granted
    url: str
    logs: Path

    def wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline, self.service.registered
            time.sleep(0.02)

    def serving(self, path: str) -> set[int]:
        """The processes that answer a path."""
        answers = [httpx.get(self.url + path) for _ in range(8)]
        return {answer.json()["pid"] for answer in answers if answer.status_code == 200}

    def names(self, group: str = "main") -> set[str]:
        return set(self.service.registered[group])


@pytest.fixture
def repository(tmp_path: Path) -> Settings:
    """A repository with two tiny services."""
    for name in ("main", "files"):
        folder = tmp_path / "services" / name
        folder.mkdir(parents=True)
        (folder / "server.py").write_text(SERVER)
        programs = tmp_path / ".venv" / name / "bin"
        programs.mkdir(parents=True)
        (programs / "python").symlink_to(REPOSITORY / ".venv" / "local" / "bin" / "python")
    settings = Settings(8000, tmp_path / ".local", tmp_path)
    settings.logs.mkdir(parents=True)
    return settings


@pytest.fixture
def run(background: Background, repository: Settings) -> Iterator[Callable[..., Running]]:
    guard = Guard(repository.outputs)

    def start(*definitions: TaskDefinition, count: int = 2) -> Running:
        known = {found.arn: found for found in definitions or (definition(),)}
        places = tuple(Registration(name, name) for name in ("main", "files"))
        service = Service(Wanted(count, next(iter(known)), places), known)
        balancer = background.make(lambda: Balancer(service))
        background.closing(balancer.close)
        port = background.enter(listening(balancer.handle))
        background.run(balancer.refresh())
        granted = Granted()
        agent: Any = background.make(
            lambda: Agent(
                service,  # type: ignore[arg-type]  # a stand-in
                Targets(service, balancer),
                ProcessRuntime(repository, guard),
                granted,  # type: ignore[arg-type]  # a stand-in
                Surroundings("http://endpoint", "http://keys", 1234),
            )
        )
        background.closing(agent.stop)
        background.make(agent.start)
        url = f"http://127.0.0.1:{port}"
        return Running(background, service, agent, granted, url, repository.logs)

    yield start
    background.close_parts()
    guard.close()


def steady(running: Running) -> Running:
    running.background.run(running.agent.steady())
    return running


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


WORKER = """
import os, signal, sys, time
def stop(*_):
    print("stopped", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print("GUNICORN_CMD_ARGS" in os.environ, os.environ["OF_THE_TASK"], flush=True)
if "broken" in sys.argv:
    sys.exit("this is why")
time.sleep(60)
"""


def with_worker(folder: Path, *options: str) -> TaskDefinition:
    """A third container: the files image with another command, and nothing that listens."""
    (folder / "services" / "files" / "worker.py").write_text(WORKER)
    worker = Container(
        name="worker",
        image="registry/files:local",
        essential=True,
        command=("python", "worker.py", *options),
        environment={"OF_THE_TASK": "worker"},
        stop_timeout=5,
        listens=False,
    )
    usual = definition()
    return replace(usual, containers=(*usual.containers, worker))


def test_a_container_that_listens_nowhere_runs_beside_the_others(
    run: Callable[..., Running], repository: Settings
) -> None:
    running = steady(run(with_worker(repository.repository), count=1))
    log = running.logs / "worker.log"
    running.wait(lambda: log.read_text() == "False worker\n")

    assert {len(places) for places in running.service.registered.values()} == {1}
    running.background.run(running.agent.stop())

    assert log.read_text() == "False worker\nstopped\n"


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
