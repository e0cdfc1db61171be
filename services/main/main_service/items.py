"""How a to-do is written as an item of DynamoDB.

`pk = U#<user>`, `sk = T#<id>`, and the keys of three local indexes, each of which an item may lack:
- `dueKey`, not in the trash: `O#<due date>#<id>` open, `C#<completedAt>#<id>` done;
- `positionKey`: `O#<position>#<id>` outside the trash, `D#<deletedAt>#<id>` in it;
- `createdKey`, not in the trash, and only if the id is not in the order of creation by itself:
  `<createdAt>#<id>` (docs/decisions/0008-order-of-creation.md).

Beside them a user has one item that is no to-do: `sk = COUNT`, the counter of allowance.py.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from .todos import Todo, time_in_id

Item = Mapping[str, Any]  # as DynamoDB writes it: {"title": {"S": "…"}, …}

TRASH_PERIOD = timedelta(days=30)
NO_DUE_DATE = "9999-99-99"  # after every date, and none itself


def partition(user: str) -> dict[str, str]:
    return {"S": f"U#{user}"}


def key(user: str, todo_id: str) -> dict[str, Any]:
    return {"pk": partition(user), "sk": {"S": f"T#{todo_id}"}}


def counter_key(user: str) -> dict[str, Any]:
    return {"pk": partition(user), "sk": {"S": "COUNT"}}


def attributes(todo: Todo) -> dict[str, Any]:
    """The item without its key; None is for an attribute that it does not have. What is empty has
    none, and neither has a position that its key tells: reading costs by the byte."""
    return {
        "title": {"S": todo.title},
        "description": _optional("S", todo.description or None),
        "notes": _optional("S", todo.notes or None),
        "dueDate": _optional("S", todo.due_date),
        "completedAt": _optional("S", todo.completed_at),
        "priority": _optional("N", todo.priority or None),
        "labels": {"L": [{"S": label} for label in todo.labels]} if todo.labels else None,
        "position": _optional("S", todo.position if todo.deleted_at else None),
        "version": {"N": str(todo.version)},
        "createdAt": {"S": todo.created_at},
        "updatedAt": {"S": todo.updated_at},
        "deletedAt": _optional("S", todo.deleted_at),
        "expiresAt": _optional("N", _expiry(todo)),
        "dueKey": _optional("S", _due_key(todo)),
        "positionKey": {"S": _position_key(todo)},
        "createdKey": _optional("S", _created_key(todo)),
    }


def todo(item: Item) -> Todo:
    return Todo(
        id=item["sk"]["S"].removeprefix("T#"),
        title=item["title"]["S"],
        description=_text(item, "description") or "",
        notes=_text(item, "notes") or "",
        due_date=_text(item, "dueDate"),
        completed_at=_text(item, "completedAt"),
        priority=int(item["priority"]["N"]) if "priority" in item else 0,
        labels=[label["S"] for label in item["labels"]["L"]] if "labels" in item else [],
        position=_text(item, "position") or item["positionKey"]["S"].split("#")[1],
        version=int(item["version"]["N"]),
        created_at=item["createdAt"]["S"],
        updated_at=item["updatedAt"]["S"],
        deleted_at=_text(item, "deletedAt"),
    )


def _due_key(todo: Todo) -> str | None:
    if todo.deleted_at:
        return None
    if todo.completed_at:
        return f"C#{todo.completed_at}#{todo.id}"
    return f"O#{todo.due_date or NO_DUE_DATE}#{todo.id}"


def _position_key(todo: Todo) -> str:
    if todo.deleted_at:
        return f"D#{todo.deleted_at}#{todo.id}"
    return f"O#{todo.position}#{todo.id}"


def _created_key(todo: Todo) -> str | None:
    if todo.deleted_at or time_in_id(todo.id) == todo.created_at:
        return None
    return f"{todo.created_at}#{todo.id}"


def _expiry(todo: Todo) -> int | None:
    """When DynamoDB may delete the item, in seconds since 1970."""
    if not todo.deleted_at:
        return None
    return int((datetime.fromisoformat(todo.deleted_at) + TRASH_PERIOD).timestamp())


def _optional(kind: str, value: str | int | None) -> dict[str, str] | None:
    return None if value is None else {kind: str(value)}


def _text(item: Item, name: str) -> str | None:
    return item[name]["S"] if name in item else None
