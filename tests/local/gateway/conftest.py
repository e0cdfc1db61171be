"""A gateway before a service that tells what has reached it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from aiohttp import web

from local.api_gateway.contract import read_contract
from local.api_gateway.gateway import Gateway
from local.servers import listening
from tests.local import tokens
from tests.local.gateway.deployed import DEFINITION

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.local.backend import Backend
    from tests.local.background import Background


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
