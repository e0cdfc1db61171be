"""The floor: the least that a get can cost in Python. One hand-signed call on a kept socket, bare
WSGI, no checks at all."""

from __future__ import annotations

import hashlib
import hmac
import os
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable

HOST, _, PORT = os.environ["AWS_ENDPOINT_URL"].removeprefix("http://").partition(":")
HEADERS = "content-type;host;x-amz-date;x-amz-target"
KEY = hashlib.sha256(b"as if derived from the secret").digest()
kept = threading.local()


def call(operation: str, parameters: dict[str, Any]) -> Any:
    body = orjson.dumps(parameters)
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    lines = f"content-type:application/x-amz-json-1.0\nhost:{HOST}:{PORT}\nx-amz-date:{moment}\n"
    lines += f"x-amz-target:DynamoDB_20120810.{operation}\n"
    content = f"POST\n/\n\n{lines}\n{HEADERS}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{moment[:8]}/eu-central-1/dynamodb/aws4_request"
    digest = hashlib.sha256(content.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}"
    signature = hmac.digest(KEY, text.encode(), "sha256").hex()
    head = f"POST / HTTP/1.1\n{lines}content-length:{len(body)}\nauthorization:AWS4-HMAC-SHA256 "
    head += f"Credential=test/{scope}, SignedHeaders={HEADERS}, Signature={signature}\n\n"
    return orjson.loads(exchange(head.replace("\n", "\r\n").encode() + body))


def exchange(request: bytes) -> bytes:
    if not hasattr(kept, "socket"):
        kept.socket = socket.create_connection((HOST, int(PORT)))
    kept.socket.sendall(request)
    head, _, content = kept.socket.recv(65536).partition(b"\r\n\r\n")
    length = int(head.rpartition(b": ")[2])
    while len(content) < length:
        content += kept.socket.recv(65536)
    return bytes(content)


def app(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
    _, user, _, todo_id = environ["PATH_INFO"].split("/")
    key = {"pk": {"S": f"U#{user}"}, "sk": {"S": f"T#{todo_id}"}}
    answer = call("GetItem", {"TableName": "todos", "Key": key, "ConsistentRead": True})
    todo = {name: next(iter(value.values())) for name, value in answer["Item"].items()}
    content = orjson.dumps(todo)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [content]
