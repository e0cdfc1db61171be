"""What ECS does: keeps as many tasks running as the service asks for."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from local.ecs.credentials import Credentials, Grant
from local.ecs.dockerfile import NoCommand
from local.ecs.runtime import Runtime, Surroundings
from local.ecs.taskdefinition import Service, TaskDefinition, Wanted
from local.ecs.tasks import Targets, Task
from local.terminal import complain

POLL_SECONDS = 1.0
# How long a task may be unhealthy after its start; the emulator forgets the service's own value.
GRACE_SECONDS = 60
# A task that ends sooner than this counts towards the back-off.
SHORT_LIFE_SECONDS = 60
LONGEST_BACK_OFF_SECONDS = 30


@dataclass
class BackOff:
    """Tasks that keep ending are replaced more and more slowly; the first one at once."""

    failures: int = 0
    until: float = 0.0

    def failed(self, age: float) -> None:
        self.failures = self.failures + 1 if age < SHORT_LIFE_SECONDS else 1
        delay = 2.0 ** (self.failures - 2) if self.failures > 1 else 0.0
        self.until = time.monotonic() + min(delay, LONGEST_BACK_OFF_SECONDS)

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.until


class Agent:
    """The tasks of one service."""

    def __init__(
        self,
        service: Service,
        targets: Targets,
        runtime: Runtime,
        credentials: Credentials,
        surroundings: Surroundings,
    ) -> None:
        self._service = service
        self._targets = targets
        self._runtime = runtime
        self._credentials = credentials
        self._surroundings = surroundings
        self._tasks: dict[Task, asyncio.Task[None]] = {}
        self._definition: TaskDefinition | None = None
        self._back_off = BackOff()
        self._hindrance: str | None = None
        self._wake = asyncio.Event()
        self._steady = asyncio.Event()
        self._stopping = False
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> asyncio.Task[None]:
        """Begin; the returned task ends only when the agent stops, or with what went wrong."""
        self._loop = asyncio.create_task(self._keep_reconciling())
        return self._loop

    async def stop(self) -> None:
        """Drain and stop all tasks."""
        self._stopping = True
        self._wake.set()
        if self._loop:
            # Not cancelled: between starting a process and noting it down it would be lost.
            await asyncio.wait([self._loop])
        for task in self._tasks:
            task.leave()
        await asyncio.gather(*self._tasks.values())

    async def steady(self) -> None:
        """Wait until all wanted tasks are there and healthy."""
        await self._steady.wait()

    def ailing(self, age: float) -> set[str]:
        """The containers that are not healthy, of tasks that have had `age` seconds for it."""
        tasks = [task for task in self._tasks if task.age > age and not task.leaving]
        return set().union(*(task.ailing(self._targets) for task in tasks))

    @property
    def tasks(self) -> list[Task]:
        """The tasks that run, those on their way out included."""
        return list(self._tasks)

    async def _keep_reconciling(self) -> None:
        while not self._stopping:
            # The next poll makes up for a call that fails.
            with suppress(BotoCoreError, ClientError):
                await self._reconcile(await self._service.wanted())
            self._wake.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)

    async def _reconcile(self, wanted: Wanted) -> None:
        staying = [task for task in self._tasks if not task.leaving]
        current = [task for task in staying if task.definition.arn == wanted.definition]
        old = [task for task in staying if task not in current]
        for _ in range(wanted.count - len(current)):
            if self._back_off.over and not self._stopping:
                await self._start(wanted)
        for task in current[wanted.count :]:
            task.leave()
        self._replace_unhealthy(current)
        healthy = [task for task in current if task.healthy(self._targets)]
        if len(healthy) >= wanted.count:
            self._steady.set()
            for task in old:
                task.leave()

    def _replace_unhealthy(self, tasks: list[Task]) -> None:
        for task in tasks:
            if task.age > GRACE_SECONDS and "unhealthy" in task.states(self._targets):
                complain(f"task {task.id[:8]}: fails its health checks; another one replaces it.")
                self._back_off.failed(task.age)
                task.leave()

    async def _start(self, wanted: Wanted) -> None:
        definition = await self._described(wanted.definition)
        task = Task(definition, wanted.registrations)
        grant = None
        if definition.role:
            grant = await self._credentials.grant(definition.role, f"task-{task.id[:12]}")
        environment = self._surroundings.environment(grant)
        try:
            for container in definition.containers:
                task.running[container.name] = await self._runtime.start(container, environment)
        except (NoCommand, OSError) as error:
            self._note(task, f"cannot start: {error}", again=str(error) == self._hindrance)
            self._hindrance = str(error)
            await self._clear(task, grant)
            return
        self._hindrance = None
        self._tasks[task] = asyncio.create_task(self._live(task, grant))

    async def _described(self, arn: str) -> TaskDefinition:
        if self._definition is None or self._definition.arn != arn:
            self._definition = await self._service.definition(arn)
        return self._definition

    async def _live(self, task: Task, grant: Grant | None) -> None:
        try:
            await self._serve(task)
        except (BotoCoreError, ClientError) as error:
            self._note(task, f"loses its place in the target groups: {error}")
        finally:
            await self._clear(task, grant)
            self._tasks.pop(task)

    async def _serve(self, task: Task) -> None:
        await task.register(self._targets)
        cause = await task.over()
        if cause:
            self._note(task, cause)
        self._wake.set()
        await task.drain(self._targets)

    async def _clear(self, task: Task, grant: Grant | None) -> None:
        await task.stop()
        if grant:
            self._credentials.revoke(grant)

    def _note(self, task: Task, cause: str, *, again: bool = False) -> None:
        """Count a failure and tell it, unless it is the last one told, once `again`."""
        self._back_off.failed(task.age)
        if not again:
            complain(f"task {task.id[:8]}: {cause}")
