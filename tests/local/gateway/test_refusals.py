"""What the gateway refuses or cannot pass on."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from local.logs import CLIENTS_DOING
from tests.local import tokens
from tests.local.raw import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.local.backend import Backend


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
