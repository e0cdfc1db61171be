"""Somebody with a token, whatever stands between them and the services, and what they own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from tests.pair.operations import BODIES, CONTENT, World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.pair.operations import Request


@dataclass(frozen=True)
class Answer:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


class Way(Protocol):
    """How a request gets to the services."""

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        query: Mapping[str, str],
        body: Any,
    ) -> Answer: ...


@dataclass(frozen=True)
class Person:
    """A user of the services."""

    sub: str
    token: str
    way: Way
    put: Callable[[str, bytes], None]
    extra: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: Any = None, query: Any = None, **headers: str
    ) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Authorization": f"Bearer {self.token}", **self.extra, **named}
        return self.way.send(method, path, sent, query or {}, body)

    def send(self, request: Request) -> Answer:
        return self.ask(
            request.method, request.path, request.json, request.query, **request.headers
        )

    def settle(self) -> World:
        """Make everything that a world has."""
        todo, done, trashed = (self._todo(completed=n == 1) for n in range(3))
        assert self.ask("DELETE", f"/me/todos/{trashed}").status == 204
        file, pending = self._file(todo), self._file(todo)
        answer = self.ask("POST", f"/me/todos/{todo}/files/{file}/complete")
        assert answer.status == 200, answer
        return World(todo, done, trashed, file, pending)

    def _todo(self, **fields: object) -> str:
        body = BODIES["NewTodo"] | {"title": "confidential old title"} | fields
        answer = self.ask("POST", "/me/todos", body, Content_Type="application/json")
        assert answer.status == 201, answer
        return str(answer.json["id"])

    def _file(self, todo: str) -> str:
        path = f"/me/todos/{todo}/files"
        answer = self.ask("POST", path, BODIES["NewFile"], Content_Type="application/json")
        assert answer.status == 201, answer
        file = str(answer.json["file"]["id"])
        self.put(f"u/{self.sub}/{todo}/{file}", CONTENT)
        return file
