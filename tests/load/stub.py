"""A DynamoDB that answers at once: the wire protocol over answers that were made beforehand.

It also holds the public key of the bench's tokens (GET) and its counters and delay (PUT /delay).
Items are those that the measured service itself wrote: the first write is remembered, and a user
`…-<n>` then owns n copies of it. Costs some 30 µs a call, so it is never what is measured.

Usage: stub.py PORT KEYS_FILE
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import uuid
from pathlib import Path
from typing import Any

LIMIT = re.compile(rb'"Limit": ?(\d+)')
OWNER = re.compile(rb'"[^"]*-(\d+)"\}')  # {"S": "U#user-100"}: how many to-dos the user has
INDEX = re.compile(rb'"IndexName": ?"(\w+)"')
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
INDEX_KEYS = {"byDue": "dueKey", "byPosition": "positionKey"}
HEAD = "HTTP/1.1 {} X\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\n\r\n"

Item = dict[str, Any]


def response(content: bytes, status: int = 200) -> bytes:
    return HEAD.format(status, len(content)).encode() + content


def copies(item: Item, count: int) -> list[Item]:
    """The item `count` times, with other ids and about 400 bytes each."""
    text = json.dumps(item)
    seen = UUID.findall(text)
    own = max(set(seen), key=seen.count) if seen else None
    ids = (str(uuid.UUID(int=number)) for number in range(1, count + 1))
    return [json.loads(text.replace(own, new)) if own else item for new in ids]


def written(operation: str, body: Item) -> Item | None:
    """The item that a call leaves behind, if it writes one."""
    if operation == "TransactWriteItems":
        found = [
            written(f"{name}Item", action)
            for entry in body["TransactItems"]
            for name, action in entry.items()
        ]
        return next((item for item in found if item and "title" in item), None)
    if operation == "PutItem":
        return dict(body["Item"])
    if operation != "UpdateItem":
        return None
    names, values = body.get("ExpressionAttributeNames", {}), body["ExpressionAttributeValues"]
    pairs = re.findall(r"(#?\w+) = (:\w+)", body["UpdateExpression"])
    return {**body["Key"], **{names.get(name, name): values[value] for name, value in pairs}}


class Answers:
    """What is answered to which call; made when first asked for."""

    def __init__(self) -> None:
        self.item: Item | None = None
        self._made: dict[tuple[bytes, ...], bytes] = {}

    def find(self, operation: bytes, body: bytes) -> bytes:
        if operation == b"Query":
            key = self._facts(body)
        elif operation == b"GetItem":
            key = (operation,)
        else:
            self._remember(operation, body)
            return response(b"{}")
        if key not in self._made:
            made = response(self._make(key))
            if self.item is None:
                return made
            self._made[key] = made
        return self._made[key]

    def _facts(self, body: bytes) -> tuple[bytes, ...]:
        found = (pattern.search(body) for pattern in (OWNER, LIMIT, INDEX))
        return (b"Query", *(match[1] if match else b"" for match in found))

    def _remember(self, operation: bytes, body: bytes) -> None:
        item = None if self.item else written(operation.decode(), json.loads(body))
        if item and "title" in item:
            self.item = item

    def _make(self, key: tuple[bytes, ...]) -> bytes:
        if self.item is None:
            return b'{"Count":0,"Items":[],"ScannedCount":0}'
        if key == (b"GetItem",):
            return json.dumps({"Item": self.item}).encode()
        _, owned, limit, index = key
        count = int(owned or 0)
        items = copies(self.item, min(count, int(limit or count)))
        answer: Item = {"Count": len(items), "Items": items, "ScannedCount": len(items)}
        if items and len(items) < count:
            names = ("pk", "sk", INDEX_KEYS.get(index.decode(), ""))
            answer["LastEvaluatedKey"] = {n: v for n, v in items[-1].items() if n in names}
        return json.dumps(answer).encode()


class Connection(asyncio.Protocol):
    """One connection; requests come one after the other, each with its length."""

    answers = Answers()
    keys = b""
    delay = 0.0  # seconds

    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        length = re.search(rb"\r\ncontent-length: ?(\d+)", head, re.IGNORECASE)
        missing = int(length[1]) if length else 0
        if len(rest) < missing:
            return
        self._received = rest[missing:]
        self._answer(head, rest[:missing])

    def _answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"GET"):
            self._transport.write(response(self.keys))
        elif head.startswith(b"PUT"):
            Connection.delay = float(body)
            self._transport.write(response(b""))
        else:
            target = re.search(rb"DynamoDB_20120810\.(\w+)", head)
            assert target, "not a call of DynamoDB"
            answer = self.answers.find(target[1], body)
            if self.delay:
                asyncio.get_running_loop().call_later(self.delay, self._transport.write, answer)
            else:
                self._transport.write(answer)


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    Connection.keys = Path(sys.argv[2]).read_bytes()
    asyncio.run(serve(int(sys.argv[1])))
