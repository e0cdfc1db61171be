from __future__ import annotations

import base64
import json
import re
import socket
import time
from typing import TYPE_CHECKING, Any

import httpx
import jwt
import pytest
from aiohttp import web

from local.api_gateway.contract import read_contract
from local.api_gateway.gateway import BODY_BYTES, Gateway
from local.cloudformation.resolution import resolve
from local.cloudformation.template import read
from local.logs import CLIENTS_DOING
from local.servers import listening
from local.settings import REPOSITORY
from tests.local import tokens
from tests.local.raw import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.local.backend import Backend
    from tests.local.background import Background

ORIGIN = "http://127.0.0.1:8000"
VALUES = {
    "WebsiteOrigin": ORIGIN,
    "AWS::Region": "eu-central-1",
    "UserPool": "eu-central-1_pool",
    "UserPoolClient": tokens.CLIENT,
}
DEFINITION = resolve(read(REPOSITORY / "api.yaml").body, VALUES)


async def jwks(request: web.BaseRequest) -> web.Response:
    assert request.path == "/eu-central-1_pool/.well-known/jwks.json"
    return web.json_response(tokens.key_set())


@pytest.fixture
def behind(backend: Callable[..., Backend]) -> Backend:
    """What stands where the balancer would."""
    return backend()


@pytest.fixture
def gateway(background: Background, behind: Backend) -> Callable[..., httpx.Client]:
    """Starts a gateway with these stage settings; gives a client of a signed-in person's."""

    def start(**settings: Any) -> httpx.Client:
        issuer = background.enter(listening(jwks))
        gateway = background.make(
            lambda: Gateway(
                read_contract(DEFINITION, settings),
                port=8001,
                balancer_port=behind.port,
                endpoint_url=f"http://127.0.0.1:{issuer}",
                timeout=0.5,
            )
        )
        background.closing(gateway.close)
        port = background.enter(listening(gateway.handle))
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {tokens.token()}"},
        )
        background.closing(_closing(client))
        return client

    return start


def _closing(client: httpx.Client) -> Any:
    async def close() -> None:
        client.close()

    return close


@pytest.fixture
def client(gateway: Callable[..., httpx.Client]) -> httpx.Client:
    return gateway()


def test_every_route_of_the_contract_is_passed_on(client: httpx.Client, behind: Backend) -> None:
    for path, item in DEFINITION["paths"].items():
        for method in {"get", "post", "put", "patch", "delete"} & item.keys():
            filled = path.format(userId="me", todoId="t", fileId="f")
            answer = client.request(method, filled)
            assert answer.status_code == 200
            assert behind.requests[-1]["path"] == filled
            assert behind.requests[-1]["method"] == method.upper()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/health"),
        ("GET", "/me"),
        ("GET", "/me/todos/"),
        ("GET", "//todos"),
        ("GET", "/me/todos/t/nothing"),
        ("GET", "/me%2Ftodos"),
        ("GET", "/me/todo%73"),
        ("HEAD", "/me/todos"),
        ("PUT", "/me/todos"),
        ("TRACE", "/me/todos"),
        ("POST", "/me/todos/t"),
    ],
)
def test_whatever_is_no_route_is_not_found(
    client: httpx.Client, behind: Backend, method: str, path: str
) -> None:
    status, body = ask(client.base_url.port or 0, path, method=method)

    assert status == 404
    assert body == ("" if method == "HEAD" else '{"message": "Not Found"}')
    assert behind.requests == []


@pytest.mark.parametrize(
    "path",
    ["/a%2Fb/todos", "/../todos", "/me/todos/..", "/me/todos/%2e%2e%2Ffiles", "/m%00/todos?%"],
)
def test_the_path_arrives_byte_for_byte(client: httpx.Client, behind: Backend, path: str) -> None:
    authorization = f"Authorization: Bearer {tokens.token()}"

    assert ask(client.base_url.port or 0, path, authorization)[0] == 200

    assert behind.paths == [path]


INVALID_UTF8 = b"\xff\xfe"


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _head(header: object) -> str:
    """A token of this header, signed by nobody."""
    return f"{_encoded(json.dumps(header).encode())}.{_encoded(b'{}')}.{_encoded(b'x')}"


def unsigned() -> str:
    return jwt.encode({"iss": tokens.ISSUER}, "", "none", headers={"kid": tokens.KEY_ID})


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer no.token.atall",
        "Basic dTpw",
        f"Bearer {tokens.token()[:-8]}AAAAAAAA",
        f"Bearer {tokens.token(signed_by='somebody else')}",
        f"Bearer {tokens.token(key_id='unknown')}",
        f"Bearer {tokens.token(exp=int(time.time()) - 1)}",
        f"Bearer {tokens.token(nbf=int(time.time()) + 600)}",
        f"Bearer {tokens.token(left_out='exp')}",
        f"Bearer {tokens.token(left_out='iss')}",
        f"Bearer {tokens.token(iss=tokens.ISSUER + 'x')}",
        f"Bearer {tokens.token(left_out='client_id')}",
        f"Bearer {tokens.token(client_id='client-2')}",
        f"Bearer {tokens.token(aud='client-2')}",
        f"Bearer {jwt.encode({'iss': tokens.ISSUER}, 'k' * 32, 'HS256', {'kid': tokens.KEY_ID})}",
        f"Bearer {unsigned()}",
        b"Bearer \xff.x.y",
        f"Bearer {tokens.token()}".encode() + b"\xff",
        "Bearer \u00e4.\u00f6.x".encode(),
        _head({"alg": "RS256", "kid": tokens.KEY_ID, "crit": ["x\r\nE: 1"]}),
        _head({"alg": "RS256", "kid": ["x"]}),
        _head([]),
        f"{_encoded(INVALID_UTF8)}.x.y",
        f"{_encoded(b'[' * 5000)}.x.y",
    ],
)
def test_a_token_that_is_not_right_is_refused(
    client: httpx.Client, behind: Backend, authorization: str | bytes | None
) -> None:
    client.headers.pop("Authorization")
    headers: Any = {} if authorization is None else {b"Authorization": authorization}
    if isinstance(authorization, str):
        headers = {"Authorization": authorization}

    answer = client.get("/me/todos", headers=headers)

    assert answer.status_code == 401
    assert answer.json() == {"message": "Unauthorized"}
    challenge = answer.headers["www-authenticate"]
    assert re.fullmatch(
        r'Bearer( scope="" error="invalid_token" error_descr[a-z _="]+)?', challenge
    )
    assert behind.requests == []


@pytest.mark.parametrize("prefix", ["", "Bearer ", "bearer "])
@pytest.mark.parametrize("claims", [{}, {"aud": tokens.CLIENT}, {"aud": ["x", tokens.CLIENT]}])
def test_a_right_token_passes(client: httpx.Client, prefix: str, claims: dict[str, Any]) -> None:
    headers = {"Authorization": prefix + tokens.token(**claims)}

    assert client.get("/me/todos", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/me/todos", "/me/todos/t/files", "/unknown"])
def test_a_preflight_needs_no_token(client: httpx.Client, behind: Backend, path: str) -> None:
    client.headers.pop("Authorization")

    answer = client.options(
        path, headers={"Origin": ORIGIN, "Access-Control-Request-Method": "PUT"}
    )

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "PATCH" in answer.headers["access-control-allow-methods"].split(",")
    assert "if-match" in answer.headers["access-control-allow-headers"].split(",")
    assert answer.headers["access-control-max-age"] == "3600"
    assert behind.requests == []


@pytest.mark.parametrize("authorized", [True, False])
def test_our_pages_may_read_every_answer(
    client: httpx.Client,
    authorized: bool,  # noqa: FBT001
) -> None:
    if not authorized:
        client.headers.pop("Authorization")

    answer = client.get("/me/todos", headers={"Origin": ORIGIN})

    assert answer.headers.get_list("access-control-allow-origin") == [ORIGIN]
    assert "etag" in answer.headers["access-control-expose-headers"].split(",")


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", ORIGIN + "0", None])
def test_pages_of_other_origins_may_not(
    client: httpx.Client, method: str, origin: str | None
) -> None:
    headers = {"Origin": origin} if origin else {}

    answer = client.request(method, "/me/todos", headers=headers)

    assert [name for name in answer.headers if name.startswith("access-control")] == []


def test_who_asked_and_how_is_passed_on(client: httpx.Client, behind: Backend) -> None:
    client.get("/me/todos")

    headers = behind.requests[0]["headers"]
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-port"] == "8001"
    assert "for=127.0.0.1;host=127.0.0.1" in headers["forwarded"]
    assert headers["authorization"].startswith("Bearer ")


def test_the_largest_body_passes_and_a_larger_one_does_not(
    client: httpx.Client, behind: Backend
) -> None:
    body = b"x" * BODY_BYTES

    assert client.post("/me/todos", content=body).status_code == 200
    assert len(behind.requests[0]["body"]) == BODY_BYTES

    for too_large in (body + b"x", iter([body, b"x"])):
        answer = client.post("/me/todos", content=too_large)
        assert answer.status_code == 413
        assert answer.json() == {"message": "Request Entity Too Large"}
    assert len(behind.requests) == 1


def test_a_chunked_body_is_passed_on_with_its_length(client: httpx.Client, behind: Backend) -> None:
    client.post("/me/todos", content=iter([b"ab", b"cd"]))

    assert behind.requests[0]["body"] == "abcd"
    assert behind.requests[0]["headers"]["content-length"] == "4"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/me/todos?" + "x" * 10_240, []),
        ("/me/todos", ["X-Long: " + "x" * 10_240]),
        ("/me/todos", [f"X-{number}: " + "x" * 1000 for number in range(11)]),
    ],
)
def test_too_long_a_head_is_refused(client: httpx.Client, path: str, headers: list[str]) -> None:
    status, body = ask(client.base_url.port or 0, path, *headers)

    assert (status, body) == (431, '{"message": "Request Header Fields Too Large"}')


def test_what_is_no_path_is_refused(client: httpx.Client) -> None:
    assert ask(client.base_url.port or 0, "http://x/me/todos")[0] == 400


def test_a_header_that_cannot_be_passed_on_is_refused(client: httpx.Client) -> None:
    authorization = f"Authorization: Bearer {tokens.token()}"

    status, body = ask(client.base_url.port or 0, "/me/todos", authorization, "X-A: a\xffb")

    assert (status, body) == (400, '{"message": "Bad Request"}')


@pytest.mark.parametrize("body", [b"100", b"3\r\nab", b"x\r\n", b""])
def test_a_client_that_breaks_off_is_no_error(
    client: httpx.Client, behind: Backend, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    head = (
        "POST /me/todos HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        f"Authorization: Bearer {tokens.token()}\r\n\r\n"
    )

    with socket.create_connection(("127.0.0.1", client.base_url.port or 0)) as connection:
        connection.sendall(head.encode() + body)

    # The next one is answered: until then the first has been dealt with.
    assert client.get("/me/todos").status_code == 200
    assert [request["method"] for request in behind.requests] == ["GET"]
    assert [record.message for record in caplog.records if "Unhandled" in record.message] == []
    ours = [record.exc_info[1] for record in caplog.records if record.exc_info]
    assert all(isinstance(error, CLIENTS_DOING) for error in ours)


@pytest.mark.parametrize("query", ["wait", "vanish", "garbage"])
def test_a_service_that_does_not_answer_is_unavailable(client: httpx.Client, query: str) -> None:
    answer = client.post(f"/me/todos?{query}")

    assert answer.status_code == 503
    assert answer.json() == {"message": "Service Unavailable"}


@pytest.mark.parametrize("status", [400, 404, 409, 412, 500, 503])
def test_the_services_own_errors_pass_unchanged(client: httpx.Client, status: int) -> None:
    answer = client.get(f"/me/todos?status={status}")

    assert answer.status_code == status
    assert answer.json()["name"] == "backend"


def test_past_the_throttle_each_route_is_refused_for_itself(
    gateway: Callable[..., httpx.Client],
) -> None:
    client = gateway(ThrottlingRateLimit=0.001, ThrottlingBurstLimit=2)

    statuses = [client.get("/me/todos").status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
    assert client.get("/me/todos").json() == {"message": "Too Many Requests"}
    assert client.post("/me/todos").status_code == 200
