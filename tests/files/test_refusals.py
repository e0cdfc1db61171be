"""Requests that are refused, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
ID = "00000000-0000-4000-8000-00000000dead"
FILES = f"/me/todos/{ID}/files"
JSON = "application/json"
FILE = {"name": "a.txt", "contentType": "text/plain", "size": 1, "sha256": "0" * 64}
MISSING = object()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((field, value) for field in FILE for value in (MISSING, None, "", [], {}, True)),
        ("name", "x" * 256),
        ("name", "\u3000 "),
        ("name", "\ufeff"),
        ("name", "a\0b"),
        ("name", "a\r\nb"),
        ("name", 1),
        ("contentType", "text"),
        ("contentType", "text/"),
        ("contentType", "/plain"),
        ("contentType", "text/plain; charset=utf-8"),
        ("contentType", "text/plain\n"),
        ("contentType", "text/plain\r\nx-amz-acl: public-read"),
        ("contentType", "text/ä"),
        ("contentType", "a/" + "b" * 126),
        ("size", 0),
        ("size", -1),
        ("size", 1.0),
        ("size", "1"),
        ("sha256", "0" * 63),
        ("sha256", "0" * 65),
        ("sha256", "A" * 64),
        ("sha256", "0" * 64 + "\n"),
        ("sha256", "g" * 64),
        ("id", ID),
        ("status", "complete"),
        ("content_type", "text/plain"),
    ],
)
def test_an_invalid_field_is_refused_by_name(alice: FlaskClient, field: str, value: object) -> None:
    fields = {name: v for name, v in (FILE | {field: value}).items() if v is not MISSING}

    answer = alice.post(FILES, json=fields)

    assert answer.status_code == 400
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:invalid-request"
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [f"/{field}"]


@pytest.mark.parametrize("size", [26_214_401, 10**12, 10**30])
def test_a_file_over_the_limit_is_refused(alice: FlaskClient, size: int) -> None:
    answer = alice.post(FILES, json=FILE | {"size": size})

    assert answer.status_code == 413
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:file-too-large"
    assert "26214400 bytes" in answer.get_json()["detail"]


def test_a_file_of_the_largest_size_is_accepted(alice: FlaskClient) -> None:
    assert alice.post(FILES, json=FILE | {"size": 26_214_400}).status_code == 201


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"name": "a", "name": "b"}', b'{"size": NaN}', b'{"name": "\\ud800"}']
)
def test_a_body_that_is_not_proper_json_is_refused(alice: FlaskClient, body: bytes) -> None:
    answer = alice.post(FILES, data=body, content_type=JSON)

    assert answer.status_code == 400
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:malformed-json"


@pytest.mark.parametrize("media_type", [None, "text/plain", "multipart/form-data"])
def test_another_media_type_is_refused_by_name(alice: FlaskClient, media_type: str | None) -> None:
    answer = alice.post(FILES, data="{}", content_type=media_type)

    assert answer.status_code == 415
    assert answer.get_json()["detail"] == "Send the body as application/json."


def test_an_encoded_body_is_refused_by_name(alice: FlaskClient) -> None:
    answer = alice.post(FILES, json=FILE, headers={"Content-Encoding": "gzip"})

    assert answer.status_code == 415
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:unsupported-content-encoding"
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["Content-Encoding"]


def test_a_body_over_the_limit_is_refused(alice: FlaskClient) -> None:
    answer = alice.post(FILES, data=b"{}".ljust(262_145), content_type=JSON)

    assert answer.status_code == 413
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:content-too-large"


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("GET", ""),
        ("POST", ""),
        ("GET", f"/{ID}"),
        ("DELETE", f"/{ID}"),
        ("POST", f"/{ID}/complete"),
        ("GET", f"/{ID}/content"),
    ],
)
def test_an_unknown_parameter_is_refused_by_name(
    alice: FlaskClient, method: str, rest: str
) -> None:
    answer = alice.open(f"{FILES}{rest}?all=1", method=method)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["all"]


@pytest.mark.parametrize(
    "path",
    [
        "/me/todos",
        f"/me/todos/{ID}",
        "/me/todos/x/files",
        f"/me/todos/{ID.upper()}/files",
        f"{FILES}/",
        f"{FILES}/x",
        f"{FILES}/{ID.upper()}",
        f"{FILES}/{ID}/",
        f"{FILES}/{ID}/Content",
        f"//todos/{ID}/files",
        f"/me/todos/{ID}//files",
    ],
)
def test_an_unknown_path_is_not_found(alice: FlaskClient, path: str) -> None:
    answer = alice.get(path)

    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "rest", "allowed"),
    [
        ("PUT", "", {"GET", "HEAD", "POST"}),
        ("OPTIONS", "", {"GET", "HEAD", "POST"}),
        ("PATCH", f"/{ID}", {"GET", "HEAD", "DELETE"}),
        ("GET", f"/{ID}/complete", {"POST"}),
        ("PUT", f"/{ID}/content", {"GET", "HEAD"}),
    ],
)
def test_another_method_is_refused_and_told_which_are_allowed(
    alice: FlaskClient, method: str, rest: str, allowed: set[str]
) -> None:
    answer = alice.open(f"{FILES}{rest}", method=method)

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == allowed
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("owner", [BOB, "ME", "me%20", ALICE.upper(), "%00", "*"])
def test_another_users_path_is_forbidden(alice: FlaskClient, owner: str) -> None:
    answer = alice.get(f"/{owner}/todos/{ID}/files")

    assert answer.status_code == 403
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:forbidden"


def test_a_refusal_never_repeats_what_was_sent(alice: FlaskClient) -> None:
    secret = "the-secret-value"

    answers = [
        alice.post(FILES, json=FILE | {"name": secret * 20}),
        alice.post(FILES, json=FILE | {"contentType": secret}),
        alice.post(FILES, json=FILE | {"sha256": secret}),
        alice.post(FILES, data=f'{{"name": {secret}', content_type=JSON),
    ]

    assert [answer.status_code for answer in answers] == [400] * len(answers)
    assert not [answer.text for answer in answers if secret in answer.text]
