"""An attachment's way: announced to the API, sent to S3, completed at the API."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx


def announcement(content: bytes, **changes: object) -> dict[str, object]:
    return {
        "name": "Grüße 你好.bin",
        "contentType": "application/octet-stream",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        **changes,
    }


def announce(api: httpx.Client, todo: dict[str, Any], content: bytes) -> dict[str, Any]:
    answer = api.post(f"/me/todos/{todo['id']}/files", json=announcement(content))
    assert answer.status_code == 201, answer.text
    announced: dict[str, Any] = answer.json()
    return announced


def send(upload: dict[str, Any], content: bytes) -> httpx.Response:
    return httpx.request(
        upload["method"], upload["url"], headers=upload["headers"], content=content, timeout=30
    )


def complete(api: httpx.Client, file: dict[str, Any]) -> httpx.Response:
    return api.post(f"/me/todos/{file['todoId']}/files/{file['id']}/complete")


def attach(api: httpx.Client, todo: dict[str, Any], content: bytes) -> dict[str, Any]:
    """Go all three steps."""
    announced = announce(api, todo, content)
    assert send(announced["upload"], content).status_code == 200
    answer = complete(api, announced["file"])
    assert answer.status_code == 200, answer.text
    file: dict[str, Any] = answer.json()
    return file
