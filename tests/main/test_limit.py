"""How many to-dos a user may have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from main_service import allowance, todos
from main_service.allowance import Allowance
from main_service.app import create_app
from main_service.todos import TooManyTodos

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from main_service.config import Config
    from main_service.store import TodoStore
    from types_boto3_dynamodb import DynamoDBClient

ALICE = "a11ce000-0000-4000-8000-000000000001"


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, max_todos=3)


def add(client: FlaskClient) -> tuple[int, Any]:
    answer = client.post("/me/todos", json={"title": "x"})
    return answer.status_code, answer.get_json()


def count(client: FlaskClient) -> int:
    return len(client.get("/me/todos?status=all").get_json()["items"])


@pytest.fixture
def full(alice: FlaskClient) -> FlaskClient:
    assert [add(alice)[0] for _ in range(3)] == [201] * 3
    return alice


def test_a_user_at_the_limit_is_told_so(full: FlaskClient, bob: FlaskClient) -> None:
    status, problem = add(full)

    assert status == 409
    assert problem["type"] == "urn:todo-on-ecs:problem:too-many-todos"
    assert problem["detail"] == "You may have 3 to-dos, those in the trash included."
    assert count(full) == 3
    assert add(bob)[0] == 201


def test_a_creation_by_put_counts_too_unless_it_is_repeated(alice: FlaskClient) -> None:
    ids = [f"00000000-0000-4000-8000-{number:012}" for number in range(4)]

    def put(todo_id: str) -> int:
        headers = {"If-None-Match": "*"}
        path = f"/me/todos/{todo_id}"
        return alice.put(path, json={"title": "x"}, headers=headers).status_code

    assert [put(todo_id) for todo_id in ids] == [201, 201, 201, 409]
    assert [put(todo_id) for todo_id in ids] == [200, 200, 200, 409]


def test_the_trash_counts_until_it_is_emptied(full: FlaskClient) -> None:
    todo_id = full.get("/me/todos").get_json()["items"][0]["id"]
    full.delete(f"/me/todos/{todo_id}")
    in_the_trash = add(full)[0]

    full.delete("/me/todos?status=trashed")

    assert in_the_trash == 409
    assert [add(full)[0], add(full)[0]] == [201, 409]


def test_what_expired_counts_no_longer_a_minute_later(
    full: FlaskClient,
    dynamodb: DynamoDBClient,
    table: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    todo_id = full.get("/me/todos").get_json()["items"][0]["id"]
    key = {"pk": {"S": f"U#{ALICE}"}, "sk": {"S": f"T#{todo_id}"}}
    dynamodb.delete_item(TableName=table, Key=key)  # as DynamoDB does it
    at_once = add(full)[0]

    monkeypatch.setattr(allowance, "COUNT_PAUSE", -1)

    assert at_once == 409
    assert [add(full)[0], add(full)[0]] == [201, 409]


def test_a_user_without_a_counter_is_counted(
    full: FlaskClient, dynamodb: DynamoDBClient, table: str
) -> None:
    dynamodb.delete_item(TableName=table, Key={"pk": {"S": f"U#{ALICE}"}, "sk": {"S": "COUNT"}})

    assert add(full)[0] == 409


def test_todos_that_fill_several_answers_of_dynamodb_are_all_counted(
    alice: FlaskClient,
    store: TodoStore,
    dynamodb: DynamoDBClient,
    table: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(allowance, "COUNT_PAUSE", -1)
    key = {"pk": {"S": f"U#{ALICE}"}, "sk": {"S": "COUNT"}}
    notes = "🗒" * 10_000  # 40 KB, so 1 MB holds about 25 of them
    for number in range(30):
        store.add(ALICE, todos.created(todos.NewTodo(title=str(number), notes=notes)))

    status, _ = add(alice)

    assert status == 409
    assert dynamodb.get_item(TableName=table, Key=key)["Item"]["todos"] == {"N": "30"}


def test_emptying_the_trash_without_a_counter_makes_none(
    alice: FlaskClient, dynamodb: DynamoDBClient, table: str
) -> None:
    assert alice.delete("/me/todos?status=trashed").status_code == 204
    assert dynamodb.scan(TableName=table)["Items"] == []


class Calls:
    """Counts the calls of DynamoDB."""

    def __init__(self, client: DynamoDBClient) -> None:
        self.names: list[str] = []
        events = client.meta.events
        events.register("before-call.dynamodb", self._called, unique_id="calls")

    def _called(self, model: Any, **_: Any) -> None:
        self.names.append(model.name)


@pytest.fixture
def plenty(config: Config, dynamodb: DynamoDBClient, token: Callable[[str], str]) -> FlaskClient:
    """A client of a service with the usual limit."""
    client = create_app(replace(config, max_todos=10_000), dynamodb).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token(ALICE)}"
    return client


def test_most_creations_are_one_call(plenty: FlaskClient, dynamodb: DynamoDBClient) -> None:
    add(plenty)
    calls = Calls(dynamodb)

    for _ in range(40):
        add(plenty)

    dynamodb.meta.events.unregister("before-call.dynamodb", unique_id="calls")
    assert calls.names == ["UpdateItem"] * 42


def test_what_was_lent_long_ago_is_not_used(
    dynamodb: DynamoDBClient, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "LIFETIME", -1.0)
    lender = Allowance(dynamodb, table, 10_000)

    for _ in range(3):
        lender.take(ALICE)

    assert counted(dynamodb, table) == 3 * allowance.LENT


def test_near_the_limit_no_more_is_lent_than_there_is(dynamodb: DynamoDBClient, table: str) -> None:
    lenders = [Allowance(dynamodb, table, 150) for _ in range(3)]  # as many tasks

    taken = 0
    for number in range(300):
        try:
            lenders[number % 3].take(ALICE)
        except TooManyTodos:
            continue
        taken += 1

    assert taken == counted(dynamodb, table) == 150


def test_only_so_many_users_are_remembered(
    dynamodb: DynamoDBClient, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "USERS", 2)
    lender = Allowance(dynamodb, table, 10_000)

    for user in ("a", "b", "c", "a"):
        lender.take(user)

    assert counted(dynamodb, table, "a") == 2 * allowance.LENT


def counted(dynamodb: DynamoDBClient, table: str, user: str = ALICE) -> int:
    key = {"pk": {"S": f"U#{user}"}, "sk": {"S": "COUNT"}}
    return int(dynamodb.get_item(TableName=table, Key=key)["Item"]["todos"]["N"])
