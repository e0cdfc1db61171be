"""What each operation of the main service is charged: read and write units.

The emulator counts them, but for queries: these it charges one unit, however many items are read,
where DynamoDB adds up their sizes. Nothing is timed here, so once is enough.
"""

from __future__ import annotations

import math
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson
from main_service import config, dynamodb
from main_service.app import create_app

from tests.pair import resources
from tests.pair.issuer import AUDIENCE, ISSUER, Issuer
from tests.pair.running import Emulated

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

READ_UNIT = 4096  # bytes, strongly consistent; else half a unit
READS = ("get_item", "query")
TODO = {"title": "t" * 30, "description": "d" * 11, "dueDate": "2026-12-24"}  # 400 bytes, kept
LIST_LENGTHS = (100, 1_000)
PATCH = "application/merge-patch+json"


def charge(found: list[dict[str, Any]], *, strong: bool) -> float:
    """The read units of a query that read these items, none filtered out."""
    units = max(1, math.ceil(sum(size({"M": item}) - 3 for item in found) / READ_UNIT))
    return units if strong else units / 2


def size(value: dict[str, Any]) -> int:
    """Of a value, in bytes, as DynamoDB's guide counts it; names count with what they name."""
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return (len(content.lstrip("-").replace(".", "")) + 1) // 2 + 1
    if kind == "L":
        return 3 + sum(1 + size(element) for element in content)
    if kind == "M":
        return 3 + sum(len(name.encode()) + size(inner) for name, inner in content.items())
    return 1  # BOOL, NULL


class Metered:
    """A client that asks what each call costs and adds it up."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.read = self.written = 0.0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)

        def call(**parameters: Any) -> Any:
            answer = found(**parameters, ReturnConsumedCapacity="TOTAL")
            if name == "query":
                self.read += charge(answer["Items"], strong=bool(parameters.get("ConsistentRead")))
            else:
                self._add(name, answer.get("ConsumedCapacity") or [])
            return answer

        return call

    def _add(self, name: str, consumed: Any) -> None:
        for part in consumed if isinstance(consumed, list) else [consumed]:
            if name in READS:
                self.read += part["CapacityUnits"]
            else:
                self.written += part["CapacityUnits"]

    def taken(self) -> tuple[float, float]:
        """Read and write units since the last time."""
        units, self.read, self.written = (self.read, self.written), 0.0, 0.0
        return units


class Person:
    """Uses the service and sees the bill."""

    def __init__(self, client: FlaskClient, meter: Metered) -> None:
        self._client, self._meter = client, meter
        self.bill: dict[str, tuple[float, float]] = {}

    def does(self, what: str, method: str, path: str, **request: Any) -> Any:
        self._meter.taken()
        answer = self._client.open(path, method=method, **request)
        assert answer.status_code < 300, f"{what}: {answer.status_code} {answer.text}"
        answer.get_data()
        self.bill[what] = self._meter.taken()
        return answer

    def everything(self) -> None:
        self.does("create (first)", "POST", "/me/todos", json=TODO)
        path = self.does("create", "POST", "/me/todos", json=TODO).headers["Location"]
        self.does("get", "GET", path)
        for what, change in (
            ("patch (title)", {"title": "other"}),
            ("patch (due date)", {"dueDate": "2027-01-01"}),
            ("complete", {"completed": True}),
            ("reopen", {"completed": False}),
        ):
            self.does(what, "PATCH", path, data=orjson.dumps(change), content_type=PATCH)
        self.does("delete", "DELETE", path)
        self.does("restore", "POST", f"{path}/restore")
        headers = {"If-None-Match": "*"}
        self.does("put (create)", "PUT", f"/me/todos/{uuid4()}", json=TODO, headers=headers)
        for status in ("done", "trashed"):
            self.does(f"clear {status}, none there", "DELETE", f"/me/todos?status={status}")

    def lists(self, length: int, already: int) -> None:
        for _ in range(already, length):
            assert self._client.post("/me/todos", json=TODO).status_code == 201
        self.does(f"list page, {length:,} to-dos", "GET", "/me/todos")


def measure(folder: Path) -> dict[str, tuple[float, float]]:
    """Operation → read and write units."""
    with ExitStack() as parts:
        issuer = Issuer()
        parts.callback(issuer.close)
        emulated = Emulated(folder / "emulated", parts)
        settings = resources.environment(issuer.url, ISSUER, AUDIENCE)
        settings |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        read = config.read(settings | {"AWS_ENDPOINT_URL": emulated.url})
        meter = Metered(dynamodb.client(read.region, read.aws))
        client = create_app(read, meter).test_client()  # type: ignore[arg-type]
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {issuer.token()}"
        person = Person(client, meter)
        person.everything()
        already = 0
        for length in LIST_LENGTHS:
            person.lists(length, already)
            already = length
        return person.bill
