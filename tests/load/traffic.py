"""Requests: as many as possible (wrk), or so many a second whatever happens."""

from __future__ import annotations

import asyncio
import re
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from pathlib import Path

UNITS = {"us": 0.001, "ms": 1.0, "s": 1_000.0, "m": 60_000.0}  # in milliseconds


class TrafficFailed(Exception):
    """Requests were not answered as expected, so there is nothing to compare."""


@dataclass(frozen=True)
class Request:
    """What is asked again and again."""

    path: str
    token: str
    body: str | None = None


@dataclass(frozen=True)
class Result:
    """What came of it."""

    per_second: float
    p99_ms: float
    requests: int


def closed_loop(
    url: str, request: Request, folder: Path, connections: int, seconds: float
) -> Result:
    """Every connection asks as soon as it has been answered."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--latency"]
    command += ["--timeout", "60s", "-H", f"Authorization: Bearer {request.token}"]
    if request.body is not None:
        command += ["-s", str(_script(request.body, folder))]
    run = subprocess.run([*command, url + request.path], capture_output=True, text=True, check=True)
    return read(run.stdout)


def _script(body: str, folder: Path) -> Path:
    script = folder / "post.lua"
    headers = 'wrk.headers["Content-Type"] = "application/json"'
    script.write_text(f"wrk.method = 'POST'\nwrk.body = [[{body}]]\n{headers}\n")
    return script


def read(text: str) -> Result:
    if "Non-2xx" in text or "Socket errors" in text:
        raise TrafficFailed(text)
    number, unit = re.findall(r"99%\s+([\d.]+)(us|ms|s|m)", text)[0]
    (requests,) = re.findall(r"(\d+) requests in", text)
    (per_second,) = re.findall(r"Requests/sec:\s+([\d.]+)", text)
    return Result(float(per_second), float(number) * UNITS[unit], int(requests))


def open_loop(url: str, request: Request, per_second: int, seconds: float) -> float:
    """p99 in milliseconds, counted from when each request was due."""
    times = asyncio.run(_times(url + request.path, request.token, per_second, seconds))
    return sorted(times)[int(len(times) * 0.99)] * 1_000


async def _times(url: str, token: str, per_second: int, seconds: float) -> list[float]:
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        start = time.perf_counter() + 0.1
        due = [start + number / per_second for number in range(round(seconds * per_second))]
        return await asyncio.gather(*(_time(session, url, moment) for moment in due))


async def _time(session: aiohttp.ClientSession, url: str, due: float) -> float:
    await asyncio.sleep(due - time.perf_counter())
    async with session.get(url) as answer:
        await answer.read()
        if answer.status != 200:
            raise TrafficFailed(f"{answer.status} for {url}")
    return time.perf_counter() - due
