from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import httpx

from tests.e2e import attachments

if TYPE_CHECKING:
    from tests.e2e.stack import Person, Stack


def create(person: Person, **fields: object) -> dict[str, Any]:
    answer = person.api.post("/me/todos", json=fields)
    assert answer.status_code == 201, answer.text
    todo: dict[str, Any] = answer.json()
    return todo


def pages(api: httpx.Client, query: str) -> list[list[dict[str, Any]]]:
    """Follow `Link: rel="next"` as a client does, to the last page."""
    found, url = [], f"/me/todos?{query}"
    while url:
        answer = api.get(url)
        assert answer.status_code == 200, answer.text
        found.append(answer.json()["items"])
        url = answer.links.get("next", {}).get("url", "")
        assert bool(url) == bool(answer.json()["nextCursor"])
    return found


def test_120_todos_come_in_pages_by_due_date(stack: Stack) -> None:
    person = stack.new_person()
    days = [(date(2026, 12, 1) + timedelta(days=n * 7 % 120)).isoformat() for n in range(120)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda day: create(person, title=f"By {day}", dueDate=day), days))

    found = pages(person.api, "limit=50")

    assert [len(page) for page in found] == [50, 50, 20]
    items = [item for page in found for item in page]
    assert [item["dueDate"] for item in items] == sorted(days)
    assert {item["id"] for item in items} == {todo["id"] for todo in made}


def test_a_completed_todo_moves_from_the_open_to_the_done_list(alice: Person) -> None:
    todo = create(alice, title="Water the plants", dueDate="2026-12-24")

    answer = alice.api.patch(
        f"/me/todos/{todo['id']}",
        json={"completed": True},
        headers={"Content-Type": "application/merge-patch+json"},
    )

    assert answer.status_code == 200, answer.text
    for status, expected in [("open", False), ("done", True), ("all", True)]:
        items = [item for page in pages(alice.api, f"status={status}") for item in page]
        assert (answer.json() in items) == expected, status


def test_a_patch_with_a_stale_etag_changes_nothing(alice: Person, todo: dict[str, Any]) -> None:
    path, merge = f"/me/todos/{todo['id']}", "application/merge-patch+json"
    stale = alice.api.get(path).headers["ETag"]
    first = alice.api.patch(
        path, json={"title": "First tab"}, headers={"Content-Type": merge, "If-Match": stale}
    )

    second = alice.api.patch(
        path, json={"title": "Second tab"}, headers={"Content-Type": merge, "If-Match": stale}
    )

    assert (first.status_code, second.status_code) == (200, 412)
    assert second.headers["Content-Type"] == "application/problem+json"
    now = alice.api.get(path)
    assert now.json()["title"] == "First tab"
    assert now.headers["ETag"] == first.headers["ETag"] != stale


def test_one_megabyte_travels_to_s3_and_back(alice: Person, todo: dict[str, Any]) -> None:
    content = os.urandom(1 << 20)
    files = f"/me/todos/{todo['id']}/files"

    announced = attachments.announce(alice.api, todo, content)
    assert announced["file"]["status"] == "pending"
    assert alice.api.get(files).json() == {"items": []}
    assert alice.api.get(f"{files}/{announced['file']['id']}/content").status_code == 409

    assert attachments.send(announced["upload"], content).status_code == 200
    completed = attachments.complete(alice.api, announced["file"])
    assert completed.status_code == 200, completed.text
    assert completed.json()["status"] == "complete"
    assert alice.api.get(files).json() == {"items": [completed.json()]}

    download = alice.api.get(f"{files}/{announced['file']['id']}/content", follow_redirects=True)
    assert download.content == content
    assert download.headers["Content-Disposition"].startswith("attachment;")
    assert (
        "filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%E4%BD%A0%E5%A5%BD.bin"
        in (download.headers["Content-Disposition"])
    )


def test_a_deleted_attachment_and_todo_are_gone(alice: Person, todo: dict[str, Any]) -> None:
    file = attachments.attach(alice.api, todo, b"The old lease")
    path = f"/me/todos/{todo['id']}/files/{file['id']}"
    bytes_url = alice.api.get(f"{path}/content").headers["Location"]
    assert httpx.get(bytes_url).content == b"The old lease"

    assert alice.api.delete(path).status_code == 204
    assert alice.api.delete(f"/me/todos/{todo['id']}").status_code == 204

    assert alice.api.get(path).status_code == 404
    assert httpx.get(bytes_url).status_code == 404
    assert alice.api.get(f"/me/todos/{todo['id']}").status_code == 404
    for status in ("open", "done", "all"):
        items = [item for page in pages(alice.api, f"status={status}") for item in page]
        assert todo["id"] not in {item["id"] for item in items}
