"""The AWS endpoint: the emulator, as if behind TLS.

The bucket's policy refuses requests that did not come over TLS; on AWS every endpoint ends TLS
itself. Here the endpoint is plain http on the loopback address, and says what AWS would see.
"""

from aiohttp import ClientTimeout, web

from local import forwarding
from local.servers import own_answer

# Less than the emulator's own 75 seconds.
KEEP_ALIVE_SECONDS = 30
TIMEOUT = ClientTimeout(total=None, sock_connect=5, sock_read=120)


class Endpoint:
    """Passes everything on to the emulator."""

    def __init__(self, emulator_port: int) -> None:
        self._port = emulator_port
        self._session = forwarding.client(keep_alive=KEEP_ALIVE_SECONDS)

    async def close(self) -> None:
        await self._session.close()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        headers = forwarding.end_to_end(request.headers)
        headers["X-Forwarded-Proto"] = "https"
        try:
            body = await forwarding.streamed(request)
            return await forwarding.forward(
                self._session, request, self._port, headers, body, timeout=TIMEOUT
            )
        except forwarding.BadTarget:
            return own_answer(400)
        except forwarding.TargetUnreachable:
            return own_answer(502)
        except forwarding.TargetSlow:
            return own_answer(504)
