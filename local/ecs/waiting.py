"""What the person reads while the services do not get healthy."""

from asyncio import timeout
from pathlib import Path
from typing import Protocol

from local.terminal import complain

# A service is healthy two seconds after its start, on a slow machine after some more.
PATIENCE_SECONDS = 15.0
POLL_SECONDS = 1.0


class Starting(Protocol):
    """Tasks that are on their way."""

    async def steady(self) -> None: ...

    def ailing(self, age: float) -> set[str]: ...


async def until_steady(tasks: Starting, logs: Path) -> None:
    """Wait until all tasks are healthy; name those that are not, once and when that changes."""
    told: set[str] = set()
    while True:
        try:
            async with timeout(POLL_SECONDS):
                return await tasks.steady()
        except TimeoutError:
            ailing = tasks.ailing(PATIENCE_SECONDS)
            # Between a task and the one that replaces it there is nobody to be ill.
            if ailing and ailing != told:
                complain(_told(ailing, logs))
                told = ailing


def _told(ailing: set[str], logs: Path) -> str:
    return "\n".join(
        f"Container {name} still fails its health check; its log is {logs / name}.log"
        for name in sorted(ailing)
    )
