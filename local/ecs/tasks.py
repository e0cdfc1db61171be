"""One task: its containers together, from start to end."""

import asyncio
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from local.ecs.runtime import Running
from local.ecs.taskdefinition import Container, Registration, TaskDefinition
from local.load_balancer.targets import State


class Targets(Protocol):
    """The target groups, as a task sees them."""

    async def register(self, group: str, name: str, port: int) -> None: ...

    async def deregister(self, group: str, name: str, port: int) -> None:
        """Returns when nothing is in flight to the target any more."""

    def state(self, group: str, name: str, port: int) -> State | None: ...


@dataclass(eq=False)
class Task:
    """Containers that live and die together."""

    definition: TaskDefinition
    registrations: tuple[Registration, ...]
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    running: dict[str, Running] = field(default_factory=dict)
    since: float = field(default_factory=time.monotonic)
    cause: str | None = None
    _told: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def target_id(self) -> str:
        """The id it is registered under: of the form of an instance's, one for each task."""
        return f"i-{self.id[:17]}"

    @property
    def leaving(self) -> bool:
        return self._told.is_set() or self.cause is not None

    @property
    def age(self) -> float:
        return time.monotonic() - self.since

    def leave(self) -> None:
        """Ask the task to stop."""
        self._told.set()

    def places(self) -> Iterable[tuple[str, str, int]]:
        """Where it is registered: group, target id and port."""
        for registration in self.registrations:
            running = self.running.get(registration.container)
            if running and running.port:
                yield registration.group, self.target_id, running.port

    def states(self, targets: Targets) -> set[State | None]:
        """The health of its targets, each state once."""
        return {targets.state(*place) for place in self.places()}

    def healthy(self, targets: Targets) -> bool:
        return self.states(targets) <= {"healthy"}

    def ailing(self, targets: Targets) -> set[str]:
        """The containers that do not pass a health check."""
        ports = {name: running.port for name, running in self.running.items() if running.port}
        return {
            place.container
            for place in self.registrations
            if place.container in ports
            and targets.state(place.group, self.target_id, ports[place.container]) != "healthy"
        }

    def cpu_seconds(self) -> float:
        """What its containers have used of a processor so far."""
        return sum(running.cpu_seconds() for running in self.running.values())

    async def register(self, targets: Targets) -> None:
        for place in self.places():
            await targets.register(*place)

    async def drain(self, targets: Targets) -> None:
        """Take no more requests and finish those in flight."""
        await asyncio.gather(*(targets.deregister(*place) for place in self.places()))

    async def stop(self) -> None:
        """SIGTERM to each container, and SIGKILL after its own stop timeout."""
        patience = {container.name: container.stop_timeout for container in self._containers()}
        await asyncio.gather(
            *(running.stop(patience[name]) for name, running in self.running.items())
        )

    async def over(self) -> str | None:
        """Wait until an essential container ends (gives the cause) or the task is to leave."""
        essential = [container.name for container in self._containers() if container.essential]
        waits: list[asyncio.Task[str | None]] = [
            asyncio.create_task(self._told_to_leave()),
            *(asyncio.create_task(self._ended(name)) for name in essential),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            causes = (wait.result() for wait in waits if wait.done())
            self.cause = next((cause for cause in causes if cause), None)
        finally:
            for wait in waits:
                wait.cancel()
        return self.cause

    async def _told_to_leave(self) -> None:
        await self._told.wait()

    async def _ended(self, name: str) -> str | None:
        code = await self.running[name].ended()
        what = f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"container {name} has ended ({what}):\n{self.running[name].last_lines()}"

    def _containers(self) -> tuple[Container, ...]:
        return self.definition.containers
