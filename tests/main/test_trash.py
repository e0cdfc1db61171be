"""The trash: into it, out of it, and for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from main_service import bulk, todos
from main_service.selection import Selection
from main_service.todos import NewTodo

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from main_service.store import TodoStore
    from main_service.todos import Todo
    from types_boto3_dynamodb import DynamoDBClient

ALICE = "a11ce000-0000-4000-8000-000000000001"
ID = "00000000-0000-4000-8000-00000000dead"
PATCH = "application/merge-patch+json"


def add(client: FlaskClient, title: str, **fields: Any) -> str:
    return str(client.post("/me/todos", json={"title": title, **fields}).get_json()["id"])


def titles(client: FlaskClient, status: str) -> list[str]:
    items = client.get(f"/me/todos?status={status}").get_json()["items"]
    return [todo["title"] for todo in items]


def trash(client: FlaskClient, todo_id: str) -> None:
    assert client.delete(f"/me/todos/{todo_id}").status_code == 204


def test_the_trash_lists_the_latest_deleted_first(alice: FlaskClient) -> None:
    ids = [add(alice, title, completed=title == "b") for title in "abc"]
    for index in (1, 0, 2):
        trash(alice, ids[index])

    for sort in ("due", "created", "position"):
        items = alice.get(f"/me/todos?status=trashed&sort={sort}").get_json()["items"]
        assert [todo["title"] for todo in items] == ["c", "a", "b"]
        assert all(todo["deletedAt"] == todo["updatedAt"] for todo in items)


@pytest.mark.parametrize("completed", [False, True])
def test_a_restored_todo_is_where_it_was(alice: FlaskClient, completed: bool) -> None:  # noqa: FBT001
    path = f"/me/todos/{add(alice, 'x', completed=completed, dueDate='2026-01-01')}"
    before = alice.get(path).get_json()
    alice.delete(path)

    answer = alice.post(f"{path}/restore")

    restored = answer.get_json()
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"3"'
    moment = {"version": 3, "updatedAt": restored["updatedAt"]}
    assert restored == before | moment
    assert alice.get(path).get_json() == restored
    assert titles(alice, "done" if completed else "open") == ["x"]
    assert titles(alice, "trashed") == []


def test_a_restored_todo_no_longer_expires(
    alice: FlaskClient, dynamodb: DynamoDBClient, table: str
) -> None:
    todo_id = add(alice, "x")
    trash(alice, todo_id)

    alice.post(f"/me/todos/{todo_id}/restore")

    key = {"pk": {"S": f"U#{ALICE}"}, "sk": {"S": f"T#{todo_id}"}}
    item = dynamodb.get_item(TableName=table, Key=key)["Item"]
    assert not {"expiresAt", "deletedAt"} & set(item)


def test_a_restoration_is_safe_to_repeat(alice: FlaskClient) -> None:
    path = f"/me/todos/{add(alice, 'x')}"
    before = alice.get(path).get_json()

    never_trashed = alice.post(f"{path}/restore")
    alice.delete(path)
    first, again = (alice.post(f"{path}/restore").get_json() for _ in range(2))

    assert (never_trashed.status_code, never_trashed.get_json()) == (200, before)
    assert first == again


def test_nobody_restores_what_is_not_there(alice: FlaskClient, bob: FlaskClient) -> None:
    todo_id = add(alice, "x")
    trash(alice, todo_id)

    assert bob.post(f"/me/todos/{todo_id}/restore").status_code == 404
    assert alice.post(f"/me/todos/{ID}/restore").status_code == 404


def test_completed_todos_go_to_the_trash_together(alice: FlaskClient, bob: FlaskClient) -> None:
    add(bob, "bob's", completed=True)
    add(alice, "open")
    for number in range(5):
        add(alice, str(number), completed=True)

    answer = alice.delete("/me/todos?status=done")

    assert (answer.status_code, answer.data) == (204, b"")
    assert titles(alice, "all") == ["open"]
    assert sorted(titles(alice, "trashed")) == list("01234")
    assert titles(bob, "done") == ["bob's"]


def test_an_emptied_trash_is_empty_for_good(
    alice: FlaskClient, bob: FlaskClient, dynamodb: DynamoDBClient, table: str
) -> None:
    trash(bob, add(bob, "bob's"))
    kept = add(alice, "kept")
    for number in range(5):
        trash(alice, add(alice, str(number)))

    answer = alice.delete("/me/todos?status=trashed")

    assert (answer.status_code, answer.data) == (204, b"")
    assert titles(alice, "trashed") == []
    items = dynamodb.scan(TableName=table)["Items"]
    keys = {item["sk"]["S"] for item in items if item["pk"]["S"] == f"U#{ALICE}"}
    assert keys == {f"T#{kept}", "COUNT"}
    assert titles(bob, "trashed") == ["bob's"]


@pytest.mark.parametrize("status", ["done", "trashed"])
def test_nothing_to_do_is_done(alice: FlaskClient, status: str) -> None:
    assert alice.delete(f"/me/todos?status={status}").status_code == 204


@pytest.fixture
def done(store: TodoStore) -> Todo:
    todo = todos.created(NewTodo(title="x", completed=True))
    store.add(ALICE, todo)
    return todo


def changed_after_it_was_listed(
    store: TodoStore, monkeypatch: pytest.MonkeyPatch, **fields: Any
) -> None:
    """Somebody patches each to-do between the listing and the writing of the bulk's work."""
    patch = todos.TodoPatch.model_validate(fields)
    original = bulk.work_through

    def later(found: Any, work: Any) -> None:
        listed = list(found)
        for todo in listed:
            store.change(ALICE, todo.id, lambda current: todos.patched(current, patch), None)
        original(iter(listed), work)

    monkeypatch.setattr(bulk, "work_through", later)


def test_a_todo_reopened_meanwhile_stays(
    store: TodoStore, done: Todo, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed_after_it_was_listed(store, monkeypatch, completed=False)

    store.trash_done(ALICE)

    assert store.get(ALICE, done.id).completed_at is None


def test_a_todo_edited_meanwhile_is_trashed_as_it_now_is(
    store: TodoStore, done: Todo, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed_after_it_was_listed(store, monkeypatch, title="edited")

    store.trash_done(ALICE)

    (trashed,) = store.page(ALICE, Selection(status="trashed"), 10, None).todos
    assert (trashed.id, trashed.title, trashed.version) == (done.id, "edited", 3)


@pytest.mark.parametrize("again", [False, True])
def test_a_todo_restored_meanwhile_is_not_lost(
    store: TodoStore,
    done: Todo,
    monkeypatch: pytest.MonkeyPatch,
    again: bool,  # noqa: FBT001
) -> None:
    store.trash_done(ALICE)
    original = bulk.work_through

    def later(found: Any, work: Any) -> None:
        listed = list(found)
        store.restore(ALICE, done.id)
        if again:
            store.change(ALICE, done.id, todos.trashed, None)
        original(iter(listed), work)

    monkeypatch.setattr(bulk, "work_through", later)

    store.empty_trash(ALICE)

    status = "trashed" if again else "done"
    page = store.page(ALICE, Selection(status=status), 10, None)  # type: ignore[arg-type]
    assert [todo.id for todo in page.todos] == [done.id]


@pytest.mark.parametrize("status", ["done", "trashed"])
def test_two_at_the_same_work_do_not_hinder_each_other(
    alice: FlaskClient, store: TodoStore, done: Todo, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    if status == "trashed":
        store.trash_done(ALICE)
    original = bulk.work_through

    def twice(found: Any, work: Any) -> None:
        listed = list(found)
        original(iter(listed), work)
        original(iter(listed), work)

    monkeypatch.setattr(bulk, "work_through", twice)

    assert alice.delete(f"/me/todos?status={status}").status_code == 204
    found = titles(alice, "trashed")
    assert found == ([done.title] if status == "done" else [])


@pytest.mark.parametrize("status", ["done", "trashed"])
def test_what_takes_too_long_is_told_and_goes_on_when_asked_again(
    alice: FlaskClient, store: TodoStore, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    for number in range(3):
        store.add(ALICE, todos.created(NewTodo(title=str(number), completed=True)))
    if status == "trashed":
        store.trash_done(ALICE)
    with monkeypatch.context() as patched:
        patched.setattr(bulk, "LONGEST", -1)
        late = alice.delete(f"/me/todos?status={status}")

    again = alice.delete(f"/me/todos?status={status}")

    assert late.status_code == 503
    assert late.get_json()["type"] == "urn:todo-on-ecs:problem:not-all-done"
    assert late.headers["Retry-After"] == "1"
    assert again.status_code == 204
    assert titles(alice, status) == []
