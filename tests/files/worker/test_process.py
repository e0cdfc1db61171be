"""The worker as it is started: by Python, in its own folder, with its own settings."""

from __future__ import annotations

import json
import os
import signal
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

    Start = Callable[[], subprocess.Popen[str]]

FOLDER = Path(__file__).parents[3] / "services" / "files"
RECORD = {
    "eventName": "REMOVE",
    "dynamodb": {
        "ApproximateCreationDateTime": 1_800_000_000,
        "Keys": {
            "pk": {"S": "U#a11ce000-0000-4000-8000-000000000001"},
            "sk": {"S": "T#11111111-0000-4000-8000-000000000001"},
        },
    },
}


class Aws:
    """An endpoint with one message, and a table that takes a second to answer."""

    def __init__(self) -> None:
        self.asked, self.calls = threading.Event(), list[str]()
        self.messages = [
            {
                "MessageId": "m-1",
                "ReceiptHandle": "r-1",
                "Body": json.dumps(RECORD),
                "Attributes": {"ApproximateReceiveCount": "1"},
            }
        ]
        self.over = threading.Event()
        self.server = self._serve()

    def answer(self, operation: str) -> dict[str, object]:
        self.calls.append(operation)
        if operation == "Query":
            self.asked.set()
            time.sleep(1)
            return {"Items": [], "Count": 0}
        if operation == "ReceiveMessage" and self.messages:
            return {"Messages": [self.messages.pop()]}
        if operation == "ReceiveMessage":
            self.over.wait(20)
        return {}

    def _serve(self) -> ThreadingHTTPServer:
        aws = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                body = json.dumps(aws.answer(self.headers["X-Amz-Target"].split(".")[-1])).encode()
                try:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:  # the worker has gone
                    self.close_connection = True

            def log_message(self, *_args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


@pytest.fixture
def endpoint() -> Iterator[Aws]:
    endpoint = Aws()
    yield endpoint
    endpoint.over.set()
    endpoint.server.shutdown()
    endpoint.server.server_close()


@pytest.fixture
def environment(endpoint: Aws) -> dict[str, str]:
    url = f"http://127.0.0.1:{endpoint.server.server_port}"
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    return {
        **measured,
        "PATH": os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": url,
        "FILES_TABLE": "files",
        "FILES_BUCKET": "files",
        "REMOVALS_QUEUE_URL": f"{url}/1/removals",
    }


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def run() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "files_service.worker"],
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


def wait_for(endpoint: Aws, *operations: str) -> None:
    deadline = time.monotonic() + 10
    while endpoint.calls[-len(operations) :] != list(operations):
        assert time.monotonic() < deadline, endpoint.calls
        time.sleep(0.02)


def test_a_stop_finishes_the_message_in_hand_and_takes_no_other(
    start: Start, endpoint: Aws
) -> None:
    worker = start()
    assert endpoint.asked.wait(10)

    worker.send_signal(signal.SIGTERM)
    output, errors = worker.communicate(timeout=10)

    assert (worker.returncode, errors) == (0, "")
    assert endpoint.calls == ["ReceiveMessage", "Query", "DeleteMessage"]
    (line,) = output.splitlines()
    content = json.loads(line)
    assert (content["service"], content["level"], content["messageId"]) == ("files", "INFO", "m-1")


def test_a_stop_does_not_wait_for_the_next_message(start: Start, endpoint: Aws) -> None:
    worker = start()
    wait_for(endpoint, "DeleteMessage", "ReceiveMessage")

    worker.send_signal(signal.SIGTERM)
    _, errors = worker.communicate(timeout=5)

    assert (worker.returncode, errors) == (0, "")


def test_a_missing_variable_stops_the_start_by_name(
    start: Start, environment: dict[str, str]
) -> None:
    del environment["REMOVALS_QUEUE_URL"]

    worker = start()
    output, errors = worker.communicate(timeout=10)

    assert (worker.returncode, output) == (1, "")
    (line,) = errors.splitlines()
    expected = "files_service.worker cannot start: REMOVALS_QUEUE_URL is not set; set it to "
    assert line.startswith(expected)


def test_what_only_botocore_reads_stops_the_start_in_one_line_too(
    start: Start, environment: dict[str, str]
) -> None:
    environment["AWS_ENDPOINT_URL_SQS"] = "sqs"

    worker = start()
    output, errors = worker.communicate(timeout=10)

    assert (worker.returncode, output) == (1, "")
    (line,) = errors.splitlines()
    assert line.startswith("files_service.worker cannot start: botocore has no client of sqs: ")
