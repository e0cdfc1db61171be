"""The application as it runs on AWS: its own server and environment, a PostgreSQL beside it."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
WEB = ROOT / "fargate" / "web"
PROGRAMS = ROOT / ".venv" / "fargate" / "bin"
SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """gunicorn, with the settings of the image and whatever `environment` says."""

    environment: Mapping[str, str]
    log: Path
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def spawn(self) -> Server:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [PROGRAMS / "gunicorn", "--bind", f"127.0.0.1:{self.port}", "todo_list.wsgi:app"],
                cwd=WEB,
                env={
                    "PATH": os.environ["PATH"],
                    "SECRET_KEY": secrets.token_hex(32),
                    "PYTHONDONTWRITEBYTECODE": "1",
                    **self.environment,
                },
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return self

    def start(self) -> Server:
        self.spawn()
        try:
            self.wait()
        except AssertionError:
            self.process.kill()
            self.process.wait()
            raise
        return self

    def wait(self) -> None:
        """Until it answers, well or not."""
        deadline = time.monotonic() + SECONDS
        while True:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            try:
                httpx.get(f"{self.url}/health")
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(SECONDS)
