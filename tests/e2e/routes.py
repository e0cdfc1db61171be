"""Every route of the contract, so that a new one is in every table below by itself."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

METHODS = {"get", "post", "put", "patch", "delete"}

# A request body that each operation accepts, so that nothing but the owner can be the reason of a
# refusal.
BODIES: dict[str, dict[str, Any]] = {
    "POST /{userId}/todos": {"json": {"title": "Mine"}},
    "PATCH /{userId}/todos/{todoId}": {
        "json": {"title": "Mine"},
        "headers": {"Content-Type": "application/merge-patch+json"},
    },
    "POST /{userId}/todos/{todoId}/files": {
        "json": {"name": "a", "contentType": "text/plain", "size": 1, "sha256": "0" * 64}
    },
}

# The to-do's id is the caller's own name for a shelf of attachments, of which nobody else can tell
# whether it is in use: the files service does not read the to-dos' table.
OWN_SHELF = {"GET /{userId}/todos/{todoId}/files", "POST /{userId}/todos/{todoId}/files"}


@dataclass(frozen=True)
class Route:
    """One operation of api.yaml."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def names_an_id(self) -> bool:
        return "Id}" in self.path.replace("{userId}", "")

    @property
    def reaches_only_the_callers_own(self) -> bool:
        return str(self) in OWN_SHELF

    @property
    def body(self) -> dict[str, Any]:
        return BODIES.get(str(self), {})

    def filled(self, user: str = "me", todo: str = "", file: str = "") -> str:
        values = {"userId": user, "todoId": todo or uuid.uuid4(), "fileId": file or uuid.uuid4()}
        return re.sub(r"\{(\w+)\}", lambda name: str(values[name[1]]), self.path)


def _routes() -> list[Route]:
    contract = yaml.safe_load((Path(__file__).parents[2] / "api.yaml").read_text())
    return [
        Route(method.upper(), path)
        for path, operations in contract["paths"].items()
        for method in operations
        if method in METHODS
    ]


ROUTES = _routes()
