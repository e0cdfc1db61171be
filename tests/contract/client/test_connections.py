"""Connections (the same module in both services): many at once, and none that comes about."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.client.package import aws, connections, dynamodb, variables
from tests.contract.client.told import FOUND, Late, told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUERY: Any = {"TableName": "todos", "KeyConditionExpression": "pk = :pk"}
ADDRESSES = [f"127.0.0.{number}" for number in range(1, 5)]


@contextmanager
def silent(addresses: list[str]) -> Iterator[int]:
    """A port at which nobody accepts what others have begun, so that connecting takes for ever."""
    with ExitStack() as parts:
        port = 0
        for address in addresses:
            server = parts.enter_context(socket.create_server((address, port), backlog=0))
            port = server.getsockname()[1]
            for _ in range(3):
                first = parts.enter_context(socket.socket())
                first.setblocking(False)  # noqa: FBT003 - the parameter has no name
                with suppress(BlockingIOError):
                    first.connect((address, port))
        yield port


def test_connections_that_all_ended_at_once_cost_one_attempt() -> None:
    """As when a server of DynamoDB is stopped under load."""
    moment = threading.Event()
    with told() as endpoint, ThreadPoolExecutor(4) as callers:
        client = dynamodb.client("eu-central-1", endpoint.variables)
        endpoint.answers = [Late(moment, FOUND)]  # and then nothing more
        calls = [callers.submit(client.query, **QUERY) for _ in range(4)]
        endpoint.wait_for(4)
        moment.set()
        assert all(call.result() for call in calls)
        endpoint.answers = [FOUND]

        assert client.query(**QUERY)

        assert endpoint.connections == 5, "the three others were not tried"


def test_all_addresses_of_a_name_together_have_the_time_of_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in ADDRESSES]
    ask = socket.getaddrinfo

    def resolve(name: str, *asked: Any, **more: Any) -> Any:
        return found if name == "dynamodb.example" else ask(name, *asked, **more)

    monkeypatch.setattr(aws, "CONNECT_TIMEOUT", 0.4)
    monkeypatch.setattr(socket, "getaddrinfo", resolve)  # the machine's own edge
    with silent(ADDRESSES) as port:
        server = connections.Server(f"http://dynamodb.example:{port}", None)
        started = time.monotonic()

        with pytest.raises(aws.NoAnswer, match="no connection in time"):
            server.exchange(b"", started + 5)

    assert 0.3 < time.monotonic() - started < 0.8


@pytest.mark.parametrize("content", [None, "no certificate"], ids=["missing", "text"])
def test_certificates_that_cannot_be_read_are_told_by_the_variables_name(
    tmp_path: Path, content: str | None
) -> None:
    bundle = tmp_path / "bundle.pem"
    if content:
        bundle.write_text(content)

    with pytest.raises(variables.ConfigError, match=r"^AWS_CA_BUNDLE is invalid; set it to "):
        dynamodb.client("eu-central-1", {"AWS_CA_BUNDLE": str(bundle)})
