"""Target groups and their targets: who is healthy, whose turn it is, who is still busy."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import ClientSession

State = Literal["initial", "healthy", "unhealthy"]


@dataclass(frozen=True)
class HealthCheck:
    """When a target counts as healthy; times in seconds."""

    path: str
    interval: float
    timeout: float
    healthy_threshold: int
    unhealthy_threshold: int
    statuses: frozenset[int]


@dataclass(eq=False)
class Target:
    """A registered process: its port here, its own connections, its health, what is in flight."""

    port: int
    check: HealthCheck
    session: ClientSession
    state: State = "initial"
    since: float = field(default_factory=time.monotonic)
    in_flight: int = 0
    _streak: int = 0
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    def record(self, *, passed: bool) -> None:
        """Take one health check into account. A new target needs only one passing check."""
        if self.state == "initial":
            self._record_first(passed=passed)
            return
        agrees = passed == (self.state == "healthy")
        self._streak = 0 if agrees else self._streak + 1
        if passed and self._streak >= self.check.healthy_threshold:
            self._become("healthy")
        elif not passed and self._streak >= self.check.unhealthy_threshold:
            self._become("unhealthy")

    def _record_first(self, *, passed: bool) -> None:
        patience = self.check.interval * self.check.unhealthy_threshold
        if passed:
            self._become("healthy")
        elif time.monotonic() - self.since > patience:
            self._become("unhealthy")

    def _become(self, state: State) -> None:
        self.state = state
        self._streak = 0

    def begin(self) -> None:
        self.in_flight += 1
        self._idle.clear()

    def finish(self) -> None:
        self.in_flight -= 1
        if not self.in_flight:
            self._idle.set()

    async def close(self, patience: float) -> None:
        """Wait until no request is in flight, `patience` seconds at most; then disconnect."""
        if self.in_flight:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), patience)
        await self.session.close()


@dataclass
class TargetGroup:
    """The targets of one service, and whose turn it is."""

    arn: str
    check: HealthCheck
    deregistration_delay: float
    targets: dict[str, Target] = field(default_factory=dict)
    _turn: int = 0

    def choose(self) -> Target | None:
        """The next target: of the healthy ones, else (fail open) of the unhealthy ones."""
        for state in ("healthy", "unhealthy"):
            candidates = [target for target in self.targets.values() if target.state == state]
            if candidates:
                self._turn += 1
                return candidates[self._turn % len(candidates)]
        return None


def read_group(described: Mapping[str, Any], attributes: Mapping[str, str]) -> TargetGroup:
    """A target group of `describe_target_groups` and `describe_target_group_attributes`."""
    check = HealthCheck(
        path=described["HealthCheckPath"],
        interval=described["HealthCheckIntervalSeconds"],
        timeout=described["HealthCheckTimeoutSeconds"],
        healthy_threshold=described["HealthyThresholdCount"],
        unhealthy_threshold=described["UnhealthyThresholdCount"],
        statuses=read_statuses(described["Matcher"]["HttpCode"]),
    )
    delay = attributes.get("deregistration_delay.timeout_seconds", "300")
    return TargetGroup(described["TargetGroupArn"], check, float(delay))


def read_statuses(matcher: str) -> frozenset[int]:
    """The statuses of a matcher such as `200`, `200,202` or `200-299`."""
    found: set[int] = set()
    for part in matcher.split(","):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)
