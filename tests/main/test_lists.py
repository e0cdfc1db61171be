"""Lists and their pages."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from main_service import todos
from main_service.selection import Selection

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from main_service.store import TodoStore
    from types_boto3_dynamodb import DynamoDBClient

ALICE = "a11ce000-0000-4000-8000-000000000001"
SOME_ID = "00000000-0000-4000-8000-00000000dead"


def add(client: FlaskClient, title: str, due: str | None = None, *, completed: bool = False) -> str:
    fields = {"title": title, "dueDate": due, "completed": completed}
    answer = client.post("/me/todos", json=fields)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def titles(client: FlaskClient, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return [todo["title"] for todo in answer.get_json()["items"]]


def pages(client: FlaskClient, path: str) -> list[list[str]]:
    """The titles of each page, following the links."""
    found = []
    while path:
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        found.append([todo["title"] for todo in answer.get_json()["items"]])
        link = answer.headers.get("Link", "")
        assert (answer.get_json()["nextCursor"] is None) == (link == "")
        path = link.removeprefix("<").removesuffix('>; rel="next"')
    return found


def cursor(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@pytest.fixture
def mixed(alice: FlaskClient) -> FlaskClient:
    """Three open to-dos and three done ones, made out of order."""
    add(alice, "never")
    add(alice, "done first", completed=True)
    add(alice, "later", "2026-12-31")
    add(alice, "done second", "2020-01-01", completed=True)
    add(alice, "sooner", "2026-01-02")
    last = add(alice, "done last", "1999-01-01")
    alice.patch(
        f"/me/todos/{last}",
        data='{"completed": true}',
        content_type="application/merge-patch+json",
    )
    return alice


OPEN = ["sooner", "later", "never"]
DONE = ["done last", "done second", "done first"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [("", OPEN), ("?status=open", OPEN), ("?status=done", DONE), ("?status=all", OPEN + DONE)],
)
def test_open_ones_come_by_due_date_and_done_ones_latest_first(
    mixed: FlaskClient, query: str, expected: list[str]
) -> None:
    assert titles(mixed, f"/me/todos{query}") == expected


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6, 7, 100])
@pytest.mark.parametrize(
    ("status", "expected"), [("open", OPEN), ("done", DONE), ("all", OPEN + DONE)]
)
def test_pages_of_any_size_hold_each_todo_once_and_end_with_a_null_cursor(
    mixed: FlaskClient, status: str, expected: list[str], limit: int
) -> None:
    found = pages(mixed, f"/me/todos?status={status}&limit={limit}")

    assert [title for page in found for title in page] == expected
    assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)
    assert found[-1]


def test_todos_of_the_same_day_come_in_the_order_of_their_creation(alice: FlaskClient) -> None:
    for number in range(5):
        add(alice, str(number), "2026-06-01")

    assert titles(alice, "/me/todos") == ["0", "1", "2", "3", "4"]


def test_a_page_has_50_todos_unless_told(alice: FlaskClient, store: TodoStore) -> None:
    for number in range(51):
        store.add(ALICE, todos.created(todos.NewTodo(title=str(number))))

    assert [len(page) for page in pages(alice, "/me/todos")] == [50, 1]


def test_an_empty_list_is_one_empty_page(alice: FlaskClient) -> None:
    answer = alice.get("/me/todos")

    assert answer.get_json() == {"items": [], "nextCursor": None}
    assert "Link" not in answer.headers


def test_a_page_may_be_larger_than_one_answer_of_dynamodb(
    alice: FlaskClient, store: TodoStore
) -> None:
    notes = "🗒" * 10_000  # 40 KB, so 1 MB holds about 25 of them
    for number in range(30):
        store.add(ALICE, todos.created(todos.NewTodo(title=str(number), notes=notes)))

    answer = alice.get("/me/todos?limit=29")

    assert len(answer.get_json()["items"]) == 29
    assert answer.get_json()["nextCursor"]


def test_the_next_page_goes_on_where_a_deleted_todo_was(mixed: FlaskClient) -> None:
    first = mixed.get("/me/todos?limit=1").get_json()
    mixed.delete(f"/me/todos/{first['items'][0]['id']}")

    assert titles(mixed, f"/me/todos?cursor={first['nextCursor']}") == OPEN[1:]


def test_a_link_keeps_the_query_and_the_callers_name_for_itself(mixed: FlaskClient) -> None:
    link = mixed.get(f"/{ALICE}/todos?status=done&limit=2").headers["Link"]

    assert link.startswith(f"</{ALICE}/todos?status=done&limit=2&cursor=")
    assert link.endswith('>; rel="next"')


def test_a_cursor_shows_nothing_of_another_user(mixed: FlaskClient, bob: FlaskClient) -> None:
    add(bob, "bob's", "2026-12-31")
    stolen = mixed.get("/me/todos?limit=1").get_json()["nextCursor"]

    assert ALICE not in base64.urlsafe_b64decode(stolen + "==").decode()
    assert titles(bob, f"/me/todos?cursor={stolen}") == ["bob's"]


GOOD = {"list": Selection().digest(), "after": f"O#2026-01-01#{SOME_ID}"}


def test_a_cursor_of_the_right_form_is_accepted(alice: FlaskClient) -> None:
    assert alice.get(f"/me/todos?cursor={cursor(GOOD)}").status_code == 200


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        "%00",
        "not base64!",
        "e30",
        "bnVsbA",
        cursor(GOOD)[:-1] + "*",
        cursor([]),
        cursor("open"),
        cursor(None),
        cursor({"list": GOOD["list"]}),
        cursor(GOOD | {"list": Selection(status="done").digest()}),
        cursor(GOOD | {"list": [GOOD["list"]]}),
        cursor(GOOD | {"pk": "U#bob"}),
        cursor(GOOD | {"after": None}),
        cursor(GOOD | {"after": ["O#"]}),
        cursor(GOOD | {"after": ""}),
        cursor(GOOD | {"after": f"C#2026-01-01T00:00:00.000Z#{SOME_ID}"}),
        cursor(GOOD | {"after": f"O#2026-1-1#{SOME_ID}"}),
        cursor(GOOD | {"after": "O#2026-01-01#U#bob"}),
        cursor(GOOD | {"after": f"O#2026-01-01#{SOME_ID}\n"}),
        "A" * 513,
        "9" * 512,
    ],
)
def test_a_forged_cursor_is_refused(alice: FlaskClient, forged: str) -> None:
    answer = alice.get("/me/todos", query_string=f"cursor={forged}")

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["cursor"]


def test_a_page_costs_what_it_holds_not_what_the_list_holds(
    alice: FlaskClient, store: TodoStore, dynamodb: DynamoDBClient
) -> None:
    for number in range(40):
        store.add(ALICE, todos.created(todos.NewTodo(title=str(number))))
    limits: list[int] = []
    dynamodb.meta.events.register(
        "provide-client-params.dynamodb.Query",
        lambda params, **_: limits.append(params["Limit"]),
        unique_id="limits",
    )

    alice.get("/me/todos?limit=10")

    dynamodb.meta.events.unregister("provide-client-params.dynamodb.Query", unique_id="limits")
    assert limits == [11]
