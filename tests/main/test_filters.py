"""Lists in other orders, filtered, and what they cost."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from main_service import lists, todos
from main_service.selection import Selection
from main_service.todos import NewTodo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from main_service.store import TodoStore
    from types_boto3_dynamodb import DynamoDBClient

ALICE = "a11ce000-0000-4000-8000-000000000001"
ID = "00000000-0000-4000-8000-00000000dead"
TODOS: list[dict[str, Any]] = [
    {"title": "Straße fegen", "labels": ["Haus"], "dueDate": "2026-03-01", "position": "a3"},
    {"title": "read", "description": "ISTANBUL (1.0)", "position": "a2"},
    {"title": "buy", "notes": "Milk\n100%", "labels": ["haus", "shop"], "dueDate": "2026-01-01"},
    {"title": "call", "completed": True, "labels": ["Haus"], "dueDate": "9999-12-31"},
    {"title": "pay", "dueDate": "9999-12-31", "position": "a1"},
]


@pytest.fixture
def some(alice: FlaskClient) -> FlaskClient:
    for fields in TODOS:
        assert alice.post("/me/todos", json=fields).status_code == 201
    return alice


def titles(client: FlaskClient, query: dict[str, Any]) -> list[str]:
    answer = client.get("/me/todos", query_string=query)
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["nextCursor"] is None
    return [todo["title"].partition(" ")[0] for todo in answer.get_json()["items"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"sort": "created"}, ["Straße", "read", "buy", "pay"]),
        ({"sort": "created", "status": "all"}, ["Straße", "read", "buy", "call", "pay"]),
        ({"sort": "created", "status": "done"}, ["call"]),
        ({"sort": "position"}, ["pay", "read", "Straße", "buy"]),
        ({"sort": "position", "status": "all"}, ["pay", "read", "Straße", "buy", "call"]),
        ({"sort": "position", "status": "done"}, ["call"]),
        ({"sort": "due"}, ["buy", "Straße", "pay", "read"]),
        ({"q": "STRASSE"}, ["Straße"]),
        ({"q": "straße F"}, ["Straße"]),
        ({"q": "istanbul"}, ["read"]),
        ({"q": "(1.0)"}, ["read"]),
        ({"q": "1.0", "sort": "created"}, ["read"]),
        ({"q": "milk"}, ["buy"]),
        ({"q": "100%"}, ["buy"]),
        ({"q": "k\n1"}, ["buy"]),
        ({"q": "SHO"}, ["buy"]),
        ({"q": ".*"}, []),
        ({"q": "a", "status": "all", "sort": "position"}, ["pay", "read", "Straße", "buy", "call"]),
        ({"label": "Haus"}, ["Straße"]),
        ({"label": "haus"}, ["buy"]),
        ({"label": "Haus", "status": "all"}, ["Straße", "call"]),
        ({"label": "Hau"}, []),
        ({"dueFrom": "2026-01-01"}, ["buy", "Straße", "pay"]),
        ({"dueFrom": "2026-01-02"}, ["Straße", "pay"]),
        ({"dueTo": "2026-03-01"}, ["buy", "Straße"]),
        ({"dueTo": "9999-12-31"}, ["buy", "Straße", "pay"]),
        ({"dueFrom": "2026-01-02", "dueTo": "2026-03-01", "sort": "position"}, ["Straße"]),
        ({"dueFrom": "2026-01-01", "dueTo": "2026-01-01", "sort": "created"}, ["buy"]),
        ({"dueFrom": "2026-03-02", "status": "all"}, ["pay", "call"]),
        ({"dueFrom": "2026-03-01", "dueTo": "2026-01-01"}, []),
        ({"q": "a", "label": "haus", "dueTo": "2026-01-01"}, ["buy"]),
        ({"q": "x", "status": "trashed"}, []),
    ],
)
def test_a_list_is_sorted_and_filtered(
    some: FlaskClient, query: dict[str, Any], expected: list[str]
) -> None:
    assert titles(some, query) == expected


def test_the_trash_is_filtered_too(some: FlaskClient) -> None:
    some.delete("/me/todos?status=done")

    assert titles(some, {"status": "trashed", "q": "CALL", "label": "Haus"}) == ["call"]
    assert titles(some, {"status": "trashed", "dueTo": "2026-01-01"}) == []


def test_ids_that_tell_no_time_are_listed_by_creation_all_the_same(alice: FlaskClient) -> None:
    ids = [f"{first}0000000-0000-4000-8000-000000000000" for first in "f05"]
    for number, todo_id in enumerate(ids):
        alice.put(
            f"/me/todos/{todo_id}", json={"title": f"p{number}"}, headers={"If-None-Match": "*"}
        )
        alice.post("/me/todos", json={"title": f"s{number}"})

    found: list[str] = []
    path = "/me/todos?sort=created&limit=1"
    while path:
        answer = alice.get(path)
        found += [todo["title"] for todo in answer.get_json()["items"]]
        path = answer.headers.get("Link", "").removeprefix("<").removesuffix('>; rel="next"')

    assert found == ["p0", "s0", "p1", "s1", "p2", "s2"]


def test_a_link_keeps_the_filters(some: FlaskClient) -> None:
    link = some.get("/me/todos", query_string={"q": "a&b ß", "dueFrom": "2020-01-01"})
    assert "Link" not in link.headers

    link = some.get("/me/todos?q=A&limit=1&sort=created&dueFrom=2020-01-01")

    assert "q=A&" in link.headers["Link"]
    assert "dueFrom=2020-01-01" in link.headers["Link"]


@pytest.mark.parametrize(
    "other",
    [
        "status=all",
        "status=trashed",
        "sort=created",
        "sort=position",
        "q=b",
        "label=a",
        "dueFrom=2026-01-01",
        "dueTo=2026-01-01",
    ],
)
def test_a_cursor_is_of_one_list_only(some: FlaskClient, other: str) -> None:
    cursor = some.get("/me/todos?limit=1").get_json()["nextCursor"]

    answer = some.get(f"/me/todos?limit=1&{other}&cursor={cursor}")

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["cursor"]


SOON = "ffffffff-ffff-7fff-bfff-ffffffffffff"


@pytest.mark.parametrize(
    ("query", "after"),
    [
        ({"due_from": "2026-01-02"}, f"O#2026-01-01#{ID}"),
        ({"due_to": "2026-01-02"}, f"O#9999-99-99#{ID}"),
        ({"due_from": "2026-02-02", "due_to": "2026-01-02"}, f"O#2026-01-12#{ID}"),
        ({"sort": "position"}, f"O#a0!#{ID}"),
        ({"sort": "position"}, f"D#2026-01-01T00:00:00.000Z#{ID}"),
        ({"status": "trashed"}, f"O#a0#{ID}"),
        ({"sort": "created"}, f"T#{SOON}"),
        ({"sort": "created"}, "COUNT"),
        ({"sort": "created"}, f"2026-99-01T00:00:00.000Z#{ID}"),
        ({"sort": "created"}, f"2026-01-01T25:00:00.000Z#{ID}"),
        ({"sort": "created"}, f"2026-01-01#{ID}"),
    ],
)
def test_a_cursor_outside_its_list_is_refused(
    alice: FlaskClient, query: dict[str, Any], after: str
) -> None:
    selection = Selection(**query)
    text = json.dumps({"list": selection.digest(), "after": after}).encode()
    cursor = base64.urlsafe_b64encode(text).decode().rstrip("=")
    names = {"due_from": "dueFrom", "due_to": "dueTo"}

    answer = alice.get(
        "/me/todos",
        query_string={names.get(name, name): value for name, value in query.items()}
        | {"cursor": cursor},
    )

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["cursor"]


@pytest.mark.parametrize("after", [f"T#{ID}", f"1999-01-01T00:00:00.000Z#{ID}"])
def test_a_list_goes_on_after_any_place(some: FlaskClient, after: str) -> None:
    selection = Selection(sort="created")
    text = json.dumps({"list": selection.digest(), "after": after}).encode()
    cursor = base64.urlsafe_b64encode(text).decode().rstrip("=")

    found = titles(some, {"sort": "created", "cursor": cursor})

    assert found == ["Straße", "read", "buy", "pay"]


class Queries:
    """What is asked of DynamoDB."""

    def __init__(self) -> None:
        self.asked: list[tuple[str | None, int]] = []

    def note(self, params: dict[str, Any], **_: Any) -> None:
        self.asked.append((params.get("IndexName"), params.get("Limit", 0)))


@pytest.fixture
def queries(dynamodb: DynamoDBClient) -> Iterator[Queries]:
    queries, event = Queries(), "provide-client-params.dynamodb.Query"
    dynamodb.meta.events.register(event, queries.note, unique_id="queries")
    yield queries
    dynamodb.meta.events.unregister(event, unique_id="queries")


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", [("byDue", 11)]),
        ("&dueTo=9999-12-31", [("byDue", 11)]),
        ("&status=all", [("byDue", 11)]),
        ("&sort=position", [("byPosition", 11)]),
        ("&sort=created", [(None, 11), ("byCreated", 11)]),
        ("&status=trashed", [("byPosition", 11)]),
        ("&q=nothing", [("byDue", 11), ("byDue", 22), ("byDue", 44)]),
        ("&dueFrom=2026-01-01&dueTo=2025-01-01", []),
    ],
)
def test_a_page_costs_what_it_holds_unless_a_filter_passes_over_some(
    alice: FlaskClient,
    store: TodoStore,
    queries: Queries,
    query: str,
    asked: list[tuple[str | None, int]],
) -> None:
    for number in range(40):
        store.add(ALICE, todos.created(NewTodo(title=str(number))))
    queries.asked.clear()

    alice.get(f"/me/todos?limit=10{query}")

    assert queries.asked == asked


def test_a_search_ends_at_a_bound_and_goes_on_from_there(
    alice: FlaskClient, store: TodoStore, queries: Queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_PASSED", 20)
    for number in range(99):
        store.add(ALICE, todos.created(NewTodo(title=f"{number:02}")))
    found, empty, path = [], 0, "/me/todos?limit=10&q=9&sort=created"

    while path:
        queries.asked.clear()
        answer = alice.get(path)
        page = [todo["title"] for todo in answer.get_json()["items"]]
        found += page
        empty += not page
        assert sum(size for _, size in queries.asked) < 80
        path = answer.headers.get("Link", "").removeprefix("<").removesuffix('>; rel="next"')

    assert found == [title for title in (f"{n:02}" for n in range(99)) if "9" in title]


def test_a_slow_search_ends_and_goes_on_from_there(
    alice: FlaskClient, store: TodoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "LONGEST", -1)
    for number in range(29):
        store.add(ALICE, todos.created(NewTodo(title=f"{number:02}")))

    first = alice.get("/me/todos?limit=5&q=28").get_json()
    found, cursor = list(first["items"]), first["nextCursor"]
    pages = 1
    while cursor:
        page = alice.get(f"/me/todos?limit=5&q=28&cursor={cursor}").get_json()
        found, cursor, pages = found + page["items"], page["nextCursor"], pages + 1

    assert first["items"] == []
    assert [todo["title"] for todo in found] == ["28"]
    assert pages == 5
