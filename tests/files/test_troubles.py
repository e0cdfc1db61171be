"""A DynamoDB or an S3 in trouble, and mistakes of our own."""

from __future__ import annotations

import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from files_service import dynamodb, sdk
from files_service.app import create_app
from files_service.store import S3_SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from files_service.config import Config
    from flask import Flask
    from flask.testing import FlaskClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client

ALICE = "a11ce000-0000-4000-8000-000000000001"
ID = "00000000-0000-4000-8000-00000000dead"
FILES = f"/me/todos/{ID}/files"
FILE = {"name": "a.txt", "contentType": "text/plain", "size": 1, "sha256": "0" * 64}


class Trouble:
    """An endpoint that answers every call in the one way it was told."""

    def __init__(self) -> None:
        self.url, self.status, self.body, self.calls, self.delay = "", 500, b"", 0, 0.0

    def serve(self) -> ThreadingHTTPServer:
        trouble = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                trouble.calls += 1
                time.sleep(trouble.delay)
                self.send_response(trouble.status)
                self.send_header("Content-Length", str(len(trouble.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(trouble.body)

            do_POST = do_HEAD = do_DELETE = answer  # noqa: N815 - the names that http.server wants

            def log_message(self, *_args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


@pytest.fixture
def trouble(monkeypatch: pytest.MonkeyPatch) -> Iterator[Trouble]:
    trouble = Trouble()
    server = trouble.serve()
    trouble.url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", trouble.url)
    yield trouble
    server.shutdown()
    server.server_close()


@pytest.fixture
def signed_in(token: Callable[[str], str]) -> Callable[[Flask], FlaskClient]:
    def client(app: Flask) -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token(ALICE)}"
        return client

    return client


@pytest.fixture
def dynamodb_down(
    config: Config, s3: S3Client, trouble: Trouble, signed_in: Callable[[Flask], FlaskClient]
) -> FlaskClient:
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    variables = {**keys, "AWS_ENDPOINT_URL": trouble.url}
    trouble.body = b'{"__type": "x#InternalServerError", "message": "secret"}'
    return signed_in(create_app(config, dynamodb.client("eu-central-1", variables), s3))


@pytest.fixture
def s3_down(
    config: Config,
    dynamodb: DynamoDBClient,
    trouble: Trouble,
    signed_in: Callable[[Flask], FlaskClient],
) -> FlaskClient:
    trouble.body = b"<Error><Code>InternalError</Code><Message>secret</Message></Error>"
    broken = sdk.client("s3", "eu-central-1", os.environ, **S3_SETTINGS)
    return signed_in(create_app(config, dynamodb, broken))


def announce(client: FlaskClient) -> str:
    """The path of a pending attachment."""
    answer = client.post(FILES, json=FILE)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", FILES),
        ("POST", FILES),
        ("GET", f"{FILES}/{ID}"),
        ("DELETE", f"{FILES}/{ID}"),
        ("POST", f"{FILES}/{ID}/complete"),
        ("GET", f"{FILES}/{ID}/content"),
        ("GET", "/me/files/usage"),
    ],
)
def test_trouble_of_dynamodb_is_tried_twice_and_then_told(
    dynamodb_down: FlaskClient, trouble: Trouble, method: str, path: str
) -> None:
    answer = dynamodb_down.open(path, method=method, json=FILE if method == "POST" else None)

    assert answer.status_code == 503
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:unavailable"
    assert int(answer.headers["Retry-After"]) > 0
    assert "secret" not in answer.text
    assert trouble.calls == 2


@pytest.mark.parametrize(("method", "rest"), [("POST", "/complete"), ("DELETE", "")])
@pytest.mark.parametrize("status", [500, 502, 503])
def test_trouble_of_s3_is_tried_twice_and_then_told(
    s3_down: FlaskClient, trouble: Trouble, status: int, method: str, rest: str
) -> None:
    path = announce(s3_down)
    trouble.status = status

    answer = s3_down.open(f"{path}{rest}", method=method)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "secret" not in answer.text
    assert trouble.calls == 2
    assert s3_down.get(path).get_json()["status"] == "pending"


def test_a_silent_s3_is_given_up_within_6_seconds(s3_down: FlaskClient, trouble: Trouble) -> None:
    path = announce(s3_down)
    trouble.delay = 3
    started = time.monotonic()

    answer = s3_down.post(f"{path}/complete")

    assert answer.status_code == 503
    assert time.monotonic() - started < 6


def test_announcing_and_downloading_need_no_call_to_s3(
    s3_down: FlaskClient, trouble: Trouble
) -> None:
    announce(s3_down)

    assert trouble.calls == 0


def test_what_a_role_may_not_list_counts_as_missing(s3_down: FlaskClient, trouble: Trouble) -> None:
    path = announce(s3_down)
    trouble.status = 403

    answer = s3_down.post(f"{path}/complete")

    assert answer.status_code == 409
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:upload-missing"


@pytest.mark.parametrize(
    ("method", "rest", "status"), [("DELETE", "", 403), ("POST", "/complete", 400)]
)
def test_a_mistake_of_ours_is_an_internal_error_that_shows_nothing(
    s3_down: FlaskClient, trouble: Trouble, method: str, rest: str, status: int
) -> None:
    path = announce(s3_down)
    trouble.status = status

    answer = s3_down.open(f"{path}{rest}", method=method)

    assert answer.status_code == 500
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:internal-error"
    assert "secret" not in answer.text
    assert s3_down.get(path).status_code == 200
