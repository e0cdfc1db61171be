"""Bodies: what is read, and what is refused by name."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient

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
        ({"title": " "}, "/title"),
        ({"title": "\u3000\u00a0\u2028"}, "/title"),
        ({"title": "\u0085"}, "/title"),
        ({"title": "\ufeff\u200b\u200d\u2060"}, "/title"),
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
        ({"title": "x", "labels": ["ok", "\u2003 "]}, "/labels/1"),
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
        ({"title": "\u00a0"}, "/title"),
        ({"labels": [" "]}, "/labels/0"),
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
    errors = answer.get_json()["errors"]
    assert errors == [{"pointer": "", "detail": "Input should be an object"}]


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


@pytest.mark.parametrize("encoding", ["gzip", "br", "GZIP", "identity, gzip", "evil"])
@pytest.mark.parametrize(
    ("method", "path", "media_type"),
    [
        ("POST", "/me/todos", JSON),
        ("PUT", f"/me/todos/{ID}", JSON),
        ("PATCH", f"/me/todos/{ID}", PATCH),
    ],
)
def test_an_encoded_body_is_refused_by_name(
    alice: FlaskClient, method: str, path: str, media_type: str, encoding: str
) -> None:
    answer = alice.open(
        path,
        method=method,
        data='{"title": "x"}',
        content_type=media_type,
        headers={"Content-Encoding": encoding},
    )

    assert answer.status_code == 415
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:unsupported-content-encoding"
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["Content-Encoding"]
    assert answer.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("encoding", ["identity", "Identity", ""])
def test_a_body_that_says_it_is_not_encoded_is_accepted(alice: FlaskClient, encoding: str) -> None:
    answer = alice.post("/me/todos", json={"title": "x"}, headers={"Content-Encoding": encoding})

    assert answer.status_code == 201


@pytest.mark.parametrize("title", [" a ", "\u200bא\u200d", "\U0001f468\u200d\U0001f469", "-"])
def test_blanks_beside_something_to_see_are_kept(alice: FlaskClient, title: str) -> None:
    answer = alice.post("/me/todos", json={"title": title, "labels": [title], "notes": " "})

    assert answer.status_code == 201
    assert answer.get_json()["title"] == title


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


def test_an_answer_to_a_thousand_faults_stays_small(alice: FlaskClient) -> None:
    answer = alice.post("/me/todos", json={"x" * 200 + str(n): 1 for n in range(1_000)})

    assert answer.status_code == 400
    assert len(answer.get_json()["errors"]) == 20
    assert len(answer.data) < 5_000


@pytest.mark.parametrize("query", ["{0}=1&{0}=2", "{0}=%ff", "{0}=1"])
def test_a_long_name_of_a_parameter_is_cut_off(alice: FlaskClient, query: str) -> None:
    answer = alice.get("/me/todos?" + query.format("x" * 5_000))

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["x" * 100]
