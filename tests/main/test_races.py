"""Writers that meet: no change is lost, and a repeated attempt changes nothing twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from main_service import todos
from main_service.selection import Selection
from main_service.todos import NewTodo, Todo, TodoNotFound, TooManyWriters, VersionMismatch

if TYPE_CHECKING:
    from main_service.store import TodoStore

USER = "a11ce000-0000-4000-8000-000000000001"


@pytest.fixture
def todo(store: TodoStore) -> Todo:
    todo = todos.created(NewTodo(title="first"))
    store.add(USER, todo)
    return todo


class Rival:
    """Changes the to-do `times` times, each time just before our own change is written."""

    def __init__(self, store: TodoStore, times: int) -> None:
        self.store, self.left = store, times

    def then_title(self, todo: Todo) -> Todo:
        if self.left:
            self.left -= 1
            self.store.change(USER, todo.id, self._count, None)
        return replace(todo, title="ours", version=todo.version + 1)

    @staticmethod
    def _count(todo: Todo) -> Todo:
        return replace(todo, notes=todo.notes + "|", version=todo.version + 1)


@pytest.mark.parametrize("times", [1, 4])
def test_a_lost_race_is_run_again_on_the_winners_result(
    store: TodoStore, todo: Todo, times: int
) -> None:
    changed = store.change(USER, todo.id, Rival(store, times).then_title, None)

    assert (changed.title, changed.notes) == ("ours", "|" * times)
    assert changed.version == 1 + times + 1
    assert store.get(USER, todo.id) == changed


def test_a_race_that_is_lost_again_and_again_ends(store: TodoStore, todo: Todo) -> None:
    with pytest.raises(TooManyWriters):
        store.change(USER, todo.id, Rival(store, 100).then_title, None)

    assert store.get(USER, todo.id).title == "first"


def test_a_race_lost_under_a_condition_is_a_mismatch(store: TodoStore, todo: Todo) -> None:
    with pytest.raises(VersionMismatch):
        store.change(USER, todo.id, Rival(store, 1).then_title, {1})

    assert store.get(USER, todo.id).title == "first"


def test_a_todo_deleted_meanwhile_is_not_brought_back(store: TodoStore, todo: Todo) -> None:
    def change(current: Todo) -> Todo:
        store.change(USER, todo.id, todos.trashed, None)
        return replace(current, title="ours", version=2)

    with pytest.raises(TodoNotFound):
        store.change(USER, todo.id, change, None)


@pytest.mark.parametrize("versions", [None, {1}])
def test_a_write_whose_answer_was_lost_is_recognised_when_it_is_tried_again(
    store: TodoStore, todo: Todo, versions: set[int] | None
) -> None:
    ours = replace(todo, title="ours", version=2)

    def change(current: Todo) -> Todo:
        if current.version == 1:  # as if the client's first attempt had been written unnoticed
            store.change(USER, todo.id, lambda _: ours, None)
        return ours

    assert store.change(USER, todo.id, change, versions) == ours
    assert store.get(USER, todo.id).version == 2


def test_a_repeated_creation_makes_one_todo(store: TodoStore, todo: Todo) -> None:
    store.add(USER, todo)

    assert store.page(USER, Selection(status="all"), 10, None).todos == [todo]
