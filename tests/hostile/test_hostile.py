"""At least 150 hostile requests: each gets exactly the answer that it should, and nothing else of
the victim changes or is told."""

from __future__ import annotations

import http.client
import json
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from tests.hostile import bodies, headers, paths, tokens, uploads

if TYPE_CHECKING:
    from tests.hostile.conftest import Scene
    from tests.hostile.rows import Row

ROWS = [*paths.ROWS, *bodies.ROWS, *headers.ROWS, *tokens.ROWS, *uploads.ROWS]
TRIES = [(row, door) for row in ROWS for door in row.expected]


def filled(scene: Scene, text: str) -> str:
    world, own = scene.world, scene.own
    values = {
        "<victim>": scene.victim.sub,
        "<todo>": world.todo,
        "<trashed>": world.trashed,
        "<file>": world.file,
        "<pending>": world.pending,
        "<mine>": own.todo,
        "<MINE>": own.todo.upper(),
        "<mine32>": own.todo.replace("-", ""),
        "<shelf>": own.file,
        "<cursor>": scene.cursor,
    }
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def written(scene: Scene, row: Row) -> bytes:
    """The request, byte for byte."""
    target = filled(scene, row.target)
    lines = [f"{row.method} {target} HTTP/1.1", "Host: api.example", "Connection: close"]
    authorization = row.authorization(scene)
    if authorization is not None:
        lines.append(f"Authorization: {authorization}")
    lines += [filled(scene, line) for line in row.headers]
    body = row.body or b""
    framed = any(line.startswith(("Content-Length", "Transfer-Encoding")) for line in row.headers)
    if row.body is not None and not framed:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body


def answered(port: int, request: bytes, method: str) -> tuple[int, dict[str, str], bytes]:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        # Refused before all of it was sent: the answer is there all the same.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request)
        answer = http.client.HTTPResponse(connection, method=method)
        answer.begin()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()


def shape(status: int, fields: dict[str, str], body: bytes) -> str:
    """Whose answer it is; a problem of a service has all its members."""
    media_type = fields.get("content-type", "").partition(";")[0]
    if not body:
        return "none"
    if media_type == "application/problem+json":
        problem = json.loads(body)
        assert problem["status"] == status
        assert problem["requestId"] == fields["x-request-id"]
        return "problem"
    if media_type == "application/json":
        members = set(json.loads(body)) if body.startswith(b"{") else set()
        if members == {"type", "title", "status"}:
            return "default"
        return "message" if members == {"message"} else "body"
    return "page"


@pytest.mark.parametrize(("row", "door"), TRIES, ids=[f"{r.name} at the {d}" for r, d in TRIES])
def test_a_hostile_request_gets_its_answer_and_nothing_more(
    scene: Scene, row: Row, door: str
) -> None:
    request = written(scene, row)

    status, fields, body = answered(scene.doors[door], request, row.method)

    expected_status, expected_shape = row.expected[door].split()
    assert status == int(expected_status), body[:500]
    if expected_shape != "any":
        assert shape(status, fields, body) == expected_shape, body[:500]
    assert "set-cookie" not in fields
    assert scene.world.done.encode() not in body
    assert scene.world.trashed.encode() not in body or "<trashed>" in row.target
    assert scene.pair.emulated.kept(scene.victim.sub) == scene.before


@pytest.mark.parametrize("name", uploads.HARMLESS)
@pytest.mark.parametrize("content_type", uploads.EXECUTABLE[:2])
def test_a_download_is_saved_under_a_harmless_name(
    scene: Scene, name: str, content_type: str
) -> None:
    content = b"<script>alert(1)</script>"
    file = scene.attach(content, name=name, contentType=content_type)

    location = scene.attacker.ask("GET", f"{file}/content").headers["location"]
    answer = scene.download(location)

    disposition = answer.headers["content-disposition"]
    assert disposition.startswith(
        f"attachment; filename=\"{uploads.HARMLESS[name]}\"; filename*=UTF-8''"
    )
    assert answer.content == content
    assert "\u202e" not in disposition


@pytest.mark.parametrize("content_type", uploads.EXECUTABLE)
def test_what_could_run_in_a_page_is_never_shown_inline(scene: Scene, content_type: str) -> None:
    file = scene.attach(b"<script>alert(1)</script>", name="x", contentType=content_type)

    answer = scene.attacker.ask("GET", f"{file}/content?inline")

    if answer.status == 302:
        shown = scene.download(answer.headers["location"])
        assert shown.headers["content-disposition"].startswith("attachment")
    else:
        assert answer.status in {400, 409, 415}, answer


def test_the_table_is_long_enough() -> None:
    names = [row.name for row in ROWS]

    assert len(ROWS) >= 150
    assert len(set(names)) == len(names)


def test_nothing_hostile_is_logged(scene: Scene) -> None:
    """Runs last in this module: what the requests above have left in the logs."""
    text = "".join(scene.pair.log(name).read_text() for name in ("main", "files"))

    found: list[Any] = [
        secret
        for secret in ("confidential", "script", "passwd", scene.victim.sub, scene.victim.token)
        if secret in text
    ]
    assert found == []
    assert all(json.loads(line)["level"] != "ERROR" for line in text.splitlines())
