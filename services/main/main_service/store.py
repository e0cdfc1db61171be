"""Where to-dos are kept: the only module that knows DynamoDB.

A to-do is one item, `pk = U#<user>`, `sk = T#<id>`. The index `byDue` orders a user's to-dos by
`dueKey`: open ones by due date, done ones by completion; what is in the trash has none.
"""

import base64
import logging
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from . import aws
from .todos import Todo, TodoNotFound, TooManyWriters, VersionMismatch

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Item = Mapping[str, Any]  # as DynamoDB writes it: {"title": {"S": "…"}, …}
Change = Callable[[Todo], Todo]

WRITE_ATTEMPTS = 5
TRASH_PERIOD = timedelta(days=30)
NO_DUE_DATE = "9999-12-31"  # after every other date
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of the index `byDue`, read in one direction."""

    prefix: str
    forward: bool
    key: re.Pattern[str]


_ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
OPEN = Segment("O#", forward=True, key=re.compile(rf"O#[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}#{_ID}"))
DONE = Segment("C#", forward=False, key=re.compile(rf"C#[0-9TZ:.-]{{24}}#{_ID}"))
SEGMENTS = {"open": (OPEN,), "done": (DONE,), "all": (OPEN, DONE)}


@dataclass(frozen=True, slots=True)
class Page:
    """Some to-dos, and where the next page starts, if there is one."""

    todos: list[Todo]
    cursor: str | None


class CursorRefused(Exception):
    """The cursor was not made here, or for another list."""


class TodoStore:
    """One user's to-dos at a time: `user` is always the verified subject of a token."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def add(self, user: str, todo: Todo) -> None:
        if not self._write(user, todo, "attribute_not_exists(pk)", {}):
            # Nobody else can have made this id: an attempt that seemed to fail had succeeded.
            logger.warning("a repeated attempt to create found its own item")

    def get(self, user: str, todo_id: str) -> Todo:
        todo = self._read(user, todo_id)
        if todo is None or todo.deleted_at:
            raise TodoNotFound
        return todo

    def change(
        self, user: str, todo_id: str, change: Change, versions: Collection[int] | None
    ) -> Todo:
        """Apply `change` to the current to-do if it is at one of `versions` (None: at any)."""
        attempted = None
        for _ in range(WRITE_ATTEMPTS):
            current = self._read(user, todo_id)
            if current is not None and current == attempted:
                return current  # written by an attempt that seemed to have failed
            if current is None or current.deleted_at:
                raise TodoNotFound
            if versions is not None and current.version not in versions:
                raise VersionMismatch
            attempted = change(current)
            if attempted is current or self._replace(user, attempted, current.version):
                return attempted
        raise TooManyWriters

    def page(self, user: str, status: str, limit: int, cursor: str | None) -> Page:
        """At most `limit` to-dos after `cursor`. Costs what the page holds, plus one."""
        after = _decode(cursor, status) if cursor else None
        items: list[Item] = []
        for segment in SEGMENTS[status]:
            if after and not after.startswith(segment.prefix):
                continue  # read to its end by the pages before
            items += self._query(user, segment, after, limit + 1 - len(items))
            after = None
            if len(items) > limit:
                last = items[limit - 1]["dueKey"]["S"]
                return Page([_todo(item) for item in items[:limit]], _encode(status, last))
        return Page([_todo(item) for item in items], None)

    def _query(self, user: str, segment: Segment, after: str | None, count: int) -> list[Item]:
        parameters: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": "byDue",
            "ConsistentRead": True,  # people see their own writes
            "KeyConditionExpression": "pk = :pk AND begins_with(dueKey, :prefix)",
            "ExpressionAttributeValues": {":pk": _pk(user), ":prefix": {"S": segment.prefix}},
            "ScanIndexForward": segment.forward,
        }
        if after:
            key = {**_key(user, after.rpartition("#")[2]), "dueKey": {"S": after}}
            parameters["ExclusiveStartKey"] = key
        items: list[Item] = []
        while len(items) < count:  # an answer ends at 1 MB, perhaps before `count`
            with aws.translated_errors():
                answer = self._client.query(**parameters, Limit=count - len(items))
            items += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                break
            parameters["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        return items

    def _read(self, user: str, todo_id: str) -> Todo | None:
        with aws.translated_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=_key(user, todo_id), ConsistentRead=True
            )
        return _todo(answer["Item"]) if "Item" in answer else None

    def _replace(self, user: str, todo: Todo, version: int) -> bool:
        return self._write(user, todo, "version = :seen", {":seen": {"N": str(version)}})

    def _write(self, user: str, todo: Todo, condition: str, values: Item) -> bool:
        """Write the to-do's attributes, and only them: those of a newer release stay. False when
        the condition does not hold."""
        attributes = _attributes(todo)
        present = {name: value for name, value in attributes.items() if value is not None}
        absent = [f"#{name}" for name in attributes if name not in present]
        update = "SET " + ", ".join(f"#{name} = :{name}" for name in present)
        if absent:
            update += " REMOVE " + ", ".join(absent)
        try:
            with aws.translated_errors():
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(user, todo.id),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeNames={f"#{name}": name for name in attributes},
                    ExpressionAttributeValues={
                        **{f":{name}": value for name, value in present.items()},
                        **values,
                    },
                )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _pk(user: str) -> dict[str, str]:
    return {"S": f"U#{user}"}


def _key(user: str, todo_id: str) -> dict[str, Any]:
    return {"pk": _pk(user), "sk": {"S": f"T#{todo_id}"}}


def _due_key(todo: Todo) -> str | None:
    if todo.deleted_at:
        return None
    if todo.completed_at:
        return f"{DONE.prefix}{todo.completed_at}#{todo.id}"
    return f"{OPEN.prefix}{todo.due_date or NO_DUE_DATE}#{todo.id}"


def _expiry(todo: Todo) -> int | None:
    """When DynamoDB may delete the item, in seconds since 1970."""
    if not todo.deleted_at:
        return None
    return int((datetime.fromisoformat(todo.deleted_at) + TRASH_PERIOD).timestamp())


def _attributes(todo: Todo) -> dict[str, Any]:
    """The item without its key; None is for an attribute that it does not have."""
    return {
        "title": {"S": todo.title},
        "description": {"S": todo.description},
        "notes": {"S": todo.notes},
        "dueDate": _optional("S", todo.due_date),
        "completedAt": _optional("S", todo.completed_at),
        "priority": {"N": str(todo.priority)},
        "labels": {"L": [{"S": label} for label in todo.labels]},
        "version": {"N": str(todo.version)},
        "createdAt": {"S": todo.created_at},
        "updatedAt": {"S": todo.updated_at},
        "deletedAt": _optional("S", todo.deleted_at),
        "expiresAt": _optional("N", _expiry(todo)),
        "dueKey": _optional("S", _due_key(todo)),
    }


def _optional(kind: str, value: str | int | None) -> dict[str, str] | None:
    return None if value is None else {kind: str(value)}


def _text(item: Item, name: str) -> str | None:
    return item[name]["S"] if name in item else None


def _todo(item: Item) -> Todo:
    return Todo(
        id=item["sk"]["S"].removeprefix("T#"),
        title=item["title"]["S"],
        description=item["description"]["S"],
        notes=item["notes"]["S"],
        due_date=_text(item, "dueDate"),
        completed_at=_text(item, "completedAt"),
        priority=int(item["priority"]["N"]),
        labels=[label["S"] for label in item["labels"]["L"]],
        version=int(item["version"]["N"]),
        created_at=item["createdAt"]["S"],
        updated_at=item["updatedAt"]["S"],
        deleted_at=_text(item, "deletedAt"),
    )


def _encode(status: str, after: str) -> str:
    """A cursor has no owner in it: that always comes from the token."""
    text = orjson.dumps({"status": status, "after": after})
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _decode(cursor: str, status: str) -> str:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        content = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        after = content["after"]
    except (ValueError, TypeError, KeyError):
        raise CursorRefused from None
    keys = (segment.key for segment in SEGMENTS[status])
    if content != {"status": status, "after": after} or not isinstance(after, str):
        raise CursorRefused
    if not any(key.fullmatch(after) for key in keys):
        raise CursorRefused
    return after
