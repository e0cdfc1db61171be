"""Requests that are refused, and how; those for their body are in test_bodies.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
ID = "00000000-0000-4000-8000-00000000dead"
JSON = "application/json"
PATCH = "application/merge-patch+json"


@pytest.mark.parametrize(
    ("method", "path", "parameter"),
    [
        ("GET", "/me/todos?status=trash", "status"),
        ("GET", "/me/todos?status=", "status"),
        ("GET", "/me/todos?status=open&status=done", "status"),
        ("GET", "/me/todos?Status=open", "Status"),
        ("GET", "/me/todos?limit=0", "limit"),
        ("GET", "/me/todos?limit=101", "limit"),
        ("GET", "/me/todos?limit=-1", "limit"),
        ("GET", "/me/todos?limit=", "limit"),
        ("GET", "/me/todos?limit=1.0", "limit"),
        ("GET", "/me/todos?limit=+5", "limit"),
        ("GET", "/me/todos?limit=%D9%A5", "limit"),
        ("GET", "/me/todos?limit=1_0", "limit"),
        ("GET", "/me/todos?limit=" + "9" * 400, "limit"),
        ("GET", "/me/todos?userID=bob", "userID"),
        ("GET", "/me/todos?sort=title", "sort"),
        ("GET", "/me/todos?sort=", "sort"),
        ("GET", "/me/todos?q=", "q"),
        ("GET", f"/me/todos?q={'x' * 201}", "q"),
        ("GET", "/me/todos?q=%ff", "q"),
        ("GET", "/me/todos?limit=5&label=%ed%a0%80", "label"),
        ("GET", "/me/todos?cursor=%c0%af", "cursor"),
        ("GET", "/me/todos?%ff=1", "\ufffd"),
        ("DELETE", "/me/todos?status=done%ff", "status"),
        ("GET", "/me/todos/export?format=json%80", "format"),
        ("GET", "/me/todos?label=", "label"),
        ("GET", f"/me/todos?label={'x' * 41}", "label"),
        ("GET", "/me/todos?dueFrom=2026-02-29", "dueFrom"),
        ("GET", "/me/todos?dueFrom=", "dueFrom"),
        ("GET", "/me/todos?dueTo=tomorrow", "dueTo"),
        ("GET", "/me/todos?dueTo=20260101", "dueTo"),
        ("GET", "/me/todos?due_to=2026-01-01", "due_to"),
        ("DELETE", "/me/todos", "status"),
        ("DELETE", "/me/todos?status=open", "status"),
        ("DELETE", "/me/todos?status=all", "status"),
        ("DELETE", "/me/todos?status=done&q=x", "q"),
        ("GET", "/me/todos/export?format=xml", "format"),
        ("GET", "/me/todos/export?format=JSON", "format"),
        ("GET", "/me/todos/export?status=done", "status"),
        ("POST", f"/me/todos/{ID}/restore?force=1", "force"),
        ("PUT", f"/me/todos/{ID}?upsert=1", "upsert"),
        ("POST", "/me/todos?status=open", "status"),
        ("GET", f"/me/todos/{ID}?x", "x"),
        ("PATCH", f"/me/todos/{ID}?force=1", "force"),
        ("DELETE", f"/me/todos/{ID}?force=1", "force"),
    ],
)
def test_an_invalid_or_unknown_parameter_is_refused_by_name(
    alice: FlaskClient, method: str, path: str, parameter: str
) -> None:
    answer = alice.open(path, method=method)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [parameter]


@pytest.mark.parametrize("condition", ["1", "", '"1', '"1" "2"', '"1",,"2"', '*, "1"', 'w/"1"'])
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_malformed_condition_is_refused_by_name(
    alice: FlaskClient, method: str, condition: str
) -> None:
    todo = alice.post("/me/todos", json={"title": "x"}).get_json()

    answer = alice.open(
        f"/me/todos/{todo['id']}",
        method=method,
        data='{"title": "y"}',
        headers={"If-Match": condition, "Content-Type": PATCH},
    )

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["If-Match"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/me",
        "/me/",
        "/me/todos/",
        "//todos",
        "/me//todos",
        "/todos",
        "/me/Todos",
        "/me/todos/x",
        f"/me/todos/{ID.upper()}",
        f"/me/todos/{{{ID}}}",
        f"/me/todos/{ID}0",
        f"/me/todos/{ID}/",
        f"/me/todos/{ID}%0A",
        f"/me/todos/{ID}/files",
        f"/me/todos/{ID}/restore/",
        "/me/todos/exports",
        "/me/todos/export/",
        f"/me/todos/..%2F{ID}",
        "/static/x",
        "/health/",
    ],
)
def test_an_unknown_path_is_not_found(alice: FlaskClient, path: str) -> None:
    answer = alice.get(path)

    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/me/todos", {"GET", "HEAD", "POST", "DELETE"}),
        ("OPTIONS", "/me/todos", {"GET", "HEAD", "POST", "DELETE"}),
        ("TRACE", "/me/todos", {"GET", "HEAD", "POST", "DELETE"}),
        ("POST", "/me/todos/export", {"GET", "HEAD"}),
        ("POST", f"/me/todos/{ID}", {"GET", "HEAD", "PUT", "PATCH", "DELETE"}),
        ("GET", f"/me/todos/{ID}/restore", {"POST"}),
        ("POST", "/health", {"GET", "HEAD"}),
    ],
)
def test_another_method_is_refused_and_told_which_are_allowed(
    alice: FlaskClient, method: str, path: str, allowed: set[str]
) -> None:
    answer = alice.open(path, method=method)

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == allowed
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("owner", [BOB, "ME", "Me", "me%20", ALICE.upper(), "%00", "*", "U%23x"])
@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("GET", ""),
        ("POST", ""),
        ("DELETE", "?status=trashed"),
        ("GET", "/export"),
        ("GET", f"/{ID}"),
        ("PUT", f"/{ID}"),
        ("PATCH", f"/{ID}"),
        ("DELETE", f"/{ID}"),
        ("POST", f"/{ID}/restore"),
    ],
)
def test_another_users_path_is_forbidden(
    alice: FlaskClient, method: str, rest: str, owner: str
) -> None:
    answer = alice.open(f"/{owner}/todos{rest}", method=method)

    assert answer.status_code == 403
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:forbidden"


@pytest.mark.parametrize("sub", ["", "a b", "U#x", "a/b", "../x", "-x", "x" * 129, "ü"])
def test_a_subject_that_could_steer_a_key_is_refused(
    app: Flask, token: Callable[[str], str], sub: str
) -> None:
    headers = {"Authorization": f"Bearer {token(sub)}"}

    assert app.test_client().get("/me/todos", headers=headers).status_code == 401


def test_a_refusal_never_repeats_what_was_sent(alice: FlaskClient) -> None:
    secret = "the-secret-value"

    answers = [
        alice.post("/me/todos", json={"title": secret * 20}),
        alice.post("/me/todos", json={"title": "x", "dueDate": secret}),
        alice.post("/me/todos", json={"title": "x", "priority": secret}),
        alice.post("/me/todos", data=f'{{"title": {secret}', content_type=JSON),
        alice.get(f"/me/todos?cursor={secret}"),
        alice.get(f"/me/todos?status={secret}"),
        alice.delete(f"/me/todos/{ID}", headers={"If-Match": secret}),
    ]

    assert [answer.status_code for answer in answers] == [400] * len(answers)
    assert not [answer.text for answer in answers if secret in answer.text]


def test_a_parameter_in_bytes_that_are_not_utf8_is_refused_by_name(
    app: Flask, token: Callable[[str], str]
) -> None:
    """No server of ours lets such a line through, so this is what another might pass on."""
    environ = {"HTTP_AUTHORIZATION": f"Bearer {token(ALICE)}", "QUERY_STRING": "limit=5&q=a\xff"}

    answer = Client(app).get("/me/todos", environ_overrides=environ)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json["errors"]] == ["q"]  # type: ignore[index]
