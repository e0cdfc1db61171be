"""What every proxy here does: pass a request on, stream the answer back, change nothing else."""

from collections.abc import AsyncIterator, Callable
from io import BytesIO

import aiohttp
from aiohttp import hdrs, web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from local.settings import HOST

# RFC 9110, 7.6.1: for one connection only. Expect is answered here, not passed on.
HOP_BY_HOP = (
    "Connection",
    "Expect",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
)
NOT_OURS_TO_ADD = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")

Dress = Callable[[CIMultiDictProxy[str]], CIMultiDict[str]]
Body = BytesIO | AsyncIterator[bytes] | None


class TargetUnreachable(Exception):
    """The next hop refused the connection, broke it, or answered no HTTP."""


class TargetSlow(Exception):
    """The next hop did not answer in time."""


class BadHeader(Exception):
    """A header holds bytes that cannot be passed on as they are; the text is its name."""


class BadTarget(Exception):
    """The request line holds no path that could be passed on byte for byte."""


def client(*, keep_alive: float) -> aiohttp.ClientSession:
    """A pool of connections to the next hop.

    `keep_alive` (seconds) is shorter than the next hop's own, so that an idle connection is closed
    from this side and never while a request is on its way.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=keep_alive),
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=NOT_OURS_TO_ADD,
        max_line_size=65536,
        max_field_size=65536,
    )


def path_of(request: web.BaseRequest) -> str:
    """The request's path and query, byte for byte."""
    path = request.raw_path
    if not path.startswith("/") or not path.isascii() or "#" in path:
        raise BadTarget(path)
    return path


def _check_headers(request: web.BaseRequest) -> None:
    """Refuse what the client library would drop without a word: a refused token could pass then."""
    for name, value in request.raw_headers:
        try:
            value.decode()
        except UnicodeDecodeError as error:
            raise BadHeader(name.decode(errors="backslashreplace")) from error


def end_to_end(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """The headers without those that belong to one connection."""
    connection = ",".join(headers.getall(hdrs.CONNECTION, []))
    named = [name.strip() for name in connection.split(",")]
    kept = CIMultiDict(headers)
    for name in (*HOP_BY_HOP, *named):
        kept.popall(name, None)
    return kept


def forwarded(request: web.BaseRequest, *, proto: str, port: int) -> CIMultiDict[str]:
    """The request's headers as a proxy passes them on, with the client it saw."""
    headers = end_to_end(request.headers)
    chain = [*headers.popall("X-Forwarded-For", []), request.remote or HOST]
    headers["X-Forwarded-For"] = ", ".join(chain)
    headers["X-Forwarded-Proto"] = proto
    headers["X-Forwarded-Port"] = str(port)
    return headers


async def accept_body(request: web.BaseRequest) -> None:
    """Tell a client that waits for it to send the body."""
    if request.headers.get(hdrs.EXPECT, "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0


async def streamed(request: web.BaseRequest) -> AsyncIterator[bytes] | None:
    """The request's body as it comes in, or None."""
    if not request.body_exists:
        return None
    await accept_body(request)
    return request.content.iter_any()


async def forward(
    session: aiohttp.ClientSession,
    request: web.BaseRequest,
    port: int,
    headers: CIMultiDict[str],
    body: Body,
    *,
    timeout: aiohttp.ClientTimeout,
    dress: Dress = end_to_end,
) -> web.StreamResponse:
    """Send the request to a port of this machine and stream the answer to the client.

    `dress` makes the answer's headers out of those that came.
    """
    url = _next_hop(request, port)
    try:
        answer = await session.request(
            request.method,
            url,
            headers=headers,
            data=body,
            timeout=timeout,
            allow_redirects=False,
        )
    except TimeoutError as error:
        raise TargetSlow(str(url)) from error
    except aiohttp.ClientError as error:
        raise TargetUnreachable(f"{url}: {error}") from error
    async with answer:
        return await _stream(answer, request, dress)


def _next_hop(request: web.BaseRequest, port: int) -> URL:
    _check_headers(request)
    return URL(f"http://{HOST}:{port}{path_of(request)}", encoded=True)


async def _stream(
    answer: aiohttp.ClientResponse, request: web.BaseRequest, dress: Dress
) -> web.StreamResponse:
    response = web.StreamResponse(
        status=answer.status, reason=answer.reason, headers=dress(answer.headers)
    )
    try:
        await response.prepare(request)
        async for chunk in answer.content.iter_any():
            await response.write(chunk)
        await response.write_eof()
    except (ConnectionError, aiohttp.ClientError, TimeoutError):
        # Half an answer is out: only a broken connection tells the client so.
        if request.transport:
            request.transport.abort()
    return response
