"""What Application Auto Scaling does: the service's count stays between its limits."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from local.ecs.taskdefinition import Wanted

POLL_SECONDS = 5.0


class Scalable(Protocol):
    """What is scaled."""

    async def wanted(self) -> Wanted: ...

    async def set_count(self, count: int) -> None: ...


class Scaling:
    """The limits of a scalable target of the template."""

    def __init__(self, service: Scalable, target: Mapping[str, Any]) -> None:
        self._service = service
        self._least = int(target["MinCapacity"])
        self._most = int(target["MaxCapacity"])

    async def enforce(self) -> None:
        """Bring the desired count back between the limits."""
        wanted = await self._service.wanted()
        allowed = min(max(wanted.count, self._least), self._most)
        if allowed != wanted.count:
            await self._service.set_count(allowed)

    async def keep(self) -> None:
        """Enforce the limits until cancelled: anybody may update the service."""
        while True:
            # The next poll makes up for one that fails.
            with suppress(BotoCoreError, ClientError):
                await self.enforce()
            await asyncio.sleep(POLL_SECONDS)
