"""The service as it is started: by gunicorn, in its own folder, with its own settings."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = Path(__file__).parents[2] / "services" / "main"
GUNICORN = Path(sys.executable).with_name("gunicorn")
ALICE = "a11ce000-0000-4000-8000-000000000001"


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


def todo_item(number: int) -> dict[str, Any]:
    todo_id = f"019a0000-0000-7000-8000-{number:012}"
    texts = {"sk": f"T#{todo_id}", "title": "x", "notes": "x" * 10_000}
    moment = "2025-10-20T05:03:11.360Z"
    texts |= {"createdAt": moment, "updatedAt": moment, "positionKey": f"O#a0#{todo_id}"}
    return {name: {"S": text} for name, text in texts.items()} | {"version": {"N": "1"}}


@pytest.fixture
def failing_dynamodb() -> Iterator[str]:
    """An endpoint that has a first page of to-dos, and then trouble."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            failing = "ExclusiveStartKey" in asked
            answer: dict[str, Any] = {"Items": []}
            if not failing and "IndexName" not in asked:
                answer["Items"] = [todo_item(number) for number in range(20)]
                answer["LastEvaluatedKey"] = {"pk": {"S": "x"}, "sk": answer["Items"][-1]["sk"]}
            content = json.dumps({} if failing else answer).encode()
            self.send_response(500 if failing else 200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
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
        "TODOS_TABLE": "todos",
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
            [GUNICORN, "main_service.wsgi:app"],
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
    busy.request("GET", "/me/todos", headers={"Authorization": f"Bearer {token(ALICE)}"})
    assert slow_dynamodb[1].wait(10)

    server.send_signal(signal.SIGTERM)
    answer = busy.getresponse()

    assert answer.status == 200
    assert answer.read() == b'{"items":[],"nextCursor":null}'
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
    connection.request("POST", "/me/todos", b" " * 1_000_000, headers)
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

    connection.request("POST", "/me/todos", iter([body]) if chunked else body, headers)

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
    connection.putrequest("POST", "/me/todos")
    connection.putheader("Authorization", f"Bearer {token(ALICE)}")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders(b"no-size\r\n{}\r\n")

    assert connection.getresponse().status == 400
    connection.close()


@pytest.mark.parametrize("format_", ["json", "csv", "ics"])
def test_a_download_that_fails_on_the_way_never_looks_complete(
    start: Callable[[], subprocess.Popen[str]],
    environment: dict[str, str],
    failing_dynamodb: str,
    token: Callable[[str], str],
    port: int,
    format_: str,
) -> None:
    environment["AWS_ENDPOINT_URL"] = failing_dynamodb
    server = start()
    connection = connected(port)
    path = f"/me/todos/export?format={format_}"
    connection.request("GET", path, headers={"Authorization": f"Bearer {token(ALICE)}"})
    answer = connection.getresponse()

    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    answer.close()
    connection.close()

    assert answer.status == 200
    server.send_signal(signal.SIGTERM)
    output, _ = server.communicate(timeout=10)
    assert ALICE not in output
    assert '"message":"unexpected error"' in output


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
    del environment["TODOS_TABLE"]

    server = start()
    output, errors = server.communicate(timeout=10)

    assert server.returncode == 1
    assert output == ""
    (line,) = errors.splitlines()
    assert line.startswith("main_service cannot start: TODOS_TABLE is not set; set it to ")


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
