"""Where to-dos are kept: this module and what it is made of (allowance, bulk, items, lists, runs)
are the only ones that know DynamoDB."""

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from . import aws, bulk, dynamodb, items, todos
from .allowance import Allowance
from .items import Item
from .lists import Page, TodoLists
from .runs import CursorRefused
from .selection import Selection
from .todos import (
    IdTaken,
    NewTodo,
    Todo,
    TodoNotFound,
    TooManyTodos,
    TooManyWriters,
    VersionMismatch,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

__all__ = ["CursorRefused", "Page", "TodoStore"]

Change = Callable[[Todo], Todo]

WRITE_ATTEMPTS = 5
logger = logging.getLogger(__name__)


class TodoStore:
    """One user's to-dos at a time: `user` is always the verified subject of a token."""

    def __init__(self, client: "DynamoDBClient", table: str, limit: int) -> None:
        self._client, self._table = client, table
        self._allowance = Allowance(client, table, limit)
        self._lists = TodoLists(client, table)

    def add(self, user: str, todo: Todo) -> None:
        self._allowance.take(user)
        if not self._create(user, todo):
            # Nobody else can have made this id: an attempt that seemed to fail had succeeded.
            logger.warning("a repeated attempt to create found its own item")

    def put(self, user: str, todo: Todo, fields: NewTodo) -> Todo | None:
        """Create the to-do under a client's own id, or find it there, made from the same fields."""
        try:
            self._allowance.take(user)
            if self._create(user, todo):
                return None
        except TooManyTodos:
            if self._read(user, todo.id) is None:
                raise
        existing = self._read(user, todo.id)
        if existing is None or not todos.same_content(existing, fields):
            raise IdTaken
        return existing

    def get(self, user: str, todo_id: str) -> Todo:
        todo = self._read(user, todo_id)
        if todo is None or todo.deleted_at:
            raise TodoNotFound
        return todo

    def change(
        self, user: str, todo_id: str, change: Change, versions: Collection[int] | None
    ) -> Todo:
        """Apply `change` to the current to-do if it is at one of `versions` (None: at any)."""

        def change_open(current: Todo) -> Todo:
            if current.deleted_at:
                raise TodoNotFound
            if versions is not None and current.version not in versions:
                raise VersionMismatch
            return change(current)

        return self._change(user, todo_id, change_open)

    def restore(self, user: str, todo_id: str) -> Todo:
        return self._change(user, todo_id, todos.restored)

    def page(self, user: str, selection: Selection, limit: int, cursor: str | None) -> Page:
        return self._lists.page(user, selection, limit, cursor)

    def each(self, user: str) -> Iterator[Todo]:
        """All to-dos outside the trash, oldest first."""
        return self._lists.each(user, Selection(status="all", sort="created"))

    def trash_done(self, user: str) -> None:
        """Move every completed to-do to the trash."""
        aws.end_budget(None)
        found = self._lists.each(user, Selection(status="done"))
        bulk.work_through(found, lambda todo: self._trash_done(user, todo))

    def empty_trash(self, user: str) -> None:
        """Delete for good what is in the trash."""
        aws.end_budget(None)
        found = self._lists.each(user, Selection(status="trashed"))
        bulk.work_through(found, lambda todo: self._purge(user, todo))
        self._allowance.recount(user)

    def _change(self, user: str, todo_id: str, change: Change) -> Todo:
        attempted = None
        for _ in range(WRITE_ATTEMPTS):
            current = self._read(user, todo_id)
            if current is None:
                raise TodoNotFound
            if current == attempted:
                return current  # written by an attempt that seemed to have failed
            attempted = change(current)
            if attempted is current or self._replace(user, attempted, current.version):
                return attempted
        raise TooManyWriters

    def _trash_done(self, user: str, todo: Todo) -> None:
        if not self._replace(user, todos.trashed(todo), todo.version):
            with suppress(TodoNotFound):  # somebody else was faster
                self.change(user, todo.id, todos.trashed_if_done, None)

    def _purge(self, user: str, todo: Todo) -> None:
        try:
            with aws.translated_errors():
                self._client.delete_item(
                    TableName=self._table,
                    Key=items.key(user, todo.id),
                    ConditionExpression="version = :seen",
                    ExpressionAttributeValues={":seen": {"N": str(todo.version)}},
                )
        except dynamodb.ConditionalCheckFailed:
            pass  # restored meanwhile, or already gone

    def _read(self, user: str, todo_id: str) -> Todo | None:
        with aws.translated_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=items.key(user, todo_id), ConsistentRead=True
            )
        return items.todo(answer["Item"]) if "Item" in answer else None

    def _create(self, user: str, todo: Todo) -> bool:
        return self._write(user, todo, "attribute_not_exists(pk)", {})

    def _replace(self, user: str, todo: Todo, version: int) -> bool:
        return self._write(user, todo, "version = :seen", {":seen": {"N": str(version)}})

    def _write(self, user: str, todo: Todo, condition: str, values: Item) -> bool:
        """Write the to-do's attributes, and only them: those of a newer release stay. False when
        the condition does not hold."""
        attributes = items.attributes(todo)
        present = {name: value for name, value in attributes.items() if value is not None}
        # Never empty: what is in the trash has no due key, and all else no moment of deletion.
        absent = [f"#{name}" for name in attributes if name not in present]
        update = "SET " + ", ".join(f"#{name} = :{name}" for name in present)
        update += " REMOVE " + ", ".join(absent)
        try:
            with aws.translated_errors():
                self._client.update_item(
                    TableName=self._table,
                    Key=items.key(user, todo.id),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeNames={f"#{name}": name for name in attributes},
                    ExpressionAttributeValues={
                        **{f":{name}": value for name, value in present.items()},
                        **values,
                    },
                )
        except dynamodb.ConditionalCheckFailed:
            return False
        return True
