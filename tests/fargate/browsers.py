"""A browser without JavaScript."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

import httpx

ITEM = re.compile(r"<li>(.*?)</li>", re.DOTALL)
HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')


@dataclass(frozen=True)
class Shown:
    """A task as a page shows it."""

    id: str
    title: str
    important: bool
    completed: bool


class Browser(httpx.Client):
    """Keeps cookies, and sends what the forms hold."""

    def tasks(self) -> list[Shown]:
        return [_shown(item) for item in ITEM.findall(self.get("/").text)]

    def task(self, title: str) -> Shown:
        (found,) = (task for task in self.tasks() if task.title == title)
        return found

    def add(self, title: str, important: str = "no") -> httpx.Response:
        return self.submit("/tasks", title=title, important=important)

    def submit(self, path: str, *, seen_at: str = "/", **typed: str) -> httpx.Response:
        """Send the form for `path` of the page `seen_at`, or one like it."""
        return self.post(path, data={**self.hidden(path, seen_at), **typed})

    def hidden(self, path: str, seen_at: str = "/") -> dict[str, str]:
        page = self.get(seen_at).text
        form = re.search(rf'<form[^>]*action="{re.escape(path)}">(.*?)</form>', page, re.DOTALL)
        return dict(HIDDEN.findall(form[1] if form else page))


def _shown(item: str) -> Shown:
    title = re.search(r"<bdi>(.*?)</bdi>", item, re.DOTALL)
    address = re.search(r'action="/tasks/([0-9a-f-]+)/', item)
    assert title
    assert address
    return Shown(
        address[1], html.unescape(title[1]), "<strong>" in item, 'class="title done"' in item
    )
