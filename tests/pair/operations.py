"""Every operation of the contract, with requests that it accepts: a new one is in every table."""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
METHODS = ("get", "post", "put", "patch", "delete")
CONTENT = b"The lease of 1987"

# By the schema of the request's body. The words are looked for where nothing private may be.
BODIES: dict[str, dict[str, Any]] = {
    "NewTodo": {
        "title": "confidential title",
        "description": "confidential description",
        "notes": "confidential notes",
        "dueDate": "2026-12-24",
        "priority": 2,
        "labels": ["confidential label"],
    },
    "TodoPatch": {"title": "confidential new title", "notes": "confidential new notes"},
    "NewFile": {
        "name": "confidential näme.txt",
        "contentType": "text/plain",
        "size": len(CONTENT),
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
    },
}


@dataclass(frozen=True)
class World:
    """The ids of what a person has before a request. The files hang on `todo`; `pending` is an
    upload whose bytes have arrived and that only has to be completed."""

    todo: str
    done: str
    trashed: str
    file: str
    pending: str


NOTHING = World(*(str(uuid.UUID(int=0xDEAD0000 + n, version=4)) for n in range(5)))


@dataclass(frozen=True)
class Request:
    """What a client sends, without its token."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    json: Any


@dataclass(frozen=True)
class Variant:
    """One way to ask for an operation: which of the person's things, what beside the body."""

    name: str = ""
    todo: str = "todo"
    file: str = "file"
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


# Operations that a plain request to the person's to-do or file would not exercise, or not fully.
VARIANTS: dict[str, list[Variant]] = {
    "listTodos": [
        Variant("open"),
        Variant("trash", query={"status": "trashed"}),
        Variant("found", query={"status": "all", "q": "confidential", "sort": "created"}),
        Variant("ordered", query={"status": "all", "sort": "position"}),
    ],
    "deleteTodos": [
        Variant("done", query={"status": "done"}),
        Variant("trash", query={"status": "trashed"}),
    ],
    "exportTodos": [Variant(form, query={"format": form}) for form in ("json", "csv", "ics")],
    "putTodo": [
        Variant("replace", headers={"If-Match": "*"}),
        Variant("create", todo="new", headers={"If-None-Match": "*"}),
    ],
    "restoreTodo": [Variant(todo="trashed")],
    "completeFile": [Variant(file="pending")],
    "getFileContent": [
        Variant("redirected"),
        Variant("told", headers={"Accept": "application/json"}),
    ],
}


@dataclass(frozen=True)
class Operation:
    """One operation of api.yaml in one of its variants."""

    method: str
    path: str
    contract: dict[str, Any]
    variant: Variant

    def __str__(self) -> str:
        return f"{self.id} {self.variant.name}".strip()

    @property
    def id(self) -> str:
        return str(self.contract["operationId"])

    @property
    def service(self) -> str:
        (tag,) = self.contract["tags"]
        return str(tag)

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @cached_property
    def media_type(self) -> str | None:
        return next(iter(self.contract.get("requestBody", {}).get("content", {})), None)

    @property
    def body(self) -> Any:
        if self.media_type is None:
            return None
        schema = self.contract["requestBody"]["content"][self.media_type]["schema"]
        return BODIES[schema["$ref"].rpartition("/")[2]]

    @property
    def successes(self) -> set[int]:
        return {int(status) for status in self.contract["responses"] if status != "default"}

    def filled(self, user: str, todo: str, file: str) -> str:
        values = {"userId": user, "todoId": todo, "fileId": file}
        return re.sub(r"\{(\w+)\}", lambda name: values[name[1]], self.path)

    def request(self, world: World, user: str = "me") -> Request:
        """A request of its owner's that succeeds."""
        variant = self.variant
        new = str(uuid.uuid4())
        todo = new if variant.todo == "new" else getattr(world, variant.todo)
        path = self.filled(user, todo, getattr(world, variant.file))
        media = {"Content-Type": self.media_type} if self.media_type else {}
        return Request(self.method, path, variant.query, {**media, **variant.headers}, self.body)


def _operations() -> list[Operation]:
    return [
        Operation(method.upper(), path, item[method], variant)
        for path, item in CONTRACT["paths"].items()
        for method in METHODS
        if method in item
        for variant in VARIANTS.get(item[method]["operationId"], [Variant()])
    ]


CONTRACT: dict[str, Any] = yaml.safe_load((ROOT / "api.yaml").read_text())
OPERATIONS = _operations()
