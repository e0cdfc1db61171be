"""An event loop beside the tests: they talk HTTP to what runs in it, as any client does."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from contextlib import AbstractAsyncContextManager

Result = TypeVar("Result")
SECONDS = 60


class Background:
    """A loop in a thread of its own, and what is to be closed at its end."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self._parts = AsyncExitStack()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(SECONDS)

    def make(self, build: Callable[[], Result]) -> Result:
        """Build something that must be born inside the loop."""

        async def built() -> Result:
            return build()

        return self.run(built())

    def enter(self, part: AbstractAsyncContextManager[Result]) -> Result:
        return self.run(self._parts.enter_async_context(part))

    def closing(self, close: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._parts.push_async_callback(close)

    def task(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something until the end of the test."""
        self.enter(_running(work))

    def close_parts(self) -> None:
        self.run(self._parts.aclose())

    def close(self) -> None:
        self.close_parts()
        self.run(self.loop.shutdown_default_executor())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@asynccontextmanager
async def _running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
