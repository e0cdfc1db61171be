"""An agent at work: what stands in for the control plane, and the way to what it runs."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import httpx

from local.ecs.credentials import Grant
from local.load_balancer.registry import Listener
from local.load_balancer.rules import read_rules
from local.load_balancer.targets import HealthCheck, TargetGroup
from tests.local.test_rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from local.ecs.agent import Agent
    from local.ecs.taskdefinition import TaskDefinition, Wanted
    from local.load_balancer.balancer import Balancer
    from local.load_balancer.targets import State
    from tests.local.background import Background

CHECK = HealthCheck("/health", 0.2, 5, 2, 2, frozenset({200}))


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


def steady(running: Running) -> Running:
    running.background.run(running.agent.steady())
    return running
