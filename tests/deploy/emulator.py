"""The AWS emulator, and an API that answers as API Gateway does to who has no token."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import httpx

from local.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

from tests.deploy.scratch import REGION, ROOT

START_SECONDS = 60


@contextmanager
def emulator(folder: Path) -> Iterator[str]:
    """A running emulator; its address."""
    port = free_port()
    process = subprocess.Popen(
        [ROOT / ".venv" / "emulator" / "bin" / "ministack"],
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "AUTH": "true",
            "MINISTACK_REGION": REGION,
            "TMPDIR": str(folder),
            "DOCKER_HOST": f"unix://{folder}/no-container-engine.sock",
            "LOG_LEVEL": "WARNING",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(START_SECONDS)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None
        with suppress(httpx.HTTPError):
            httpx.get(f"{url}/_ministack/health", timeout=1).raise_for_status()
            return
        time.sleep(0.1)
    raise AssertionError("the emulator did not start")


class Api:
    """Answers every request alike, as long as a test does not change how."""

    def __init__(self) -> None:
        self.status = 401
        self.asked: list[str] = []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                api.asked.append(self.path)
                self.send_response(api.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing into the test's output."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
