"""To-dos: their fields, limits and changes. Knows neither HTTP nor the database."""

import re
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated, Self

import uuid_utils
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from . import positions

TIME_ORDERED = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
CLOCK_SKEW = 60  # seconds that the clock of who makes an id may be ahead of ours
# Blanks in any dialect of regular expressions, and characters without width: api.yaml has the same.
BLANK = re.compile(r"[\s\u0085\u200b-\u200d\u2060\ufeff]*")


class TodoNotFound(Exception):
    """The caller has no such to-do, or it is in the trash."""


class IdTaken(Exception):
    """Another to-do of the caller's, perhaps one in the trash, has the id."""


class VersionMismatch(Exception):
    """The to-do is no longer at a version that the caller is willing to change."""


class TooManyWriters(Exception):
    """Others kept changing the to-do while this change was being made."""


class TooManyTodos(Exception):
    """The caller may have no more; its argument is how many are allowed, trash included."""


class NotAllDone(Exception):
    """There was time for a part only; what was done stays done, and asking again goes on."""


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("nul", "String should not contain a null character")
    return text


def _one_line(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise PydanticCustomError("one_line", "String should not contain control characters")
    return text


def _visible(text: str) -> str:
    if BLANK.fullmatch(text):
        raise PydanticCustomError("blank", "String should not be blank")
    return text


def _calendar_day(text: str) -> str:
    """Keep the day as text: a day that never was an instant cannot shift by a time zone."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) or not _exists(text):
        raise PydanticCustomError("day", "Input should be a calendar day like 2026-12-31")
    return text


def _exists(day: str) -> bool:
    try:
        return bool(date.fromisoformat(day))
    except ValueError:
        return False


def _unique(labels: list[str]) -> list[str]:
    if len(set(labels)) < len(labels):
        raise PydanticCustomError("unique", "List should not contain the same item twice")
    return labels


def _order_key(text: str) -> str:
    if not positions.is_position(text):
        raise PydanticCustomError("position", "Input should be a fractional index in base 62")
    return text


Title = Annotated[
    str, Field(min_length=1, max_length=200), AfterValidator(_one_line), AfterValidator(_visible)
]
Description = Annotated[str, Field(max_length=4_000), AfterValidator(_without_nul)]
Notes = Annotated[str, Field(max_length=10_000), AfterValidator(_without_nul)]
DueDate = Annotated[str, AfterValidator(_calendar_day)]
Priority = Annotated[int, Field(ge=0, le=3)]
Label = Annotated[
    str, Field(min_length=1, max_length=40), AfterValidator(_one_line), AfterValidator(_visible)
]
Labels = Annotated[list[Label], Field(max_length=10), AfterValidator(_unique)]
Position = Annotated[str, AfterValidator(_order_key)]


class Body(BaseModel):
    """Strict: "1" is not 1, and a field that is not listed is refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, alias_generator=to_camel)


class NewTodo(Body):
    """What a person writes into a to-do. Without a position it comes last."""

    title: Title
    description: Description = ""
    notes: Notes = ""
    due_date: DueDate | None = None
    completed: bool = False
    priority: Priority = 0
    labels: Labels = []
    position: Position = ""


class TodoPatch(Body):
    """A merge patch: only fields that were sent count, null empties one that may be empty."""

    title: Title = ""
    description: Description | None = None
    notes: Notes | None = None
    due_date: DueDate | None = None
    completed: bool = False
    priority: Priority | None = None
    labels: Labels | None = None
    position: Position = ""

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("empty", "Object should have at least one field")
        return self


@dataclass(frozen=True, slots=True)
class Todo:
    """A to-do as it is kept. Instants are RFC 3339 in UTC with milliseconds."""

    id: str
    title: str
    description: str
    notes: str
    due_date: str | None
    completed_at: str | None
    priority: int
    labels: list[str]
    position: str
    version: int
    created_at: str
    updated_at: str
    deleted_at: str | None = None


def now() -> str:
    return _instant(datetime.now(UTC))


def time_in_id(todo_id: str) -> str | None:
    """When a UUID of version 7 was made; None for ids of other versions, and for those whose time
    is still to come: they are in no order that means something."""
    if not TIME_ORDERED.fullmatch(todo_id):
        return None
    seconds = int(todo_id[:8] + todo_id[9:13], 16) / 1000
    if seconds > time.time() + CLOCK_SKEW:
        return None
    return _instant(datetime.fromtimestamp(seconds, UTC))


def created(fields: NewTodo, todo_id: str | None = None) -> Todo:
    """A new to-do, under the client's own id if it gave one."""
    made = uuid_utils.uuid7()
    todo_id = todo_id or str(made)
    # So that the order of such ids is the order of creation, also of what was made offline.
    moment = time_in_id(todo_id) or now()
    return Todo(
        id=todo_id,
        title=fields.title,
        description=fields.description,
        notes=fields.notes,
        due_date=fields.due_date,
        completed_at=moment if fields.completed else None,
        priority=fields.priority,
        labels=fields.labels,
        position=fields.position or positions.last(made),
        version=1,
        created_at=moment,
        updated_at=moment,
    )


def same_content(todo: Todo, fields: NewTodo) -> bool:
    """Whether `fields` would have made this to-do."""
    return not todo.deleted_at and _rewritten(todo, fields, todo.completed_at or "") == todo


def patched(todo: Todo, patch: TodoPatch) -> Todo:
    """The to-do with the patch applied; the very same one when that changes nothing."""
    fields = {name: getattr(patch, name) for name in patch.model_fields_set}
    for name, empty in (("description", ""), ("notes", ""), ("priority", 0), ("labels", [])):
        if name in fields and fields[name] is None:
            fields[name] = empty
    moment = now()
    if (completed := fields.pop("completed", None)) is not None:
        fields["completed_at"] = (todo.completed_at or moment) if completed else None
    return _changed(todo, replace(todo, **fields), moment)


def replaced(todo: Todo, fields: NewTodo) -> Todo:
    """The to-do with all of `fields`; without a position it stays where it is."""
    moment = now()
    return _changed(todo, _rewritten(todo, fields, moment), moment)


def trashed(todo: Todo) -> Todo:
    moment = now()
    return _next_version(replace(todo, deleted_at=moment), moment)


def trashed_if_done(todo: Todo) -> Todo:
    return trashed(todo) if todo.completed_at and not todo.deleted_at else todo


def restored(todo: Todo) -> Todo:
    return _changed(todo, replace(todo, deleted_at=None), now())


def _rewritten(todo: Todo, fields: NewTodo, moment: str) -> Todo:
    return replace(
        todo,
        title=fields.title,
        description=fields.description,
        notes=fields.notes,
        due_date=fields.due_date,
        completed_at=(todo.completed_at or moment) if fields.completed else None,
        priority=fields.priority,
        labels=fields.labels,
        position=fields.position or todo.position,
    )


def _changed(before: Todo, after: Todo, moment: str) -> Todo:
    return before if after == before else _next_version(after, moment)


def _next_version(todo: Todo, moment: str) -> Todo:
    return replace(todo, version=todo.version + 1, updated_at=moment)


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
