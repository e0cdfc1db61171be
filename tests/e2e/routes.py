"""Every route of the contract, so that a new one is in every table below by itself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from tests.pair.operations import NOTHING, OPERATIONS, Operation

# The to-do's id is the caller's own name for a shelf of attachments, of which nobody else can tell
# whether it is in use: the files service does not read the to-dos' table.
OWN_SHELF = {"listFiles", "announceFile"}


@dataclass(frozen=True)
class Route:
    """One operation of api.yaml."""

    operation: Operation

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def method(self) -> str:
        return self.operation.method

    @property
    def path(self) -> str:
        return self.operation.path

    @property
    def names_an_id(self) -> bool:
        return "Id}" in self.path.replace("{userId}", "")

    @property
    def reaches_only_the_callers_own(self) -> bool:
        return self.operation.id in OWN_SHELF

    @property
    def body(self) -> dict[str, Any]:
        """All that a request needs, so that only the owner can be the reason of a refusal."""
        request = self.operation.request(NOTHING)
        return {"json": request.json, "params": request.query, "headers": request.headers}

    def filled(self, user: str = "me", todo: str = "", file: str = "") -> str:
        return self.operation.filled(user, todo or str(uuid.uuid4()), file or str(uuid.uuid4()))


ROUTES = list({(found.method, found.path): Route(found) for found in reversed(OPERATIONS)}.values())
