"""A real HTTP server that says what it was sent, or misbehaves when asked to."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Backend:
    """One target: its name is in its answers, its requests are kept."""

    def __init__(self, name: str = "backend") -> None:
        self.name = name
        self.healthy = True
        self.requests: list[dict[str, Any]] = []
        # A request with ?wait is answered only when the test says so.
        self.waiting = threading.Event()
        self.go_on = threading.Event()
        backend = self

        class Handler(_Handler):
            owner = backend

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def paths(self) -> list[str]:
        return [request["path"] for request in self.requests]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: Backend

    def _answer(self) -> None:
        if self.path == "/health":
            self._send(200 if self.owner.healthy else 500, b"")
            return
        # As it came: the standard library has tidied self.path up.
        path = self.requestline.split()[1]
        query = parse_qs(urlsplit(path).query, keep_blank_values=True)
        body = self._body()
        self.owner.requests.append(
            {
                "method": self.command,
                "path": path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": body.decode("latin-1"),
            }
        )
        self._behave(query)

    def _behave(self, query: dict[str, list[str]]) -> None:
        if "wait" in query:
            self.owner.waiting.set()
            self.owner.go_on.wait(30)
        if "garbage" in query:
            self.wfile.write(b"this is no HTTP\r\n\r\n")
            self.close_connection = True
            return
        if "vanish" in query:
            self.close_connection = True
            return
        status = int(query.get("status", ["200"])[0])
        said = {"name": self.owner.name, **self.owner.requests[-1]}
        self._send(status, json.dumps(said).encode(), dropped="drop" in query)

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def _send(self, status: int, body: bytes, *, dropped: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Backend", self.owner.name)
        self.send_header("Access-Control-Allow-Origin", "https://backend.example")
        self.send_header("Keep-Alive", "timeout=1")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        # An idle connection that the target closes without a word.
        self.close_connection = dropped

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""
