"""Which requests the gateway passes on, and how they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.api_gateway.gateway import BODY_BYTES
from tests.local import tokens
from tests.local.gateway.deployed import DEFINITION
from tests.local.raw import ask

if TYPE_CHECKING:
    import httpx

    from tests.local.backend import Backend


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
