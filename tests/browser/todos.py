"""What the API holds, beside what the page shows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.stack import Person

PATIENCE_SECONDS = 10


def seed(person: Person, *titles: str, **fields: object) -> list[dict[str, Any]]:
    """Give the person to-dos, in this order, all with the same fields."""
    made = []
    for title in titles:
        answer = person.api.post("/me/todos", json={"title": title, **fields})
        assert answer.status_code == 201, answer.text
        made.append(answer.json())
    return made


def change(person: Person, todo: dict[str, Any], **fields: object) -> dict[str, Any]:
    """Change a to-do from somewhere else."""
    merge = {"Content-Type": "application/merge-patch+json"}
    answer = person.api.patch(f"/me/todos/{todo['id']}", json=fields, headers=merge)
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


def saved(person: Person, status: str = "all", sort: str = "position") -> list[dict[str, Any]]:
    answer = person.api.get("/me/todos", params={"status": status, "sort": sort})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def saved_titles(person: Person, status: str = "all") -> list[str]:
    return [todo["title"] for todo in saved(person, status)]


def saved_todo(person: Person, title: str) -> dict[str, Any]:
    (found,) = [todo for todo in saved(person) if todo["title"] == title]
    return found


def eventually(look: Callable[[], object], wanted: object) -> None:
    """Wait until the API tells what the page has promised."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := look()) != wanted:
        assert time.monotonic() < deadline, f"{found!r} is not {wanted!r}"
        time.sleep(0.1)
