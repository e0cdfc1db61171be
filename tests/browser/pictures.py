"""`make screenshots`: the README's pictures, from a running local stack with sample data."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from playwright.sync_api import Browser, sync_playwright

from tests.browser import chromium
from tests.browser.app import App
from tests.browser.days import day
from tests.browser.people import new_person
from tests.browser.todos import seed
from tests.browser.watch import Watch
from tests.e2e.stack import ROOT, Person, Stack

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = ROOT / "docs" / "pictures"
ZONE = "Europe/Berlin"


@dataclass(frozen=True)
class Picture:
    """A file of the folder, and how to come to what it shows."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]
    reach: Callable[[App], None]


def _list(app: App) -> None:
    app.page.goto("/open")
    app.expect_loaded()


def _add(app: App) -> None:
    _list(app)
    app.quick_add.fill("Pay rent tomorrow !2 #home")


def _details(app: App) -> None:
    _list(app)
    details = app.open("Book the hut in Norway")
    details.choose(
        {"name": "packing list.txt", "mimeType": "text/plain", "buffer": b"Warm socks\n" * 400}
    )
    details.file("packing list.txt").wait_for()
    details.field("Title").scroll_into_view_if_needed()


PICTURES = [
    Picture("list-light.png", 1200, 760, "light", _add),
    Picture("list-dark.png", 1200, 760, "dark", _list),
    Picture("details-light.png", 1200, 880, "light", _details),
    Picture("phone-dark.png", 390, 760, "dark", _list),
]


def _sample(person: Person) -> None:
    """A week of somebody's life."""
    seed(person, "Return the library books", dueDate=day(ZONE, -2), labels=["errands"])
    seed(person, "Send the invoice to the bakery", dueDate=day(ZONE), priority=3, labels=["work"])
    seed(person, "Water the plants", dueDate=day(ZONE), labels=["home"])
    seed(
        person,
        "Book the hut in Norway",
        dueDate=day(ZONE, 1),
        priority=2,
        labels=["travel"],
        description="Two nights, four people.",
        notes="Ask Kari about the key.",
    )
    seed(person, "Call the dentist", dueDate=day(ZONE, 3), priority=1)
    seed(person, "Renew the passport", dueDate=day(ZONE, 24), labels=["travel", "errands"])
    seed(person, "Learn to bake rye bread")
    seed(person, "Buy milk", "Fix the bicycle lamp", completed=True)


def _take(browser: Browser, stack: Stack, person: Person, picture: Picture) -> None:
    context = browser.new_context(
        base_url=stack.outputs["WebsiteUrl"],
        locale="en-GB",
        timezone_id=ZONE,
        viewport={"width": picture.width, "height": picture.height},
        color_scheme=picture.scheme,
        reduced_motion="reduce",
    )
    app = App(context.new_page(), Watch(context, set()), stack)
    app.page.goto("/")
    app.sign_in(person)
    picture.reach(app)
    app.page.screenshot(path=FOLDER / picture.name, caret="hide")
    context.close()


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        stack = Stack(Path(folder) / "local")
        browser = playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.ARGUMENTS
        )
        try:
            person = new_person(stack.start(), "ada@example.com")
            _sample(person)
            for picture in PICTURES:
                _take(browser, stack, person, picture)
                sys.stdout.write(f"docs/pictures/{picture.name}\n")
        finally:
            browser.close()
            stack.stop()


if __name__ == "__main__":
    main()
