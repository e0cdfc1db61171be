"""An endpoint of AWS that does as it is told, down to breaking connections off."""

from __future__ import annotations

import json
import socket
import socketserver
import struct
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


def answer(content: object, status: int = 200) -> bytes:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)


FOUND = answer({"Items": [], "Count": 0, "ScannedCount": 0})


class Reset:
    """Breaks the connection off."""


@dataclass(frozen=True)
class Last:
    """An answer after which the connection ends, though nothing said so."""

    answer: bytes


@dataclass(frozen=True)
class Late:
    """An answer that comes when its moment does."""

    moment: threading.Event
    answer: bytes


@dataclass(frozen=True)
class Twice:
    """An answer, and a little later another that nobody asked for."""

    answer: bytes


@dataclass(frozen=True)
class Trickle:
    """Sends a byte now and then, so that no single wait is long."""

    seconds: float = 0.2


@dataclass(frozen=True)
class Silence:
    """Sends nothing for a while, then closes."""

    seconds: float
    first: bytes = b""  # but this


Told = bytes | Reset | Last | Late | Twice | Trickle | Silence


@dataclass
class Endpoint:
    """A server that answers as it is told, one after the other; the last again and again."""

    url: str = ""
    answers: list[Told] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)  # the first of each request
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    connections: int = 0

    @property
    def variables(self) -> dict[str, str]:
        """What makes it AWS for a client."""
        keys = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"}
        return {**keys, "AWS_ENDPOINT_URL": self.url}

    def wait_for(self, number: int) -> None:
        """Until so many requests have come."""
        until = time.monotonic() + 10
        while len(self.requests) < number:
            assert time.monotonic() < until, f"{len(self.requests)} requests, not {number}"
            time.sleep(0.01)

    def next(self) -> Told:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Handler(socketserver.StreamRequestHandler):
    """One connection."""

    endpoint: Endpoint

    def handle(self) -> None:
        self.endpoint.connections += 1
        while line := self.rfile.readline():
            self.endpoint.lines.append(line.decode().rstrip())
            lines = iter(self.rfile.readline, b"\r\n")
            pairs = (line.decode().rstrip().split(":", 1) for line in lines)
            headers = {name.strip().lower(): value.strip() for name, value in pairs}
            body = self.rfile.read(int(headers.get("content-length", "0")))
            self.endpoint.requests.append((headers, body))
            if not self.answered(self.endpoint.next()):
                return

    def answered(self, told: Told) -> bool:
        """Whether the connection goes on."""
        if isinstance(told, Reset):
            linger = struct.pack("ii", 1, 0)  # close with a reset, not an end
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
        elif isinstance(told, Silence):
            self.wfile.write(told.first)
            time.sleep(told.seconds)
        elif isinstance(told, Last):
            self.wfile.write(told.answer)
        elif isinstance(told, Late):
            told.moment.wait(20)
            self.wfile.write(told.answer)
        elif isinstance(told, Twice):
            self.wfile.write(told.answer)
            time.sleep(0.05)
            self.wfile.write(told.answer)
            return True
        elif isinstance(told, Trickle):
            for byte in FOUND:
                time.sleep(told.seconds)
                self.wfile.write(bytes([byte]))
        else:
            self.wfile.write(told)
            return b"Content-Length" in told
        return False


class Threads(socketserver.ThreadingTCPServer):
    """One thread a connection; what breaks is what the tests want."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        pass


@contextmanager
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """An endpoint that answers queries; botocore's clients that are made now talk to it too."""
    with told() as endpoint:
        for name, value in endpoint.variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
        yield endpoint


@contextmanager
def told() -> Iterator[Endpoint]:
    """An endpoint that answers queries until it is told otherwise."""
    endpoint = Endpoint(answers=[FOUND])
    handler = type("Told", (Handler,), {"endpoint": endpoint})
    with Threads(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        endpoint.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield endpoint
        server.shutdown()
