"""Todo-Backend's published behaviours (todobackend.com), asked for by the website's page.

Its suite runs in a browser, from another origin than the API, as these requests do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person

FETCH = """async ({ url, method, token, body, type }) => {
  const answer = await fetch(url, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': type }) },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  return {
    status: answer.status, body: text ? JSON.parse(text) : null,
    location: answer.headers.get('Location'), etag: answer.headers.get('ETag'),
  };
}"""


@dataclass
class Backend:
    """The API as a page of the website reaches it."""

    app: App
    person: Person

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        answer: dict[str, Any] = self.app.page.evaluate(
            FETCH,
            {
                "url": self.person.stack.outputs["ApiUrl"] + path,
                "method": method,
                "token": self.person.token,
                "body": body,
                "type": kind,
            },
        )
        return answer

    def create(self, **fields: object) -> dict[str, Any]:
        answer = self.ask("POST", "/me/todos", fields)
        assert answer["status"] == 201
        return answer

    def titles(self) -> list[str]:
        page = self.ask("GET", "/me/todos?status=all&sort=position")["body"]
        return [each["title"] for each in page["items"]]


@pytest.fixture
def backend(browsers: Browsers, ada: Person) -> Backend:
    return Backend(browsers.open("/sign-in"), ada)


def test_the_root_answers_with_the_list(backend: Backend) -> None:
    assert backend.ask("GET", "/me/todos")["body"] == {"items": [], "nextCursor": None}


def test_a_post_answers_with_what_was_posted(backend: Backend) -> None:
    created = backend.create(title="a todo")["body"]

    assert created["title"] == "a todo"
    assert created["completed"] is False


def test_a_new_todo_is_in_the_list_and_at_its_own_address(backend: Backend) -> None:
    created = backend.create(title="walk the dog")

    assert backend.titles() == ["walk the dog"]
    assert created["location"].endswith(f"/todos/{created['body']['id']}")
    path = f"/me/todos/{created['body']['id']}"
    assert backend.ask("GET", path)["body"] == created["body"]


@pytest.mark.parametrize("change", [{"title": "bathe the cat"}, {"completed": True}])
def test_a_patch_changes_a_todo_for_good(backend: Backend, change: dict[str, object]) -> None:
    path = f"/me/todos/{backend.create(title='initial title')['body']['id']}"
    changed = backend.ask("PATCH", path, change)["body"]

    assert changed.items() >= change.items()
    assert backend.ask("GET", path)["body"] == changed
    (listed,) = backend.ask("GET", "/me/todos?status=all")["body"]["items"]
    assert listed == changed


def test_a_deleted_todo_is_gone(backend: Backend) -> None:
    path = f"/me/todos/{backend.create(title='todo')['body']['id']}"

    assert backend.ask("DELETE", path)["status"] == 204
    assert backend.titles() == []


def test_all_completed_todos_are_deleted_at_once(backend: Backend) -> None:
    backend.create(title="done", completed=True)
    backend.create(title="open")

    assert backend.ask("DELETE", "/me/todos?status=done")["status"] == 204
    assert backend.titles() == ["open"]


def test_a_todo_keeps_its_place_and_is_moved_by_a_patch(backend: Backend) -> None:
    first = backend.create(title="first", position="a1")["body"]
    backend.create(title="second", position="a2")
    assert backend.titles() == ["first", "second"]
    backend.ask("PATCH", f"/me/todos/{first['id']}", {"position": "a3"})

    assert backend.titles() == ["second", "first"]
