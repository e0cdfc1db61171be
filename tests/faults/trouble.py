"""An AWS endpoint that misbehaves, towards one user at a time: so all cases can run at once."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.faults.meter import Meter

    Misbehave = Callable[["Endpoint", web.BaseRequest, bytes], Awaitable[web.StreamResponse]]

# Whom a call is about: the partition key of an item, or the key of an object.
USER = re.compile(rb"U#([0-9a-f-]{36})|/u/([0-9a-f-]{36})/")
# Longer than the services wait, so that only their own patience ends it.
SILENCE_SECONDS = 8
ANY = 10**6
BODIES = {"half", "garbage"}


@dataclass
class Fault:
    """What happens to a user's calls from the `first` to the `last`; both count from 1."""

    kind: str
    first: int = 1
    last: int = ANY
    calls: int = 0

    def strikes(self) -> bool:
        self.calls += 1
        return self.first <= self.calls <= self.last


class Endpoint:
    """Passes calls on to the emulator, unless there is trouble for the user in them."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.faults: dict[str, Fault] = {}
        self.meters: dict[str, Meter] = {}
        self._session = aiohttp.ClientSession(auto_decompress=False)

    async def close(self) -> None:
        await self._session.close()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        found = USER.search(body) or USER.search(request.raw_path.encode())
        user = next(filter(None, found.groups()), b"").decode() if found else ""
        if user in self.meters and not _is_s3(request):
            return await self._metered(request, body, self.meters[user])
        fault = self.faults.get(user)
        if fault is None or not fault.strikes():
            return await self.passed_on(request, body)
        # An answer to HEAD has no body that half could be missing of.
        kind = "lost" if request.method == "HEAD" and fault.kind in BODIES else fault.kind
        return await KINDS[kind](self, request, body)

    async def _metered(
        self, request: web.BaseRequest, body: bytes, meter: Meter
    ) -> web.StreamResponse:
        asked = {**json.loads(body), "ReturnConsumedCapacity": "TOTAL"}
        answer = await self.passed_on(request, json.dumps(asked).encode())
        assert isinstance(answer.body, bytes)
        meter.add(request.headers["X-Amz-Target"], asked, json.loads(answer.body))
        return answer

    async def passed_on(self, request: web.BaseRequest, body: bytes) -> web.Response:
        url = URL(self.upstream + request.raw_path, encoded=True)
        headers = request.headers.copy()
        for name in ("Transfer-Encoding", "Content-Length"):
            headers.popall(name, None)
        async with self._session.request(
            request.method, url, headers=headers, data=body, allow_redirects=False
        ) as answer:
            kept = answer.headers.copy()
            for name in ("Transfer-Encoding", "Connection", "Date", "Server"):
                kept.popall(name, None)
            return web.Response(status=answer.status, headers=kept, body=await answer.read())


def _is_s3(request: web.BaseRequest) -> bool:
    return "X-Amz-Target" not in request.headers


def _error(request: web.BaseRequest, status: int, code: str) -> web.Response:
    if _is_s3(request):
        text = f"<Error><Code>{code}</Code><Message>AWS's secret</Message></Error>"
        return web.Response(status=status, text=text, content_type="application/xml")
    text = f'{{"__type": "com.amazonaws.dynamodb.v20120810#{code}", "message": "AWS\'s secret"}}'
    return web.Response(status=status, text=text, content_type="application/x-amz-json-1.0")


def _broken_off(request: web.BaseRequest) -> web.StreamResponse:
    if request.transport:
        request.transport.abort()
    return web.Response()


async def _reset(_: Endpoint, request: web.BaseRequest, _body: bytes) -> web.StreamResponse:
    return _broken_off(request)


async def _lost(endpoint: Endpoint, request: web.BaseRequest, body: bytes) -> web.StreamResponse:
    """It is done, but nobody is told."""
    await endpoint.passed_on(request, body)
    return _broken_off(request)


async def _half(endpoint: Endpoint, request: web.BaseRequest, body: bytes) -> web.StreamResponse:
    """It is done, and half of the answer comes."""
    whole = await endpoint.passed_on(request, body)
    answer = web.StreamResponse(status=whole.status, headers=whole.headers)
    content = whole.body if isinstance(whole.body, bytes) else b""
    answer.content_length = len(content) + 1
    await answer.prepare(request)
    await answer.write(content[: len(content) // 2])
    return _broken_off(request)


async def _throttle(_: Endpoint, request: web.BaseRequest, _body: bytes) -> web.StreamResponse:
    if _is_s3(request):
        return _error(request, 503, "SlowDown")
    return _error(request, 400, "ThrottlingException")


async def _failure(_: Endpoint, request: web.BaseRequest, _body: bytes) -> web.StreamResponse:
    return _error(request, 500, "InternalError")


async def _garbage(endpoint: Endpoint, request: web.BaseRequest, body: bytes) -> web.StreamResponse:
    """It is done, and the answer is a page of somebody in between."""
    await endpoint.passed_on(request, body)
    return web.Response(
        status=200, text="<html>Sign in to the hotel's network", content_type="text/html"
    )


async def _bad_gateway(_: Endpoint, _request: web.BaseRequest, _body: bytes) -> web.StreamResponse:
    return web.Response(status=502, text="<html>Bad gateway", content_type="text/html")


async def _silence(_: Endpoint, request: web.BaseRequest, _body: bytes) -> web.StreamResponse:
    await asyncio.sleep(SILENCE_SECONDS)
    return _broken_off(request)


KINDS: dict[str, Misbehave] = {
    "reset": _reset,
    "lost": _lost,
    "half": _half,
    "throttle": _throttle,
    "failure": _failure,
    "garbage": _garbage,
    "bad gateway": _bad_gateway,
    "silence": _silence,
}
