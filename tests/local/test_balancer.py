from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from local.ports import free_port
from tests.local.raw import ask
from tests.local.test_rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.local.backend import Backend
    from tests.local.front import Front


def test_the_rules_decide_which_service_answers(
    front: Front, backend: Callable[..., Backend]
) -> None:
    for name in ("main", "files"):
        front.register(name, "t", backend(name).port)

    answers = {path: httpx.get(front.url + path) for path in ("/u/todos", "/u/todos/1/files")}

    assert {path: answer.json()["name"] for path, answer in answers.items()} == {
        "/u/todos": "main",
        "/u/todos/1/files": "files",
    }


def test_a_path_of_no_service_gets_the_listeners_own_answer(front: Front) -> None:
    answer = httpx.get(front.url + "/health")

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    "path",
    [
        "/a%2Ftodos/todos",
        "/u/todos/%41",
        "/u/todos/../x",
        "//u/todos",
        "/u/todos/./a",
        "/u/todos/a+b%20c?q=%2F&&=",
        "/u/todos;x=1?a",
        "/u/todos/%",
        '/u/todos/"<>',
    ],
)
def test_the_path_arrives_byte_for_byte(
    front: Front, backend: Callable[..., Backend], path: str
) -> None:
    main = backend()
    front.register("main", "t", main.port)

    assert ask(front.port, path)[0] == 200

    assert main.paths == [path]


@pytest.mark.parametrize("path", ["todos", "http://x/todos", "*", "/u/todos#x", "/todos/\xe9"])
def test_what_is_no_path_is_refused(front: Front, path: str) -> None:
    assert ask(front.port, path)[0] == 400


def test_a_header_that_cannot_be_passed_on_is_refused(
    front: Front, backend: Callable[..., Backend]
) -> None:
    main = backend()
    front.register("main", "t", main.port)

    assert ask(front.port, "/u/todos", "Authorization: Bearer a\xffb")[0] == 400
    assert ask(front.port, "/u/todos", "X-A: \xc3\xa4")[0] == 200

    assert [request["headers"].get("x-a") for request in main.requests] == ["\xc3\xa4"]


def test_forwarded_headers_are_added_and_connection_headers_dropped(
    front: Front, backend: Callable[..., Backend]
) -> None:
    front.register("main", "t", backend().port)
    sent = {
        "X-Forwarded-For": "203.0.113.9",
        "Connection": "keep-alive, X-Only-Here",
        "X-Only-Here": "1",
        "TE": "trailers",
        "X-Mine": "kept",
    }

    answer = httpx.get(front.url + "/u/todos", headers=sent)

    got = answer.json()["headers"]
    assert got["x-forwarded-for"] == "203.0.113.9, 127.0.0.1"
    assert got["x-forwarded-proto"] == "http"
    assert got["x-forwarded-port"] == "80"
    assert got["x-amzn-trace-id"].startswith("Root=1-")
    assert got["x-mine"] == "kept"
    assert got["host"] == f"127.0.0.1:{front.port}"
    assert not {"te", "x-only-here", "transfer-encoding"} & got.keys()
    assert "keep-alive" not in answer.headers


@pytest.mark.parametrize("size", [0, 1, 300_000])
@pytest.mark.parametrize("chunked", [False, True])
def test_bodies_pass_in_both_directions(
    front: Front,
    backend: Callable[..., Backend],
    size: int,
    chunked: bool,  # noqa: FBT001
) -> None:
    main = backend()
    front.register("main", "t", main.port)
    body = b"x" * size

    answer = httpx.post(front.url + "/u/todos", content=iter([body]) if chunked else body)

    assert main.requests[0]["body"] == body.decode()
    assert answer.json()["body"] == body.decode()


def test_a_head_answer_keeps_its_length(front: Front, backend: Callable[..., Backend]) -> None:
    front.register("main", "t", backend().port)

    answer = httpx.head(front.url + "/u/todos")

    assert int(answer.headers["content-length"]) > 0
    assert answer.content == b""


@pytest.mark.parametrize(
    ("query", "status"), [("garbage", 502), ("vanish", 502), ("wait", 504), ("status=500", 500)]
)
def test_a_target_in_trouble_is_asked_once_and_reported(
    front: Front, backend: Callable[..., Backend], query: str, status: int
) -> None:
    main = backend()
    front.register("main", "t", main.port)

    answer = httpx.post(f"{front.url}/u/todos?{query}", content=b"{}")

    assert answer.status_code == status
    assert len(main.requests) == 1


def test_a_refused_connection_is_a_502(front: Front) -> None:
    front.register("main", "t", free_port(), "unhealthy")

    assert httpx.get(front.url + "/u/todos").status_code == 502


def test_no_target_is_a_503(front: Front) -> None:
    assert httpx.get(front.url + "/u/todos").status_code == 503


def test_connections_that_the_target_closes_silently_cost_no_request(
    front: Front, backend: Callable[..., Backend]
) -> None:
    front.register("main", "t", backend().port)

    statuses = {httpx.get(f"{front.url}/u/todos?drop").status_code for _ in range(30)}

    assert statuses == {200}


def test_a_target_that_fails_its_checks_gets_nothing_more(
    front: Front, backend: Callable[..., Backend]
) -> None:
    good, bad = backend("good"), backend("bad")
    front.register("main", "good", good.port)
    front.register("main", "bad", bad.port)

    bad.healthy = False
    front.register("main", "bad", bad.port, "unhealthy")

    assert {httpx.get(front.url + "/u/todos").json()["name"] for _ in range(6)} == {"good"}


def test_only_unhealthy_targets_are_better_than_none(
    front: Front, backend: Callable[..., Backend]
) -> None:
    only = backend()
    front.register("main", "t", only.port)
    only.healthy = False
    front.register("main", "t", only.port, "unhealthy")

    assert httpx.get(front.url + "/u/todos").status_code == 200


def test_a_deregistered_target_finishes_what_it_has_and_gets_nothing_new(
    front: Front, backend: Callable[..., Backend]
) -> None:
    leaving, staying = backend("leaving"), backend("staying")
    front.register("main", "leaving", leaving.port)
    answers: list[httpx.Response] = []
    # Upload slowly: a request in flight that is never idle for long.
    asking = threading.Thread(
        target=lambda: answers.append(
            httpx.post(front.url + "/u/todos", content=_slowly(leaving.waiting, leaving.go_on))
        )
    )
    asking.start()
    assert leaving.waiting.wait(10)
    front.register("main", "staying", staying.port)
    draining = threading.Thread(target=front.deregister, args=("main", "leaving"))
    draining.start()
    while "leaving" in front.source.registered["main"]:
        time.sleep(0.01)
    front.background.run(front.balancer.refresh())

    names = {httpx.get(front.url + "/u/todos").json()["name"] for _ in range(4)}
    still_draining = draining.is_alive()
    leaving.go_on.set()
    asking.join()
    draining.join(10)

    assert names == {"staying"}
    assert still_draining
    assert not draining.is_alive()
    assert answers[0].json()["name"] == "leaving"


def _slowly(started: threading.Event, go_on: threading.Event) -> Any:
    yield b"begin"
    started.set()
    while not go_on.wait(0.05):
        yield b"."


def test_changed_rules_are_followed_and_targets_kept(
    front: Front, backend: Callable[..., Backend]
) -> None:
    for name in ("main", "files"):
        front.register(name, "t", backend(name).port)
    front.source.rules = [
        {**rule, "Priority": "30"} if rule["Priority"] == "10" else rule for rule in RULES
    ]

    front.background.run(front.balancer.refresh(rules=True))

    assert httpx.get(front.url + "/u/todos/1/files").json()["name"] == "main"
