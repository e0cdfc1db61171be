"""Health checks of targets, as the load balancer makes them."""

import asyncio

import aiohttp
from yarl import URL

from local.load_balancer.targets import Target
from local.settings import HOST

# A target that has never passed is asked every second: the interval only says how long a target
# that was good may go on unnoticed. AWS waits for the interval; here it would only delay the start.
FIRST_CHECK_SECONDS = 1.0
HEADERS = {"User-Agent": "ELB-HealthChecker/2.0"}


async def keep_checking(target: Target) -> None:
    """Check a target until cancelled, the first time at once."""
    while True:
        target.record(passed=await passes(target))
        waiting = target.state == "initial"
        await asyncio.sleep(FIRST_CHECK_SECONDS if waiting else target.check.interval)


async def passes(target: Target) -> bool:
    """Whether the target answers its health check as it should, and in time."""
    url = URL(f"http://{HOST}:{target.port}{target.check.path}", encoded=True)
    timeout = aiohttp.ClientTimeout(total=target.check.timeout)
    try:
        async with target.session.get(
            url, headers=HEADERS, timeout=timeout, allow_redirects=False
        ) as answer:
            await answer.read()
            return answer.status in target.check.statuses
    except (aiohttp.ClientError, TimeoutError):
        return False
