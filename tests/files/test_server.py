"""The service as it is started: by gunicorn, in its own folder, with its own settings."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = Path(__file__).parents[2] / "services" / "files"
GUNICORN = Path(sys.executable).with_name("gunicorn")
ALICE = "a11ce000-0000-4000-8000-000000000001"
FILES = "/me/todos/11111111-0000-4000-8000-000000000001/files"


@pytest.fixture
def slow_dynamodb() -> Iterator[tuple[str, threading.Event]]:
    """An endpoint that takes a second for an answer, and tells when it has been asked."""
    asked = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            asked.set()
            time.sleep(1)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"Items": [], "Count": 0}')

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        found: int = free.getsockname()[1]
    return found


@pytest.fixture
def environment(
    slow_dynamodb: tuple[str, threading.Event], jwks_url: str, port: int
) -> dict[str, str]:
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    return {
        **measured,
        "PATH": os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": slow_dynamodb[0],
        "FILES_TABLE": "files",
        "FILES_BUCKET": "files",
        "JWT_ISSUER": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_TestPool",
        "JWT_AUDIENCE": "web",
        "JWKS_URL": jwks_url,
        "GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{port}",
    }


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def run() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [GUNICORN, "files_service.wsgi:app"],
            cwd=FOLDER,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def connected(port: int) -> http.client.HTTPConnection:
    """A connection to the server once it listens."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except ConnectionRefusedError:
            time.sleep(0.05)
    return http.client.HTTPConnection("127.0.0.1", port, timeout=10)


def test_a_stop_answers_the_request_in_flight_and_leaves_idle_connections(
    start: Callable[[], subprocess.Popen[str]],
    slow_dynamodb: tuple[str, threading.Event],
    token: Callable[[str], str],
    port: int,
) -> None:
    server = start()
    idle, busy = connected(port), connected(port)
    idle.request("GET", "/health")
    assert idle.getresponse().read() == b'{"status":"ok"}'
    busy.request("GET", FILES, headers={"Authorization": f"Bearer {token(ALICE)}"})
    assert slow_dynamodb[1].wait(10)

    server.send_signal(signal.SIGTERM)
    answer = busy.getresponse()

    assert answer.status == 200
    assert answer.read() == b'{"items":[]}'
    assert server.wait(10) == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    idle.close()
    busy.close()


def test_a_refused_body_leaves_the_connection_good_for_the_next_request(
    start: Callable[[], subprocess.Popen[str]], token: Callable[[str], str], port: int
) -> None:
    start()
    connection = connected(port)
    headers = {"Authorization": f"Bearer {token(ALICE)}", "Content-Type": "application/json"}
    connection.request("POST", FILES, b" " * 1_000_000, headers)
    refused = connection.getresponse()
    refused.read()
    reused = connection.sock

    connection.request("GET", "/health")

    assert (refused.status, connection.getresponse().status) == (413, 200)
    assert connection.sock is reused
    connection.close()


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "in chunks"])
@pytest.mark.parametrize(("size", "status"), [(262_144, 400), (262_145, 413)])
def test_a_body_may_be_as_large_as_the_limit(
    start: Callable[[], subprocess.Popen[str]],
    token: Callable[[str], str],
    port: int,
    size: int,
    status: int,
    *,
    chunked: bool,
) -> None:
    """Nothing but blanks is read, and is no JSON, or is too much to be read."""
    start()
    connection = connected(port)
    headers = {"Authorization": f"Bearer {token(ALICE)}", "Content-Type": "application/json"}
    body = b" " * size

    connection.request("POST", FILES, iter([body]) if chunked else body, headers)

    assert connection.getresponse().status == status
    connection.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCRIPT_NAME", "/me"),
        ("X-Forwarded-Ssl", "on"),
        ("X-Forwarded-Proto", "https"),
        ("X-Long", "x" * 10_000),
    ],
)
def test_no_header_changes_what_is_asked_for(
    start: Callable[[], subprocess.Popen[str]], port: int, name: str, value: str
) -> None:
    start()
    connection = connected(port)

    connection.request("GET", "/me/nowhere", headers={name: value})
    answer = connection.getresponse()

    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert b'"instance":"/me/nowhere"' in answer.read()
    connection.close()


def test_a_body_with_broken_chunks_is_refused(
    start: Callable[[], subprocess.Popen[str]], token: Callable[[str], str], port: int
) -> None:
    start()
    connection = connected(port)
    connection.putrequest("POST", FILES)
    connection.putheader("Authorization", f"Bearer {token(ALICE)}")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders(b"no-size\r\n{}\r\n")

    assert connection.getresponse().status == 400
    connection.close()


def test_every_line_is_json_and_health_checks_are_not_logged(
    start: Callable[[], subprocess.Popen[str]], port: int
) -> None:
    server = start()
    connection = connected(port)
    for path in ("/health", "/nowhere"):
        connection.request("GET", path)
        connection.getresponse().read()
    connection.close()

    server.send_signal(signal.SIGTERM)
    output, errors = server.communicate(timeout=10)

    lines = output.splitlines()
    assert errors == ""
    assert all(line.startswith('{"time":"') and line.endswith("}") for line in lines)
    assert len([line for line in lines if '"status":404' in line]) == 1
    assert not [line for line in lines if "health" in line]


def test_a_missing_variable_stops_the_start_by_name(
    start: Callable[[], subprocess.Popen[str]], environment: dict[str, str]
) -> None:
    del environment["FILES_BUCKET"]

    server = start()
    output, errors = server.communicate(timeout=10)

    assert server.returncode == 1
    assert output == ""
    (line,) = errors.splitlines()
    assert line.startswith("files_service cannot start: FILES_BUCKET is not set; set it to ")


def test_what_only_botocore_reads_stops_the_start_in_one_line_too(
    start: Callable[[], subprocess.Popen[str]], environment: dict[str, str]
) -> None:
    environment["AWS_ENDPOINT_URL_S3"] = "s3"

    server = start()
    output, errors = server.communicate(timeout=10)

    assert (server.returncode, output) == (1, "")
    (line,) = errors.splitlines()
    assert line.startswith("files_service cannot start: botocore has no client of s3: ")


def test_the_server_writes_no_file_where_it_runs(
    start: Callable[[], subprocess.Popen[str]],
    environment: dict[str, str],
    tmp_path: Path,
    port: int,
) -> None:
    environment["HOME"] = environment["XDG_RUNTIME_DIR"] = str(tmp_path)
    before = set(FOLDER.rglob("*"))

    start()
    connection = connected(port)
    connection.request("GET", "/health")

    assert connection.getresponse().status == 200
    assert list(tmp_path.iterdir()) == []
    assert set(FOLDER.rglob("*")) == before
    connection.close()
