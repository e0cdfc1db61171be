"""A DynamoDB in trouble, and mistakes of our own."""

from __future__ import annotations

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from main_service import dynamodb
from main_service.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient
    from main_service.config import Config
    from types_boto3_dynamodb import DynamoDBClient

ALICE = "a11ce000-0000-4000-8000-000000000001"
ID = "00000000-0000-4000-8000-00000000dead"
PATCH = "application/merge-patch+json"
OPERATIONS = [
    ("GET", "/me/todos", None),
    ("POST", "/me/todos", "application/json"),
    ("GET", f"/me/todos/{ID}", None),
    ("PATCH", f"/me/todos/{ID}", PATCH),
    ("DELETE", f"/me/todos/{ID}", None),
    ("PUT", f"/me/todos/{ID}", "application/json"),
    ("POST", f"/me/todos/{ID}/restore", None),
    ("DELETE", "/me/todos?status=done", None),
    ("DELETE", "/me/todos?status=trashed", None),
    ("GET", "/me/todos?sort=created&q=x", None),
    ("GET", "/me/todos/export?format=csv", None),
]


class Trouble:
    """An endpoint that answers every call in the one way it was told."""

    def __init__(self) -> None:
        self.url, self.status, self.code, self.calls, self.delay = "", 200, "", 0, 0.0

    def serve(self) -> ThreadingHTTPServer:
        trouble = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                trouble.calls += 1
                time.sleep(trouble.delay)
                self.send_response(trouble.status)
                self.end_headers()
                secret = {"__type": f"com.amazonaws#{trouble.code}", "message": "AWS's secret"}
                self.wfile.write(json.dumps(secret).encode())

            do_GET = do_POST  # noqa: N815 - the name that http.server wants

            def log_message(self, *_args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


def client_of(url: str) -> DynamoDBClient:
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    return dynamodb.client("eu-central-1", {**keys, "AWS_ENDPOINT_URL": url})


@pytest.fixture
def trouble() -> Iterator[Trouble]:
    trouble = Trouble()
    server = trouble.serve()
    trouble.url = f"http://127.0.0.1:{server.server_port}"
    yield trouble
    server.shutdown()
    server.server_close()


@pytest.fixture
def troubled(config: Config, trouble: Trouble, token: Callable[[str], str]) -> FlaskClient:
    client = create_app(config, client_of(trouble.url)).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token(ALICE)}"
    return client


@pytest.mark.parametrize(("method", "path", "media_type"), OPERATIONS)
def test_trouble_that_passes_is_tried_twice_and_then_told(
    troubled: FlaskClient, trouble: Trouble, method: str, path: str, media_type: str | None
) -> None:
    trouble.status, trouble.code = 500, "InternalServerError"

    answer = troubled.open(
        path,
        method=method,
        data='{"title": "x"}',
        content_type=media_type,
        headers={"If-None-Match": "*"},
    )

    assert answer.status_code == 503
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:unavailable"
    assert int(answer.headers["Retry-After"]) > 0
    assert "secret" not in answer.text
    assert trouble.calls == 2


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "ThrottlingException"),
        (400, "ProvisionedThroughputExceededException"),
        (400, "RequestLimitExceeded"),
        (503, "ServiceUnavailable"),
    ],
)
def test_every_kind_of_trouble_that_passes_is_told(
    troubled: FlaskClient, trouble: Trouble, status: int, code: str
) -> None:
    trouble.status, trouble.code = status, code

    assert troubled.get("/me/todos").status_code == 503


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"]
)
def test_a_mistake_of_ours_is_an_internal_error_that_shows_nothing(
    troubled: FlaskClient, trouble: Trouble, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    trouble.status, trouble.code = 400, code

    answer = troubled.get("/me/todos")

    assert answer.status_code == 500
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:internal-error"
    assert answer.get_json()["requestId"] == answer.headers["X-Request-Id"]
    assert "secret" not in answer.text
    assert code not in answer.text
    assert any(record.exc_info for record in caplog.records)


def test_a_silent_dynamodb_is_given_up_within_6_seconds(
    troubled: FlaskClient, trouble: Trouble
) -> None:
    trouble.delay = 3
    started = time.monotonic()

    answer = troubled.get("/me/todos")

    assert answer.status_code == 503
    assert time.monotonic() - started < 6
    assert trouble.calls == 2


@pytest.mark.parametrize(("status", "delay"), [(500, 0), (200, 0), (200, 3)])
def test_credentials_that_cannot_be_had_are_told_and_the_service_lives(
    config: Config, trouble: Trouble, token: Callable[[str], str], status: int, delay: float
) -> None:
    trouble.status, trouble.delay = status, delay
    variables = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": trouble.url}
    client = create_app(config, dynamodb.client("eu-central-1", variables)).test_client()
    started = time.monotonic()

    answer = client.get("/me/todos", headers={"Authorization": f"Bearer {token(ALICE)}"})

    assert time.monotonic() - started < 6
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "secret" not in answer.text
    assert trouble.calls == 2
    assert client.get("/health").status_code == 200
    assert trouble.calls == 2


def test_an_unreachable_dynamodb_is_told(config: Config, token: Callable[[str], str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    app = create_app(config, client_of(url))

    answer = app.test_client().get("/me/todos", headers={"Authorization": f"Bearer {token(ALICE)}"})

    assert answer.status_code == 503
