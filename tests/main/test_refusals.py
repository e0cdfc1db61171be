"""Requests that are refused, and how."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

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
    ("fields", "pointer"),
    [
        ({}, "/title"),
        ({"title": None}, "/title"),
        ({"title": ""}, "/title"),
        ({"title": "x" * 201}, "/title"),
        ({"title": 1}, "/title"),
        ({"title": ["x"]}, "/title"),
        ({"title": "a\0b"}, "/title"),
        ({"title": "a\nb"}, "/title"),
        ({"title": "a\x7fb"}, "/title"),
        ({"title": "x", "description": "x" * 4_001}, "/description"),
        ({"title": "x", "description": None}, "/description"),
        ({"title": "x", "description": "\0"}, "/description"),
        ({"title": "x", "notes": "x" * 10_001}, "/notes"),
        ({"title": "x", "notes": {}}, "/notes"),
        ({"title": "x", "notes": "a\0"}, "/notes"),
        ({"title": "x", "dueDate": ""}, "/dueDate"),
        ({"title": "x", "dueDate": "2026-02-29"}, "/dueDate"),
        ({"title": "x", "dueDate": "2026-2-1"}, "/dueDate"),
        ({"title": "x", "dueDate": "20260201"}, "/dueDate"),
        ({"title": "x", "dueDate": "2026-W01-1"}, "/dueDate"),
        ({"title": "x", "dueDate": "2026-02-01T00:00:00Z"}, "/dueDate"),
        ({"title": "x", "dueDate": "٢٠٢٦-٠٢-٠١"}, "/dueDate"),  # noqa: RUF001 - other digits
        ({"title": "x", "dueDate": "0000-01-01"}, "/dueDate"),
        ({"title": "x", "dueDate": 20260201}, "/dueDate"),
        ({"title": "x", "completed": "true"}, "/completed"),
        ({"title": "x", "completed": 1}, "/completed"),
        ({"title": "x", "completed": None}, "/completed"),
        ({"title": "x", "priority": -1}, "/priority"),
        ({"title": "x", "priority": 4}, "/priority"),
        ({"title": "x", "priority": "1"}, "/priority"),
        ({"title": "x", "priority": True}, "/priority"),
        ({"title": "x", "priority": 1.0}, "/priority"),
        ({"title": "x", "priority": 10**30}, "/priority"),
        ({"title": "x", "labels": "home"}, "/labels"),
        ({"title": "x", "labels": ["a"] * 2}, "/labels"),
        ({"title": "x", "labels": [str(n) for n in range(11)]}, "/labels"),
        ({"title": "x", "labels": ["ok", ""]}, "/labels/1"),
        ({"title": "x", "labels": ["x" * 41]}, "/labels/0"),
        ({"title": "x", "labels": [None]}, "/labels/0"),
        ({"title": "x", "labels": ["a\tb"]}, "/labels/0"),
        ({"title": "x", "position": ""}, "/position"),
        ({"title": "x", "position": None}, "/position"),
        ({"title": "x", "position": "a"}, "/position"),
        ({"title": "x", "position": "a00"}, "/position"),
        ({"title": "x", "position": "b1"}, "/position"),
        ({"title": "x", "position": "a0#"}, "/position"),
        ({"title": "x", "position": "a0\n"}, "/position"),
        ({"title": "x", "position": "0a"}, "/position"),
        ({"title": "x", "position": "i000000000"}, "/position"),
        ({"title": "x", "position": "a0" + "V" * 127}, "/position"),
        ({"title": "x", "position": 1}, "/position"),
        ({"title": "x", "deletedAt": None}, "/deletedAt"),
        ({"title": "x", "id": ID}, "/id"),
        ({"title": "x", "version": 7}, "/version"),
        ({"title": "x", "due_date": "2026-01-01"}, "/due_date"),
        ({"title": "x", "pk": "U#bob"}, "/pk"),
        ({"title": "x", "a/b~c": 1}, "/a~1b~0c"),
    ],
)
def test_an_invalid_field_is_refused_by_name_on_create(
    alice: FlaskClient, fields: dict[str, Any], pointer: str
) -> None:
    answer = alice.post("/me/todos", json=fields)

    assert answer.status_code == 400
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:invalid-request"
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]
    assert alice.get("/me/todos?status=all").get_json()["items"] == []


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({}, ""),
        ({"title": None}, "/title"),
        ({"title": ""}, "/title"),
        ({"completed": None}, "/completed"),
        ({"completed": "yes"}, "/completed"),
        ({"priority": 4}, "/priority"),
        ({"labels": ["a", "a"]}, "/labels"),
        ({"dueDate": "tomorrow"}, "/dueDate"),
        ({"notes": "x" * 10_001}, "/notes"),
        ({"position": None}, "/position"),
        ({"position": "a10"}, "/position"),
        ({"version": 2}, "/version"),
        ({"completedAt": "2026-01-01T00:00:00.000Z"}, "/completedAt"),
    ],
)
def test_an_invalid_field_is_refused_by_name_on_patch(
    alice: FlaskClient, fields: dict[str, Any], pointer: str
) -> None:
    todo = alice.post("/me/todos", json={"title": "x"}).get_json()

    answer = alice.patch(f"/me/todos/{todo['id']}", json=fields, content_type=PATCH)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]
    assert alice.get(f"/me/todos/{todo['id']}").get_json() == todo


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"nul",
        b"{'title': 'x'}",
        b'{"title": "x"} x',
        b'{"title": "x", "title": "y"}',
        b'{"title": "x", "labels": [{"a": 1, "a": 2}]}',
        b'{"title": "x", "priority": NaN}',
        b'{"title": "x", "priority": Infinity}',
        b'{"title": "\\ud800"}',
        b'{"title": "x", "\\udfff": 1}',
        b'{"title": "\xff"}',
        b'{"title": "\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"title": "x"}',
        '{"title": "x"}'.encode("utf-16"),
        b"[" * 100_000,
        b'{"a":' * 1_000 + b"1" + b"}" * 1_000,
    ],
)
@pytest.mark.parametrize(
    ("method", "path", "media_type"),
    [
        ("POST", "/me/todos", JSON),
        ("PUT", f"/me/todos/{ID}", JSON),
        ("PATCH", f"/me/todos/{ID}", PATCH),
    ],
)
def test_a_body_that_is_not_proper_json_is_refused(
    alice: FlaskClient, method: str, path: str, media_type: str, body: bytes
) -> None:
    answer = alice.open(path, method=method, data=body, content_type=media_type)

    assert answer.status_code == 400
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:malformed-json"


@pytest.mark.parametrize("body", ["[]", "null", '"title"', "1", "true", '[{"title": "x"}]'])
def test_a_body_that_is_not_an_object_is_refused(alice: FlaskClient, body: str) -> None:
    answer = alice.post("/me/todos", data=body, content_type=JSON)

    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["pointer"] == ""


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 5_000])
def test_a_number_beyond_all_bounds_is_refused(alice: FlaskClient, number: str) -> None:
    body = f'{{"title": "x", "priority": {number}}}'

    assert alice.post("/me/todos", data=body, content_type=JSON).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "media_type"),
    [
        ("POST", "/me/todos", None),
        ("POST", "/me/todos", ""),
        ("POST", "/me/todos", "text/plain"),
        ("POST", "/me/todos", "application/x-www-form-urlencoded"),
        ("POST", "/me/todos", PATCH),
        ("PUT", f"/me/todos/{ID}", PATCH),
        ("PATCH", f"/me/todos/{ID}", JSON),
        ("PATCH", f"/me/todos/{ID}", "application/json-patch+json"),
    ],
)
def test_another_media_type_is_refused_by_name(
    alice: FlaskClient, method: str, path: str, media_type: str | None
) -> None:
    answer = alice.open(path, method=method, data='{"title": "x"}', content_type=media_type)

    assert answer.status_code == 415
    assert answer.get_json()["detail"].startswith("Send the body as application/")


def test_a_charset_beside_the_media_type_is_accepted(alice: FlaskClient) -> None:
    answer = alice.post(
        "/me/todos", data='{"title": "x"}', content_type="application/json; charset=utf-8"
    )

    assert answer.status_code == 201


def test_a_body_over_the_limit_is_refused(alice: FlaskClient) -> None:
    body = b'{"title": "x"}'
    fits = alice.post("/me/todos", data=body.ljust(262_144), content_type=JSON)
    over = alice.post("/me/todos", data=body.ljust(262_145), content_type=JSON)

    assert fits.status_code == 201
    assert over.status_code == 413
    assert over.get_json()["type"] == "urn:todo-on-ecs:problem:content-too-large"


@pytest.mark.parametrize("size", [262_145, 1_000_000])
def test_a_body_over_the_limit_is_refused_when_it_comes_in_chunks(
    alice: FlaskClient, size: int
) -> None:
    answer = alice.post(
        "/me/todos",
        input_stream=BytesIO(b'{"title": "x"}'.ljust(size)),
        content_type=JSON,
        environ_overrides={"wsgi.input_terminated": True},
    )

    assert answer.status_code == 413


def test_a_body_in_chunks_is_read(alice: FlaskClient) -> None:
    answer = alice.post(
        "/me/todos",
        input_stream=BytesIO(b'{"title": "x"}'),
        content_type=JSON,
        environ_overrides={"wsgi.input_terminated": True},
    )

    assert answer.status_code == 201


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


def test_an_answer_to_a_thousand_faults_stays_small(alice: FlaskClient) -> None:
    answer = alice.post("/me/todos", json={"x" * 200 + str(n): 1 for n in range(1_000)})

    assert answer.status_code == 400
    assert len(answer.get_json()["errors"]) == 20
    assert len(answer.data) < 5_000
