"""A new version of the website while an older one is open."""

from __future__ import annotations

import json
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.e2e.stack import ROOT

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator

DIST = ROOT / "frontend" / "dist"
CONFIG = {
    "ApiUrl": "http://127.0.0.1:9",
    "UserPoolId": "eu-central-1_Example",
    "UserPoolClientId": "client",
    "Region": "eu-central-1",
    "CognitoEndpoint": "http://127.0.0.1:9",
}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder of its own with what was built: other tests use the built one just now."""
    shutil.copytree(DIST, tmp_path / "website")
    (tmp_path / "website" / "config.json").write_text(json.dumps(CONFIG))
    return tmp_path / "website"


class Handler(SimpleHTTPRequestHandler):
    """Answers every path that is no file with the page, as the website's server does."""

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        if not Path(self.translate_path(self.path)).exists():
            self.path = "/index.html"
        return super().send_head()


@pytest.fixture
def address(published: Path) -> Iterator[str]:
    handler = partial(Handler, directory=str(published))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def _publish(folder: Path, version: str) -> None:
    """Another build: a page with another title, and the service worker that came with it."""
    page = folder / "index.html"
    page.write_text(
        page.read_text().replace("</head>", f'<meta name="v" content="{version}"></head>')
    )
    worker = folder / "sw.js"
    worker.write_text(f"{worker.read_text()}\n// {version}\n")


def _version(page: Page) -> str | None:
    version: str | None = page.evaluate(
        "() => document.querySelector('meta[name=v]')?.content ?? null"
    )
    return version


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def test_a_new_version_is_told_and_loaded_on_demand(
    page: Page, published: Path, address: str
) -> None:
    _open(page, address)
    notice = page.get_by_role("region", name="Notices").get_by_text("A new version is ready")
    expect(notice).to_have_count(0)
    _publish(published, "two")
    page.evaluate("() => navigator.serviceWorker.getRegistration().then((one) => one.update())")
    expect(notice).to_be_visible()
    assert _version(page) is None
    assert_accessible(page)

    page.get_by_role("button", name="Reload").click()

    page.wait_for_function("() => document.querySelector('meta[name=v]')?.content === 'two'")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(notice).to_have_count(0)


# Somebody signed in, with one to-do, as an earlier visit leaves them in the browser's database.
KNOWN = """async (todo) => {
  const cipher = { name: 'AES-GCM', length: 256 };
  const key = await crypto.subtle.generateKey(cipher, false, ['encrypt', 'decrypt']);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ ...cipher, iv }, key, new Uint8Array(1));
  const database = await new Promise((resolve) => {
    const opening = indexedDB.open('todo-on-ecs');
    opening.onsuccess = () => resolve(opening.result);
  });
  const change = database.transaction(['session', 'todos'], 'readwrite');
  const session = { userId: 'ada', email: 'ada@example.com', key, iv, sealed };
  change.objectStore('session').put(session, 'current');
  change.objectStore('todos').put(todo, todo.id);
  await new Promise((resolve) => { change.oncomplete = resolve; });
  database.close();
}"""
TODO: dict[str, object] = {
    "id": "01890000-0000-7000-8000-000000000001",
    "title": "Pay the rent",
    "dueDate": None,
    "completed": False,
    "completedAt": None,
    "labels": [],
    "position": "a0",
    "version": 1,
    "createdAt": "2026-11-22T09:00:00.000Z",
    "updatedAt": "2026-11-22T09:00:00.000Z",
    "deletedAt": None,
}


def test_a_new_version_does_not_take_what_is_half_written(
    page: Page, published: Path, address: str
) -> None:
    _open(page, address)
    page.evaluate(KNOWN, TODO)
    page.reload()
    page.get_by_role("link", name="Pay the rent", exact=True).click()
    page.get_by_label("Notes").fill("A long text, half written")
    _publish(published, "two")
    page.evaluate("() => navigator.serviceWorker.getRegistration().then((one) => one.update())")
    load = page.get_by_role("button", name="Reload")
    load.click()
    question = page.get_by_role("dialog", name="Discard your changes?")
    question.get_by_role("button", name="Keep editing").click()
    expect(page.get_by_label("Notes")).to_have_value("A long text, half written")
    assert _version(page) is None

    load.click()
    question.get_by_role("button", name="Discard").click()
    load.click()
    page.wait_for_function("() => document.querySelector('meta[name=v]')?.content === 'two'")


def test_without_a_network_page_and_files_are_of_one_version(
    page: Page, published: Path, address: str
) -> None:
    """The new page was seen, its files never came: the older ones still make a whole."""
    _open(page, address)
    _publish(published, "two")
    (published / "sw.js").unlink()  # only half of it has been published
    page.reload()
    assert _version(page) == "two"
    page.context.set_offline(offline=True)
    page.reload()

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert _version(page) is None
