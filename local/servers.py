"""HTTP servers on this machine's loopback address."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from local.settings import HOST

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

HTML = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
# As load balancers put it; AWS clients read such a page as "no answer of the service".
REASONS = {
    400: "400 Bad Request",
    403: "403 Forbidden",
    404: "404 Not Found",
    502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable",
    504: "504 Gateway Time-out",
}

# What a load balancer accepts of a request line and of one header (16 KiB each), and a little more,
# so that the handler refuses it in its own words.
LONGEST_LINE_BYTES = 32 * 1024
# How long a server that stops waits for requests in flight.
PATIENCE_SECONDS = 30


def own_answer(status: int) -> web.Response:
    """An answer of a proxy's own."""
    return web.Response(status=status, content_type="text/html", text=HTML.format(REASONS[status]))


@asynccontextmanager
async def listening(
    handler: Handler, port: int = 0, *, abandon: bool = False
) -> AsyncIterator[int]:
    """Serve on `port`, or on a free one; gives the port. On leaving, requests in flight finish.

    `abandon` ends the handling of a request whose client has gone.
    """
    server = web.Server(
        handler,
        handler_cancellation=abandon,
        access_log=None,
        auto_decompress=False,
        max_line_size=LONGEST_LINE_BYTES,
        max_field_size=LONGEST_LINE_BYTES,
    )
    runner = web.ServerRunner(server, shutdown_timeout=PATIENCE_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
