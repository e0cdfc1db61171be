"""A new version of the website while an older one is open."""

from __future__ import annotations

import json
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stack import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


@pytest.fixture
def address(published: Path) -> Iterator[str]:
    handler = partial(SimpleHTTPRequestHandler, directory=str(published))
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

    page.get_by_role("button", name="Reload").click()

    page.wait_for_function("() => document.querySelector('meta[name=v]')?.content === 'two'")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(notice).to_have_count(0)


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
