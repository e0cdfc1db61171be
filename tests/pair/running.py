"""Both services as they run: gunicorn, the load balancer and API Gateway before it, the emulator
behind it, and an issuer that also signs what no one may accept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx

from local import aws
from local.api_gateway.contract import read_contract
from local.api_gateway.gateway import Gateway
from local.cloudformation.resolution import resolve
from local.cloudformation.template import read
from local.emulator.process import Emulator
from local.load_balancer.balancer import Balancer
from local.ports import free_port
from local.processes import Guard
from local.servers import listening
from local.settings import Settings
from tests.local.background import Background
from tests.pair import resources
from tests.pair.held import held_to_contract
from tests.pair.issuer import AUDIENCE, ISSUER, Issuer
from tests.pair.operations import ROOT
from tests.pair.person import Answer, Person
from tests.pair.rules import Deployed

if TYPE_CHECKING:
    from collections.abc import Mapping

GUNICORN = Path(sys.executable).with_name("gunicorn")
START_SECONDS = 30
ORIGIN = "https://website.example"


@dataclass(frozen=True)
class Http:
    """The way over HTTP, to the balancer or to the gateway."""

    client: httpx.Client

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        query: Mapping[str, str],
        body: Any,
    ) -> Answer:
        content = None if body is None else json.dumps(body).encode()
        answer = self.client.request(
            method, path, headers=dict(headers), params=query or None, content=content
        )
        return Answer(answer.status_code, dict(answer.headers), answer.content)


class Emulated:
    """A running emulator with the tables and the bucket of both services."""

    def __init__(self, folder: Path, parts: ExitStack) -> None:
        self.background = Background()
        parts.callback(self.background.close)
        settings = Settings(folder=folder)
        # The environments are the repository's, whatever folder the data is in.
        settings.logs.mkdir(parents=True)
        guard = Guard(settings.outputs)
        parts.callback(guard.close)
        emulator = self.background.run(Emulator.start(settings, guard))
        parts.callback(lambda: self.background.run(emulator.stop()))
        self.url = f"http://127.0.0.1:{emulator.port}"
        wait_for(f"{self.url}/_ministack/health")
        session = aws.session()
        self.dynamodb: Any = session.client("dynamodb", endpoint_url=self.url, config=aws.CONFIG)
        self.s3: Any = session.client("s3", endpoint_url=self.url, config=aws.CONFIG)
        parts.callback(self.dynamodb.close)
        parts.callback(self.s3.close)
        resources.create(self.dynamodb, self.s3)

    def put(self, key: str, content: bytes) -> None:
        resources.put(self.s3, key, content)

    def kept(self, user: str) -> dict[str, Any]:
        return resources.kept(self.dynamodb, self.s3, user)


class Pair:
    """The two services, and the ways to them."""

    def __init__(self, folder: Path, endpoint: str | None = None) -> None:
        """`endpoint` is what the services take for AWS, if not the emulator itself."""
        self._parts = ExitStack()
        self.folder = folder
        self.issuer = Issuer()
        self._parts.callback(self.issuer.close)
        self.emulated = Emulated(folder, self._parts)
        self.endpoint = endpoint or self.emulated.url
        self._clients: dict[int, httpx.Client] = {}
        self._lock = threading.Lock()

    def start(self) -> Pair:
        ports = {name: self._service(name) for name in ("main", "files")}
        for port in ports.values():
            wait_for(f"http://127.0.0.1:{port}/health")
        self.balancer_port = self._balancer(ports)
        self.gateway_port = self._gateway()
        return self

    def stop(self) -> None:
        for client in self._clients.values():
            client.close()
        self._parts.close()

    def person(self, port: int | None = None, **claims: str) -> Person:
        """Somebody new, who comes by the balancer or by this port."""
        sub = claims.setdefault("sub", str(uuid4()))
        way = Http(self.client(port or self.balancer_port))
        return Person(sub, self.issuer.token(**claims), way, self.emulated.put)

    def client(self, port: int) -> httpx.Client:
        with self._lock:  # people come from many threads
            if port not in self._clients:
                url, limits = f"http://127.0.0.1:{port}", httpx.Limits(max_connections=100)
                self._clients[port] = httpx.Client(
                    base_url=url, timeout=30, limits=limits, event_hooks=held_to_contract(url)
                )
            return self._clients[port]

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _service(self, name: str) -> int:
        port = free_port()
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_ACCESS_KEY_ID": aws.ROOT_KEY,
            "AWS_SECRET_ACCESS_KEY": aws.ROOT_SECRET,
            "AWS_ENDPOINT_URL": self.endpoint,
            "GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{port}",
            **resources.environment(self.issuer.url, ISSUER, AUDIENCE),
        }
        log = self._parts.enter_context(self.log(name).open("wb"))
        process = subprocess.Popen(
            [GUNICORN, f"{name}_service.wsgi:app"],
            cwd=ROOT / "services" / name,
            env=environment,
            stdout=log,
            stderr=log,
        )
        self._parts.callback(_end, process)
        return port

    def _balancer(self, ports: dict[str, int]) -> int:
        background = self.emulated.background
        balancer = background.make(lambda: Balancer(Deployed(ports)))
        background.closing(balancer.close)
        port = background.enter(listening(balancer.handle))
        background.run(balancer.refresh())
        for group, target in ports.items():
            deadline = time.monotonic() + START_SECONDS
            while balancer.state(group, group, target) != "healthy":
                assert time.monotonic() < deadline, group
                time.sleep(0.02)
        return port

    def _gateway(self) -> int:
        values = {
            "WebsiteOrigin": ORIGIN,
            "AWS::Region": resources.REGION,
            "UserPool": ISSUER.rpartition("/")[2],
            "UserPoolClient": AUDIENCE,
        }
        definition = resolve(read(ROOT / "api.yaml").body, values)
        background = self.emulated.background
        gateway = background.make(
            lambda: Gateway(
                read_contract(definition, {}),
                port=8001,
                balancer_port=self.balancer_port,
                endpoint_url=self.issuer.origin,
            )
        )
        background.closing(gateway.close)
        return background.enter(listening(gateway.handle))


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(40)


def wait_for(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            if httpx.get(url, timeout=5).is_success:
                return
        time.sleep(0.05)
    raise AssertionError(f"{url} does not answer")
