"""A running balancer, with the rules and targets that a test wants."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from local.load_balancer.balancer import Balancer
from local.load_balancer.registry import Listener
from local.load_balancer.rules import read_rules
from local.load_balancer.targets import HealthCheck, TargetGroup
from local.servers import listening
from tests.local.test_rules import RULES

if TYPE_CHECKING:
    from tests.local.background import Background

CHECK = HealthCheck("/health", 0.1, 1, 2, 2, frozenset({200}))
IDLE_SECONDS = 0.5


class Source:
    """The deployed rules and targets, as the tests want them."""

    def __init__(self) -> None:
        self.registered: dict[str, dict[str, int]] = {"main": {}, "files": {}}
        self.rules: list[dict[str, Any]] = list(RULES)

    async def listener(self) -> Listener:
        groups = {name: TargetGroup(name, CHECK, 30) for name in self.registered}
        return Listener(read_rules(self.rules), groups, IDLE_SECONDS)

    async def targets(self, group: str) -> dict[str, int]:
        return dict(self.registered[group])


class Front:
    """A running balancer and the way to it."""

    def __init__(self, background: Background) -> None:
        self.background = background
        self.source = Source()
        self.balancer = background.make(lambda: Balancer(self.source))
        background.closing(self.balancer.close)
        self.port = background.enter(listening(self.balancer.handle))
        self.url = f"http://127.0.0.1:{self.port}"

    def register(self, group: str, name: str, port: int, state: str = "healthy") -> None:
        self.source.registered[group][name] = port
        self.background.run(self.balancer.refresh())
        deadline = time.monotonic() + 20
        while self.balancer.state(group, name, port) != state:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def deregister(self, group: str, name: str) -> None:
        port = self.source.registered[group].pop(name)
        self.background.run(self.balancer.deregistered(group, name, port))
