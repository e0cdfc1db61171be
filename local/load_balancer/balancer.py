"""What the Application Load Balancer does, from the deployed listener and target groups."""

import asyncio
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Protocol

from aiohttp import ClientTimeout, web
from botocore.exceptions import BotoCoreError, ClientError
from multidict import CIMultiDict, CIMultiDictProxy

from local import forwarding
from local.cloudwatch.publishing import Numbers
from local.load_balancer import health, metrics
from local.load_balancer.registry import Listener
from local.load_balancer.rules import Fixed, action_for
from local.load_balancer.targets import State, Target, TargetGroup
from local.servers import own_answer

POLL_SECONDS = 1.0
# Rules change only by a deploy, so every so many polls.
POLLS_A_LISTENER = 10
CONNECT_SECONDS = 10
# Less than the services' own 75 seconds.
KEEP_ALIVE_SECONDS = 50
PORT = 80


class Source(Protocol):
    """Where the rules and the targets come from."""

    async def listener(self) -> Listener: ...

    async def targets(self, group: str) -> Mapping[str, int]: ...


class Balancer:
    """Routes, checks and drains; `refresh` first, `keep_fresh` beside it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._listener = Listener([], {}, 0)
        self._checks: dict[str, asyncio.Task[None]] = {}
        self._leaving: dict[str, asyncio.Task[None]] = {}
        self._refreshing = asyncio.Lock()
        self._requests = metrics.Requests()

    async def close(self) -> None:
        """Let go of all targets, once their requests are answered."""
        for group in self._listener.groups.values():
            self._forget(group, list(group.targets))
        await asyncio.gather(*self._leaving.values())

    # --- what is registered -------------------------------------------------------------------

    async def keep_fresh(self) -> None:
        """Follow the deployed rules and the registered targets until cancelled."""
        polls = 0
        while True:
            await asyncio.sleep(POLL_SECONDS)
            polls += 1
            # A poll that fails is made up for by the next; an emulator that ends is noticed
            # where it is watched.
            with suppress(BotoCoreError, ClientError):
                await self.refresh(rules=polls % POLLS_A_LISTENER == 0)

    async def refresh(self, *, rules: bool = False) -> None:
        """Ask again now: for the targets, and for the rules when told so or never asked."""
        async with self._refreshing:
            if rules or not self._listener.rules:
                self._take_listener(await self._source.listener())
            for group in self._listener.groups.values():
                self._take_targets(group, await self._source.targets(group.arn))

    def _take_listener(self, listener: Listener) -> None:
        for arn, known in self._listener.groups.items():
            group = listener.groups.get(arn)
            if group and group.check == known.check:
                group.targets = known.targets
            else:
                self._forget(known, list(known.targets))
        self._listener = listener

    def _take_targets(self, group: TargetGroup, registered: Mapping[str, int]) -> None:
        wanted = {_key(group.arn, name, port): port for name, port in registered.items()}
        self._forget(group, group.targets.keys() - wanted.keys())
        for key in wanted.keys() - group.targets.keys():
            session = forwarding.client(keep_alive=KEEP_ALIVE_SECONDS)
            group.targets[key] = target = Target(wanted[key], group.check, session)
            self._checks[key] = asyncio.create_task(health.keep_checking(target))

    def _forget(self, group: TargetGroup, keys: Iterable[str]) -> None:
        for key in keys:
            leaving = self._let_go(key, group.targets.pop(key), group.deregistration_delay)
            self._leaving[key] = asyncio.create_task(leaving)

    async def _let_go(self, key: str, target: Target, patience: float) -> None:
        self._checks.pop(key).cancel()
        await target.close(patience)
        self._leaving.pop(key)

    def state(self, group: str, name: str, port: int) -> State | None:
        """The health of a target; None when it is not registered."""
        known = self._listener.groups.get(group)
        target = known.targets.get(_key(group, name, port)) if known else None
        return target.state if target else None

    async def deregistered(self, group: str, name: str, port: int) -> None:
        """A target has been deregistered: send it nothing more, let its requests finish."""
        await self.refresh()
        leaving = self._leaving.get(_key(group, name, port))
        if leaving:
            await asyncio.shield(leaving)

    # --- metrics ------------------------------------------------------------------------------

    def requests(self, name: str) -> Iterator[Numbers]:
        """The requests since the last time, of the load balancer with this full name."""
        return self._requests.take(name)

    def health(self, name: str) -> Iterator[Numbers]:
        return metrics.health(name, self._listener.groups.values())

    # --- one request --------------------------------------------------------------------------

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            action = action_for(self._listener.rules, forwarding.path_of(request))
        except forwarding.BadTarget:
            return self._refused(400)
        if isinstance(action, Fixed):
            return web.Response(
                status=action.status, content_type=action.content_type, text=action.body
            )
        target = self._listener.groups[action.group].choose()
        if target is None:
            return self._refused(503)
        return await self._forward(request, target)

    async def _forward(self, request: web.BaseRequest, target: Target) -> web.StreamResponse:
        timeout = ClientTimeout(
            total=None, sock_connect=CONNECT_SECONDS, sock_read=self._listener.idle_timeout
        )
        began = time.monotonic()
        seconds = 0.0

        def dress(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
            nonlocal seconds
            seconds = time.monotonic() - began
            return forwarding.end_to_end(headers)

        target.begin()
        self._requests.sent()
        try:
            body = await forwarding.streamed(request)
            answer = await forwarding.forward(
                target.session,
                request,
                target.port,
                _headers(request),
                body,
                timeout=timeout,
                dress=dress,
            )
        except forwarding.BadHeader:
            return self._refused(400)
        except forwarding.TargetUnreachable:
            return self._refused(502)
        except forwarding.TargetSlow:
            return self._refused(504)
        finally:
            target.finish()
        self._requests.answered(answer.status, seconds)
        return answer

    def _refused(self, status: int) -> web.Response:
        self._requests.refused(status)
        return own_answer(status)


def _key(group: str, name: str, port: int) -> str:
    return f"{group}/{name}:{port}"


def _headers(request: web.BaseRequest) -> CIMultiDict[str]:
    headers = forwarding.forwarded(request, proto="http", port=PORT)
    own = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    given = headers.get("X-Amzn-Trace-Id")
    headers["X-Amzn-Trace-Id"] = f"Self={own};{given}" if given else f"Root={own}"
    return headers
