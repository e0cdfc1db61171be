"""To-dos: their fields, limits and changes. Knows neither HTTP nor the database."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated, Self

import uuid_utils
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError


class TodoNotFound(Exception):
    """The caller has no such to-do, or it is in the trash."""


class VersionMismatch(Exception):
    """The to-do is no longer at a version that the caller is willing to change."""


class TooManyWriters(Exception):
    """Others kept changing the to-do while this change was being made."""


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("nul", "String should not contain a null character")
    return text


def _one_line(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise PydanticCustomError("one_line", "String should not contain control characters")
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


Title = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
Description = Annotated[str, Field(max_length=4_000), AfterValidator(_without_nul)]
Notes = Annotated[str, Field(max_length=10_000), AfterValidator(_without_nul)]
DueDate = Annotated[str, AfterValidator(_calendar_day)]
Priority = Annotated[int, Field(ge=0, le=3)]
Label = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_one_line)]
Labels = Annotated[list[Label], Field(max_length=10), AfterValidator(_unique)]


class Body(BaseModel):
    """Strict: "1" is not 1, and a field that is not listed is refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, alias_generator=to_camel)


class NewTodo(Body):
    """What a person writes into a to-do."""

    title: Title
    description: Description = ""
    notes: Notes = ""
    due_date: DueDate | None = None
    completed: bool = False
    priority: Priority = 0
    labels: Labels = []


class TodoPatch(Body):
    """A merge patch: only fields that were sent count, null empties one that may be empty."""

    title: Title = ""
    description: Description | None = None
    notes: Notes | None = None
    due_date: DueDate | None = None
    completed: bool = False
    priority: Priority | None = None
    labels: Labels | None = None

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
    version: int
    created_at: str
    updated_at: str
    deleted_at: str | None = None


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def created(fields: NewTodo) -> Todo:
    moment = now()
    return Todo(
        id=str(uuid_utils.uuid7()),
        title=fields.title,
        description=fields.description,
        notes=fields.notes,
        due_date=fields.due_date,
        completed_at=moment if fields.completed else None,
        priority=fields.priority,
        labels=fields.labels,
        version=1,
        created_at=moment,
        updated_at=moment,
    )


def patched(todo: Todo, patch: TodoPatch) -> Todo:
    """The to-do with the patch applied; the very same one when that changes nothing."""
    fields = {name: getattr(patch, name) for name in patch.model_fields_set}
    for name, empty in (("description", ""), ("notes", ""), ("priority", 0), ("labels", [])):
        if name in fields and fields[name] is None:
            fields[name] = empty
    moment = now()
    if (completed := fields.pop("completed", None)) is not None:
        fields["completed_at"] = (todo.completed_at or moment) if completed else None
    after = replace(todo, **fields)
    return todo if after == todo else _next_version(after, moment)


def trashed(todo: Todo) -> Todo:
    moment = now()
    return _next_version(replace(todo, deleted_at=moment), moment)


def _next_version(todo: Todo, moment: str) -> Todo:
    return replace(todo, version=todo.version + 1, updated_at=moment)
