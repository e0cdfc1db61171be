"""What API Gateway's HTTP API does, from the API contract."""

import secrets
from io import BytesIO

import aiohttp
from aiohttp import hdrs, web
from multidict import CIMultiDict, CIMultiDictProxy

from local import forwarding
from local.api_gateway.authorizer import KeySet, TokenRefused, authorize
from local.api_gateway.contract import Contract, Cors, Route
from local.api_gateway.throttling import Buckets
from local.settings import HOST

# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
BODY_BYTES = 10 * 1024 * 1024
LINE_AND_HEADERS_BYTES = 10_240
INTEGRATION_SECONDS = 30
# Less than the balancer's own hour.
KEEP_ALIVE_SECONDS = 50

# How the server tells that the client has left, or that its chunks are none.
BROKEN_BODY = (
    web.RequestPayloadError,
    aiohttp.ClientError,
    aiohttp.http.HttpProcessingError,
    OSError,
)
MESSAGES = {
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}


class Refused(Exception):
    """The gateway answers itself, with this status and these headers."""

    def __init__(self, status: int, **headers: str) -> None:
        super().__init__(MESSAGES[status])
        self.status = status
        self.headers = headers


class Gateway:
    """Lets through what the contract allows, to the balancer's port."""

    def __init__(
        self,
        contract: Contract,
        *,
        port: int,
        balancer_port: int,
        endpoint_url: str,
        timeout: float = INTEGRATION_SECONDS,
    ) -> None:
        self._contract = contract
        self._port = port
        self._balancer_port = balancer_port
        self._buckets = Buckets(contract.throttle)
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session = forwarding.client(keep_alive=KEEP_ALIVE_SECONDS)
        self._keys = KeySet(self._session, endpoint_url)

    async def close(self) -> None:
        await self._session.close()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        cors = _cors_headers(self._contract.cors, request)
        if request.method == hdrs.METH_OPTIONS and self._contract.cors:
            return web.Response(status=204, headers=_preflight(self._contract.cors, cors))
        try:
            return await self._pass_on(request, cors)
        except Refused as refusal:
            return web.json_response(
                {"message": str(refusal)},
                status=refusal.status,
                headers={**_request_id(), **cors, **refusal.headers},
            )

    async def _pass_on(self, request: web.BaseRequest, cors: dict[str, str]) -> web.StreamResponse:
        route = self._route(request)
        await self._authorize(route, request)
        if not self._buckets.take(route.key):
            raise Refused(429)
        body = await _body(request)

        def dress(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
            return _dressed(headers, cors)

        try:
            return await forwarding.forward(
                self._session,
                request,
                self._balancer_port,
                _headers(request, body, self._port),
                None if body is None else BytesIO(body),
                timeout=self._timeout,
                dress=dress,
            )
        except forwarding.BadHeader as error:
            raise Refused(400) from error
        except (forwarding.TargetSlow, forwarding.TargetUnreachable) as error:
            raise Refused(503) from error

    def _route(self, request: web.BaseRequest) -> Route:
        _check_size(request)
        try:
            path = forwarding.path_of(request)
        except forwarding.BadTarget as error:
            raise Refused(400) from error
        route = self._contract.route(request.method, path)
        if route is None:
            raise Refused(404)
        return route

    async def _authorize(self, route: Route, request: web.BaseRequest) -> None:
        if route.authorizer is None:
            return
        header = request.headers.get(hdrs.AUTHORIZATION)
        try:
            await authorize(self._keys, route.authorizer, header)
        except TokenRefused as refusal:
            raise Refused(401, **{hdrs.WWW_AUTHENTICATE: _challenge(refusal)}) from refusal


def _check_size(request: web.BaseRequest) -> None:
    line = len(request.method) + len(request.raw_path)
    headers = sum(len(name) + len(value) for name, value in request.raw_headers)
    if line + headers > LINE_AND_HEADERS_BYTES:
        raise Refused(431)


async def _body(request: web.BaseRequest) -> bytes | None:
    """The whole body: API Gateway passes a request on only when it has all of it."""
    if (request.content_length or 0) > BODY_BYTES:
        raise Refused(413)
    stream = await forwarding.streamed(request)
    if stream is None:
        return None
    parts = bytearray()
    try:
        async for part in stream:
            parts += part
            if len(parts) > BODY_BYTES:
                raise Refused(413)
    except BROKEN_BODY as error:
        raise Refused(400) from error
    return bytes(parts)


def _headers(request: web.BaseRequest, body: bytes | None, port: int) -> CIMultiDict[str]:
    headers = forwarding.forwarded(request, proto="http", port=port)
    host = headers.get(hdrs.HOST, "")
    headers["Forwarded"] = f"by={HOST};for={request.remote};host={host};proto=http"
    headers[hdrs.VIA] = "HTTP/1.1 AmazonAPIGateway"
    if body is not None:
        headers[hdrs.CONTENT_LENGTH] = str(len(body))
    return headers


def _dressed(headers: CIMultiDictProxy[str], cors: dict[str, str]) -> CIMultiDict[str]:
    """The answer's headers: CORS is the gateway's business, whatever the service says."""
    kept = forwarding.end_to_end(headers)
    for name in [name for name in kept if name.lower().startswith("access-control-")]:
        kept.popall(name, None)
    kept.update({**_request_id(), **cors})
    return kept


def _cors_headers(cors: Cors | None, request: web.BaseRequest) -> dict[str, str]:
    origin = request.headers.get(hdrs.ORIGIN)
    if cors is None or origin not in cors.origins:
        return {}
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": cors.exposed}


def _preflight(cors: Cors, headers: dict[str, str]) -> dict[str, str]:
    return {**_request_id(), **headers, **(cors.preflight if headers else {})}


def _request_id() -> dict[str, str]:
    return {"Apigw-Requestid": secrets.token_urlsafe(11) + "="}


def _challenge(refusal: TokenRefused) -> str:
    if not str(refusal):
        return "Bearer"
    return f'Bearer scope="" error="invalid_token" error_description="{refusal}"'
