"""What Application Auto Scaling does: alarms call policies, and those change the desired count."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError

from local.autoscaling.policies import Policies, read_policy
from local.cloudformation.stack import Stack
from local.ecs.taskdefinition import Wanted
from local.terminal import say

POLL_SECONDS = 5.0
TYPE = "AWS::ApplicationAutoScaling::"


class Scalable(Protocol):
    """What is scaled."""

    async def wanted(self) -> Wanted: ...

    async def set_count(self, count: int) -> None: ...


class Alarms(Protocol):
    """The deployed alarms."""

    async def alarming(self) -> set[str]:
        """The logical ids of those that are in ALARM."""


class Scaling:
    """One scalable target; `callers` says which policy an alarm calls, both by logical id."""

    def __init__(
        self, service: Scalable, alarms: Alarms, policies: Policies, callers: Mapping[str, str]
    ) -> None:
        self._service = service
        self._alarms = alarms
        self._policies = policies
        self._callers = callers

    async def enforce(self) -> int:
        """Bring the desired count back between the limits; gives the count."""
        count = (await self._service.wanted()).count
        return await self._set(count, self._policies.limited(count))

    async def follow(self) -> None:
        """Do what the alarms call for."""
        count = await self.enforce()
        alarming = await self._alarms.alarming()
        called = {self._callers[name] for name in alarming & self._callers.keys()}
        wanted = self._policies.desired(count, called, time.monotonic())
        if await self._set(count, wanted) != count:
            say(f"{' and '.join(sorted(called))}: {wanted} tasks instead of {count}.")

    async def keep(self) -> None:
        """Enforce the limits and follow the alarms until cancelled."""
        while True:
            # The next poll makes up for one that fails.
            with suppress(BotoCoreError, ClientError):
                await self.follow()
            await asyncio.sleep(POLL_SECONDS)

    async def _set(self, count: int, wanted: int) -> int:
        if wanted != count:
            await self._service.set_count(wanted)
        return wanted


def scaling_of(stack: Stack, service: Scalable, alarms: Alarms) -> Scaling:
    """The scalable target of the template, with its policies and the alarms that call them."""
    target = stack.properties(f"{TYPE}ScalableTarget")
    found = {
        name: read_policy(policy["Properties"])
        for name, policy in stack.template.resources(f"{TYPE}ScalingPolicy").items()
    }
    steps = {name: policy for name, policy in found.items() if policy}
    callers = {
        name: action["Ref"]
        for name, alarm in stack.template.resources("AWS::CloudWatch::Alarm").items()
        for action in alarm["Properties"].get("AlarmActions", [])
        if action.get("Ref") in steps
    }
    policies = Policies(int(target["MinCapacity"]), int(target["MaxCapacity"]), steps)
    return Scaling(service, alarms, policies, callers)
