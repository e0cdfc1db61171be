"""What pages of our own origin may do, and those of others may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.local.gateway.deployed import ORIGIN

if TYPE_CHECKING:
    import httpx

    from tests.local.backend import Backend


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
