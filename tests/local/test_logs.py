from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING

import pytest

from local import logs
from local.servers import listening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aiohttp import web

    from tests.local.background import Background


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before = list(root.handlers)
    logs.keep(tmp_path / "log")
    yield tmp_path / "log"
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()


def send(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        return connection.recv(4096)


async def broken(_: web.BaseRequest) -> web.Response:
    raise LookupError("ours")


@pytest.mark.parametrize(
    "request_", [b"GET / HTTP/9\r\n\r\n", b"GET / HTTP/1.1\r\nA B\r\n\r\n", b"\x16\x03\r\n\r\n"]
)
def test_what_is_no_http_is_one_line_in_the_log(
    background: Background, log: Path, capfd: pytest.CaptureFixture[str], request_: bytes
) -> None:
    port = background.enter(listening(broken))

    assert b" 400 " in send(port, request_)

    assert len(log.read_text().splitlines() if log.exists() else []) <= 1
    assert capfd.readouterr() == ("", "")


def test_a_fault_of_our_own_keeps_its_traceback(
    background: Background, log: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    port = background.enter(listening(broken))

    assert b" 500 " in send(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")

    assert 'LookupError("ours")' in log.read_text() or "LookupError: ours" in log.read_text()
    assert capfd.readouterr() == ("", "")
