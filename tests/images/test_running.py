"""The containers as the task definition runs them."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import httpx
import pytest

from local.ports import free_port
from tests.images.podman import Running
from tests.images.task import CONTAINERS, DEFINITION, LINUX, PORTS
from tests.pair.issuer import Issuer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# How long AWS thinks; the services wait for two seconds.
SLOW_SECONDS = 1.0
PATHS = {
    "main": "/me/todos",
    "files": "/me/todos/019a0000-0000-7000-8000-000000000001/files",
}
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
# Waits for a server inside the container.
REACHED = """
import socket, time
while socket.socket().connect_ex(("127.0.0.1", 9000)): time.sleep(0.1)
"""
LIMIT = "cd /sys/fs/cgroup; cat memory.max 2>/dev/null || cat memory/memory.limit_in_bytes"
# In the container.
UNWRITABLE = ("/", "/app", "/venv", "/usr/local/bin", "/run", "/var/tmp", "/etc")  # noqa: S108
COPY = "/tmp/true"  # noqa: S108
FILL = ("dd", "if=/dev/zero", f"of={COPY}", "bs=1M")


class SlowAws:
    """DynamoDB and SQS that have nothing, and think about it for a while."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        aws = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                aws.asked.set()
                time.sleep(SLOW_SECONDS)
                content = json.dumps({"Items": [], "Count": 0, "Messages": []}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def slow_aws() -> Iterator[SlowAws]:
    aws = SlowAws()
    yield aws
    aws.server.shutdown()
    aws.server.server_close()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    yield issuer
    issuer.close()


@pytest.fixture(scope="module", params=CONTAINERS)
def running(request: pytest.FixtureRequest, images: dict[str, str]) -> Iterator[Running]:
    """One container of the task, in a bridge network like on AWS."""
    image = images[CONTAINERS[request.param].image_name]
    running = Running(request.param, image, environment=KEYS)
    try:
        running.start()
        yield running
    finally:
        running.remove()


def test_a_container_has_no_rights(running: Running) -> None:
    status = dict(
        line.split(":\t") for line in running.inside("cat", "/proc/1/status").splitlines()
    )

    assert status["Uid"] == status["Gid"] == "10001\t10001\t10001\t10001"
    capabilities = {name: status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd")}
    assert set(capabilities.values()) == {"0" * 16}, capabilities


def test_only_the_small_temporary_folder_can_be_written_and_nothing_in_it_runs(
    running: Running,
) -> None:
    for folder in UNWRITABLE:
        assert "Read-only file system" in running.refused("touch", f"{folder}/x")
    running.inside("cp", "/usr/bin/true", COPY)
    assert "ermission denied" in running.refused(COPY)
    running.inside(*FILL, "count=15")
    assert "No space left" in running.refused(*FILL, "count=17")


def test_a_container_has_the_memory_of_the_task_definition(running: Running) -> None:
    expected = CONTAINERS[running.container].memory * 1024 * 1024

    assert expected > 0
    assert int(running.inside("sh", "-c", LIMIT)) == expected


def test_a_container_that_takes_more_memory_is_ended(run: Callable[..., Running]) -> None:
    limit = CONTAINERS["worker"].memory

    modest = run("worker", command=("python", "-c", f"b'x' * ({limit // 2} << 20)"))
    greedy = run("worker", command=("python", "-c", f"b'x' * ({limit * 2} << 20)"))

    assert (modest.ended(), greedy.ended()) == (0, 137)


def test_a_service_gets_healthy_and_answers_on_its_published_port(
    run: Callable[..., Running], service: str
) -> None:
    running = run(service, f"--publish=127.0.0.1::{PORTS[service]}")

    running.healthy()

    assert httpx.get(f"http://{running.published()}/health").status_code == 200
    refused = httpx.get(f"http://{running.published()}{PATHS[service]}")
    assert refused.status_code == 401
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_a_service_that_cannot_be_reached_is_not_healthy(
    run: Callable[..., Running], service: str
) -> None:
    elsewhere = run(service, environment={"GUNICORN_CMD_ARGS": "--bind=127.0.0.1:9000"})
    elsewhere.inside("python", "-c", REACHED)

    assert not elsewhere.checked()


def test_a_request_in_flight_is_answered_after_sigterm(
    run: Callable[..., Running], service: str, slow_aws: SlowAws, issuer: Issuer
) -> None:
    port = free_port()
    reached = {"AWS_ENDPOINT_URL": slow_aws.url, "JWKS_URL": issuer.url}
    bound = {"GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{port}"}
    running = run(service, "--network=host", environment={**KEYS, **reached, **bound})
    _answering(port)
    authorized = {"Authorization": f"Bearer {issuer.token()}"}

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(
            httpx.get, f"http://127.0.0.1:{port}{PATHS[service]}", headers=authorized, timeout=30
        )
        assert slow_aws.asked.wait(10)
        running.terminate()
        answer = asked.result()

    assert answer.status_code == 200, answer.text
    assert answer.json()["items"] == []
    assert running.ended() == 0


def test_the_worker_ends_by_sigterm_without_an_error(
    run: Callable[..., Running], slow_aws: SlowAws
) -> None:
    urls = {"AWS_ENDPOINT_URL": slow_aws.url, "REMOVALS_QUEUE_URL": f"{slow_aws.url}/1/removals"}
    running = run("worker", "--network=host", environment={**KEYS, **urls})
    assert slow_aws.asked.wait(20)

    running.terminate()

    assert running.ended() == 0


def test_nothing_of_the_task_definition_is_left_out() -> None:
    # What is known here, and nothing else, decides how the images are run.
    known = {"Name", "Image", "Essential", "Command", "Cpu", "MemoryReservation", "Memory"}
    known |= {"PortMappings", "Environment", "User", "ReadonlyRootFilesystem", "LinuxParameters"}
    known |= {"StopTimeout", "LogConfiguration"}

    for container in DEFINITION["ContainerDefinitions"]:
        assert container.keys() <= known, container["Name"]
        assert LINUX[container["Name"]]["Capabilities"] == {"Drop": ["ALL"]}


def _answering(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200:
                return
        except httpx.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
