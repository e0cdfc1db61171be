from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import chromium
from tests.browser.app import PATIENCE_MS, App
from tests.browser.hearing import LISTEN
from tests.browser.people import new_person
from tests.browser.watch import Watch
from tests.e2e.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext

    from tests.e2e.stack import Person


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": chromium.executable(),
        "args": chromium.ARGUMENTS,
    }


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """Nothing: what `open` is told is what holds."""
    return {}


# Somebody at a desk in Berlin who reads British English.
USUAL = {
    "locale": "en-GB",
    "timezone_id": "Europe/Berlin",
    "viewport": {"width": 1280, "height": 800},
}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The application as `make run` starts it; one for all tests, each with people of its own."""
    stack = Stack(tmp_path_factory.mktemp("local"))
    try:
        yield stack.start()
    finally:
        stack.stop()


@pytest.fixture
def ada(stack: Stack) -> Person:
    """Somebody with an account and no to-dos."""
    return new_person(stack)


@pytest.fixture
def bob(stack: Stack) -> Person:
    """Somebody else."""
    return new_person(stack)


@dataclass
class Browsers:
    """Opens browsers of their own, with nothing shared, on the running website."""

    stack: Stack
    new_context: Callable[..., BrowserContext]
    watches: list[Watch]

    def open(self, path: str = "/", **options: Any) -> App:
        """A fresh browser at an address of the website."""
        website = self.stack.outputs["WebsiteUrl"]
        context = self.new_context(base_url=website, **{**USUAL, **options})
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(LISTEN)
        names = ("WebsiteUrl", "ApiUrl", "AwsEndpoint")
        watch = Watch(context, {self.stack.outputs[name] for name in names})
        self.watches.append(watch)
        app = App(context.new_page(), watch, self.stack)
        app.page.goto(path)
        return app

    def signed_in(self, person: Person, path: str = "/", **options: Any) -> App:
        """The same, once the person has signed in there."""
        app = self.open(path, **options)
        app.sign_in(person)
        return app


@pytest.fixture
def browsers(stack: Stack, new_context: Callable[..., BrowserContext]) -> Iterator[Browsers]:
    browsers = Browsers(stack, new_context, [])
    yield browsers
    for watch in browsers.watches:
        watch.check()


@pytest.fixture
def app(browsers: Browsers, ada: Person) -> App:
    """Ada's list, open in a browser."""
    return browsers.signed_in(ada)
