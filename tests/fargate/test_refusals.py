"""Whatever somebody sends, the answer is a page that says so, and the list stays as it was."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest

from tests.fargate.servers import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fargate.workstation.postgres import Postgres
    from tests.fargate.browsers import Browser

NO_ID = "00000000-0000-4000-8000-000000000000"
NOBODY = f"/tasks/{NO_ID}"
CHANGES = ["/tasks", NOBODY, f"{NOBODY}/complete", f"{NOBODY}/reopen", f"{NOBODY}/delete",
           "/tasks/delete-completed"]  # fmt: skip
PAGES = ["/", NOBODY, "/nothing", "/health", "/static/style.css", "/static/nothing.css"]


@pytest.fixture
def task(ada: Browser) -> Iterator[str]:
    """The address of the one task, which is as it was when the test is over."""
    ada.add("Buy bread")
    before = ada.tasks()
    yield f"/tasks/{before[0].id}"
    assert ada.tasks() == before


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize("token", ["none", "empty", "made up", "somebody else's"])
def test_a_form_from_elsewhere_is_refused(
    ada: Browser, bob: Browser, path: str, token: str
) -> None:
    ada.add("Buy bread")
    before = ada.tasks()
    tokens = {
        "none": {},
        "empty": {"csrf_token": ""},
        "made up": {"csrf_token": "ImEi.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"},
        "somebody else's": {"csrf_token": bob.hidden("/tasks")["csrf_token"]},
    }

    answer = ada.post(path, data={"id": str(uuid4()), "title": "Forged", **tokens[token]})

    assert answer.status_code == 400
    assert "That page was too old" in answer.text
    assert ada.tasks() == before


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"title": ""}, 422),
        ({"title": " \t\r\n\u2003 "}, 422),
        ({"title": "\u200b\u2060\ufeff"}, 422),
        ({"title": "\u3164 \u2800"}, 422),
        ({"title": "\u0301"}, 422),
        ({}, 422),
        ({"title": "x" * 201}, 422),
        ({"title": "nul \0 byte"}, 422),
        ({"title": "escape \x1b[31m"}, 422),
        ({"title": "fine", "important": "maybe"}, 400),
        ({"title": "fine", "important": ""}, 400),
        ({"title": "fine", "id": ""}, 400),
        ({"title": "fine", "id": "1 OR 1=1"}, 400),
        ({"title": "x" * 20_000}, 413),
    ],
    ids=str,
)
@pytest.mark.usefixtures("task")
def test_an_unfit_task_is_refused(ada: Browser, typed: dict[str, str], status: int) -> None:
    answer = ada.submit("/tasks", **typed)

    assert answer.status_code == status
    assert "<h1>" in answer.text


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"title": ""}, 422),
        ({"title": "x" * 201}, 422),
        ({"title": "fine", "version": ""}, 400),
        ({"title": "fine", "version": "0"}, 400),
        ({"title": "fine", "version": "-1"}, 400),
        ({"title": "fine", "version": "²"}, 400),
        ({"title": "fine", "version": "1; DROP TABLE tasks"}, 400),
        ({"title": "fine", "version": "9" * 30}, 400),
        ({"title": "fine", "version": "999999999"}, 409),
        ({"title": "fine", "important": "1"}, 400),
    ],
    ids=str,
)
def test_an_unfit_change_is_refused(
    ada: Browser, task: str, typed: dict[str, str], status: int
) -> None:
    assert ada.submit(task, seen_at=task, **typed).status_code == status


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", f"/tasks//{NO_ID}", 404),
        ("GET", "/tasks/1", 404),
        ("GET", "/tasks/../../etc/passwd", 404),
        ("GET", "/static/../config.py", 404),
        ("GET", "/static/%2e%2e/config.py", 404),
        ("GET", f"/tasks/{NO_ID}' OR '1'='1", 404),
        ("GET", "/tasks/%00", 404),
        ("GET", NOBODY, 404),
        ("GET", "/tasks", 405),
        ("GET", f"{NOBODY}/delete", 405),
        ("PUT", "/", 405),
        ("DELETE", NOBODY, 405),
        ("TRACE", "/", 405),
    ],
)
def test_what_is_not_there_is_said(server: Server, method: str, path: str, status: int) -> None:
    answer = httpx.request(method, f"{server.url}{path}")

    assert answer.status_code == status
    assert "Back to the list" in answer.text
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_tells_the_browser_to_run_nothing(server: Server, path: str) -> None:
    headers = httpx.get(f"{server.url}{path}").headers

    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == ("no-cache" if path.startswith("/static/") else "no-store")
    assert "Strict-Transport-Security" not in headers


NO_HOSTS = ("a..b", ".", "a" * 64)


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "127.0.0.1.evil.example", "evil.example:5000", "", "a b", "[::1"),
        *NO_HOSTS,
    ],
)
@pytest.mark.parametrize("path", [*PAGES, *CHANGES])
def test_who_comes_by_another_name_is_refused(server: Server, path: str, host: str) -> None:
    method = "POST" if path in CHANGES[2:] else "GET"
    answer = httpx.request(method, f"{server.url}{path}", headers={"Host": host})

    if path == "/health":  # the load balancer asks for it by the task's address
        assert answer.status_code == (400 if host in NO_HOSTS else 200)
    else:
        assert answer.status_code == 421
        assert "This is not the address of the list" in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("host", ["LOCALHOST", "localhost:80", "127.0.0.1"])
def test_its_own_names_are_good_whatever_the_port(server: Server, host: str) -> None:
    assert httpx.get(server.url, headers={"Host": host}).status_code == 200


def test_slow_bodies_keep_nobody_else_from_the_list(server: Server) -> None:
    head = b"POST /tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nid="
    with ExitStack() as stack:
        for _ in range(16):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            slow.sendall(head)
        time.sleep(0.5)  # until each has a thread

        answers = [httpx.get(f"{server.url}{path}", timeout=10) for path in ("/health", "/")]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_a_title_is_never_markup(ada: Browser) -> None:
    title = "</bdi><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7*7 }}"

    page = ada.add(title).text + ada.get(f"/tasks/{ada.task(title).id}").text

    assert "<script" not in page
    assert "<img" not in page
    assert "{{ 7*7 }}" in page
    assert page.count("&lt;script&gt;") >= 4


def test_a_title_is_never_sql(ada: Browser) -> None:
    title = "'); DROP TABLE tasks; --"

    ada.add(title)

    assert [task.title for task in ada.tasks()] == [title]


def test_no_answer_tells_of_the_inside(ada: Browser) -> None:
    texts = [ada.get(path).text for path in PAGES if "static" not in path]
    texts.append(ada.submit("/tasks", title="x", id="x").text)

    for text in texts:
        for word in ("Traceback", "psycopg", "sqlalchemy", "werkzeug", "todo_list"):
            assert word not in text


def test_a_cookie_is_out_of_the_reach_of_scripts_and_other_sites(server: Server) -> None:
    cookie = httpx.get(server.url).headers["Set-Cookie"]

    assert cookie.startswith("todo=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_by_https_browsers_stay_with_it(postgres: Postgres, folder: Path) -> None:
    # As the load balancer's name comes: with capitals, which no browser sends.
    variables = {"HTTPS": "yes", "HOSTS": "Todo.Example"}
    server = Server({**postgres.environment, **variables}, folder / "https.log").start()
    try:
        headers = httpx.get(server.url, headers={"Host": "todo.example"}).headers
    finally:
        server.stop()

    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert headers["Set-Cookie"].startswith("__Host-todo=")
    assert "Secure" in headers["Set-Cookie"].split("; ")


def test_the_log_tells_of_each_request_and_of_nothing_that_was_typed(
    ada: Browser, server: Server
) -> None:
    before = len(server.log.read_text())
    ada.add("a secret plan")
    answer = ada.get("/nothing?a-secret=plan")

    log = server.log.read_text()[before:]

    assert '"route":"/tasks","method":"POST","status":303' in log
    assert f'"request":"{answer.headers["X-Request-Id"]}","route":null' in log
    assert '"route":null,"method":"GET","status":404' in log
    assert "secret" not in log
    assert "/health" not in log
