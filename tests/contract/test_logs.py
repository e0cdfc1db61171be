"""One line a request, with nothing private in it."""

from __future__ import annotations

import hashlib
import importlib
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from tests.pair.operations import OPERATIONS, Operation, World

if TYPE_CHECKING:
    from flask import Flask

    from tests.pair.issuer import Issuer
    from tests.pair.person import Person

ALICE = "a11ce000-0000-4000-8000-000000000001"
ID = "00000000-0000-4000-8000-00000000dead"
FIELDS = {"time", "level", "service", "requestId", "route", "method", "status", "durationMs"}
FIELDS |= {"user", "bytes"}


class Lines(logging.Handler):
    """What would be written to stdout."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))

    @property
    def only(self) -> dict[str, Any]:
        (text,) = self.texts
        line: dict[str, Any] = json.loads(text)
        return line


@pytest.fixture
def lines(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Lines:
    package = app.name.partition(".")[0]
    lines = Lines(importlib.import_module(f"{package}.logs").JsonLines())
    logger = logging.getLogger(package)
    monkeypatch.setattr(logger, "handlers", [lines])
    monkeypatch.setattr(logger, "level", logging.INFO)
    logger.manager._clear_cache()  # type: ignore[attr-defined]  # noqa: SLF001 - level was set past it
    return lines


@pytest.fixture
def path(app: Flask) -> str:
    """Where the service lists something."""
    return f"/me/todos/{ID}/files" if app.name.startswith("files") else "/me/todos"


def test_a_request_is_one_line(app: Flask, lines: Lines, path: str, issuer: Issuer) -> None:
    headers = {"Authorization": f"Bearer {issuer.token()}", "X-Request-Id": "r-1"}

    answer = app.test_client().get(path, headers=headers)

    line = lines.only
    assert set(line) == FIELDS
    assert line["service"] == app.name.partition("_")[0]
    assert (line["level"], line["method"], line["status"]) == ("INFO", "GET", 200)
    assert line["requestId"] == "r-1"
    assert line["route"] == path.replace("me", "<user_id>").replace(ID, "<id:todo_id>")
    assert line["user"] == hashlib.sha256(ALICE.encode()).hexdigest()[:16]
    assert line["bytes"] == len(answer.data)


def test_no_line_holds_anything_private(app: Flask, lines: Lines, issuer: Issuer) -> None:
    token = issuer.token(email="someone@example.org", username="someone")
    client, headers = app.test_client(), {"Authorization": f"Bearer {token}"}
    file = {"name": "private.txt", "contentType": "text/plain", "size": 1, "sha256": "0" * 64}

    client.post("/me/todos", headers=headers, json={"title": "private"})
    client.post(f"/me/todos/{ID}/files", headers=headers, json=file)
    client.get("/private?title=private", headers=headers)
    client.get(f"/{ALICE}/todos?q=private", headers=headers)

    written = "\n".join(lines.texts)
    assert len(lines.texts) == 4
    assert not [
        secret
        for secret in ("private", "someone", ALICE, ID, token, token.rpartition(".")[2])
        if secret in written
    ]


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_operation_is_one_line_that_keeps_secrets(
    settled: tuple[Person, World], caplog: pytest.LogCaptureFixture, operation: Operation
) -> None:
    person, world = settled
    request = operation.request(world, user=person.sub)
    caplog.set_level(logging.INFO)
    given = {**request.headers, "X-Request-Id": "r-1"}
    caplog.clear()

    answer = person.ask(request.method, request.path, request.json, request.query, **given)

    records = [record for record in caplog.records if record.name.endswith(".logs")]
    module = importlib.import_module(f"{operation.service}_service.logs")
    texts = [module.JsonLines().format(record) for record in caplog.records]
    assert answer.status in operation.successes
    assert len(records) == 1
    line = json.loads(module.JsonLines().format(records[0]))
    assert line["requestId"] == answer.headers["x-request-id"] == "r-1"
    assert line["status"] == answer.status
    private = [person.token, person.token.rpartition(".")[2], person.sub, "confidential", "example"]
    private += [*vars(world).values(), *request.query.values()]
    assert [word for word in private if any(word in text for text in texts)] == []


def test_a_line_is_at_most_300_bytes(app: Flask, lines: Lines, issuer: Issuer) -> None:
    headers = {"Authorization": f"Bearer {issuer.token()}", "X-Request-Id": "x" * 64}
    longest = f"/me/todos/{ID}/files/{ID}/complete"

    app.test_client().post(longest, headers=headers)
    app.test_client().get(f"/me/todos/{ID}?{'x' * 2_000}", headers=headers)

    assert max(len(text.encode()) for text in lines.texts) <= 300


def test_health_checks_are_not_logged(app: Flask, lines: Lines) -> None:
    assert app.test_client().get("/health").status_code == 200

    assert lines.texts == []


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-Request-Id": "abc.DEF-1_2:3=4;5"}, "abc.DEF-1_2:3=4;5"),
        (
            {"X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678"},
            "Root=1-67891233-abcdef012345678912345678",
        ),
        ({"X-Amzn-Trace-Id": "Self=1-a-b;Root=1-c-d;Sampled=1"}, "Root=1-c-d"),
        ({"X-Request-Id": "r-1", "X-Amzn-Trace-Id": "Root=1-c-d"}, "r-1"),
        ({"X-Request-Id": "bad id", "X-Amzn-Trace-Id": "Root=1-c-d"}, "Root=1-c-d"),
    ],
)
def test_the_callers_request_id_is_answered_and_logged(
    app: Flask, lines: Lines, headers: dict[str, str], expected: str
) -> None:
    answer = app.test_client().get("/nowhere", headers=headers)

    assert answer.headers["X-Request-Id"] == expected
    assert answer.get_json()["requestId"] == expected
    assert lines.only["requestId"] == expected


@pytest.mark.parametrize(
    "given", ["", "x" * 65, "a b", 'a"b', "a\tb", "ä", "<script>", "a,b", "%0d%0a"]
)
def test_a_request_id_of_another_form_is_replaced(app: Flask, given: str) -> None:
    answers = [
        app.test_client().get("/health", headers={name: given})
        for name in ("X-Request-Id", "X-Amzn-Trace-Id")
    ]

    for answer in answers:
        assert len(answer.headers["X-Request-Id"]) == 36


def test_an_unexpected_error_is_logged_with_its_traceback_and_not_shown(
    app: Flask, lines: Lines, path: str, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "store", None)
    headers = {"Authorization": f"Bearer {issuer.token()}"}

    answer = app.test_client().get(path, headers=headers)

    error, request = (json.loads(text) for text in lines.texts)
    assert answer.status_code == request["status"] == 500
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:internal-error"
    assert "AttributeError" in error["exception"]
    assert "Attribute" not in answer.text
    assert error["level"] == "ERROR"
    assert error["requestId"] == request["requestId"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("where", ["/health", "/nowhere", "list"])
def test_every_answer_tells_browsers_to_keep_and_to_guess_nothing(
    app: Flask, path: str, where: str, issuer: Issuer
) -> None:
    headers = {"Authorization": f"Bearer {issuer.token()}"}

    answer = app.test_client().get(path if where == "list" else where, headers=headers)

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
