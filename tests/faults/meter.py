"""Capacity units, as DynamoDB counts them.

Writes are counted by the emulator, indexes included. It counts every read as one unit, so reads are
counted here, from the items that come: 4 KB a unit, half a unit when not strongly consistent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

READ_BYTES = 4096
CONTAINER_BYTES = 3  # a list or a map, and one more byte for each of its entries


@dataclass
class Meter:
    """The units that a user's calls have consumed."""

    reads: float = 0
    writes: float = 0

    def add(self, target: str, asked: dict[str, Any], answer: dict[str, Any]) -> None:
        operation = target.rpartition(".")[2]
        if operation in {"GetItem", "Query"}:
            # What these leave out of the answer costs all the same.
            assert asked.keys().isdisjoint({"FilterExpression", "ProjectionExpression"})
            items = answer.get("Items") or [answer.get("Item") or {}]
            units = max(1, math.ceil(sum(map(_item, items)) / READ_BYTES))
            self.reads += units if asked.get("ConsistentRead") else units / 2
            return
        assert "Get" not in operation, operation
        consumed = answer["ConsumedCapacity"]
        found = consumed if isinstance(consumed, list) else [consumed]
        self.writes += sum(each["CapacityUnits"] for each in found)


def _item(item: dict[str, Any]) -> int:
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "L":
        return CONTAINER_BYTES + sum(1 + _value(each) for each in content)
    if kind == "M":
        return CONTAINER_BYTES + len(content) + _item(content)
    if kind == "N":
        return 1 + math.ceil(len(content.strip("-+0.")) / 2)
    return len(content.encode()) if kind == "S" else 1
