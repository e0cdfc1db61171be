"""What only the calls themselves show: the database here is consistent whatever it is asked."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any, get_args

from main_service import todos
from main_service.selection import Selection, Sort, Status
from main_service.todos import NewTodo

if TYPE_CHECKING:
    from main_service.store import TodoStore
    from types_boto3_dynamodb import DynamoDBClient

EVENT = "provide-client-params.dynamodb.*"


def test_adding_never_overwrites(store: TodoStore) -> None:
    first = todos.created(NewTodo(title="First"))
    store.add("ada", first)

    store.add("ada", replace(first, title="Second"))

    assert store.get("ada", first.id) == first


def test_every_read_sees_the_latest_write(store: TodoStore, dynamodb: DynamoDBClient) -> None:
    reads: list[Any] = []

    def note(params: dict[str, Any], **_: object) -> None:
        reads.append(params.get("ConsistentRead"))

    todo = todos.created(NewTodo(title="Just written"))
    store.add("ada", todo)
    dynamodb.meta.events.register(EVENT, note)
    try:
        store.get("ada", todo.id)
        for status, sort in product(get_args(Status), get_args(Sort)):
            store.page("ada", Selection(status=status, sort=sort), 50, None)
    finally:
        dynamodb.meta.events.unregister(EVENT, note)

    assert len(reads) > 12
    assert set(reads) == {True}
