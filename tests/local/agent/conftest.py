"""The agent with tiny services, against the real balancer and real processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.ecs.agent import Agent
from local.ecs.runtime import ProcessRuntime, Surroundings
from local.ecs.taskdefinition import Registration, TaskDefinition, Wanted
from local.load_balancer.balancer import Balancer
from local.processes import Guard
from local.servers import listening
from local.settings import REPOSITORY, Settings
from tests.local.agent.running import Granted, Running, Service, Targets
from tests.local.agent.tiny import SERVER, definition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.local.background import Background


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
