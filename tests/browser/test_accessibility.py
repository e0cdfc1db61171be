"""axe finds nothing, in any state, in light or in dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import assert_accessible
from tests.browser.days import day
from tests.browser.todos import change, seed

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person


@pytest.fixture
def full(ada: Person) -> Person:
    """Somebody with a to-do of each kind."""
    for ahead, priority in ((-3, 3), (0, 2), (1, 1), (20, 0)):
        seed(ada, f"Due in {ahead}", dueDate=day("Europe/Berlin", ahead), priority=priority)
    seed(ada, "With all", labels=["home", "urgent"], notes="Notes", description="Description")
    seed(ada, "Finished", completed=True)
    (gone,) = seed(ada, "Thrown away")
    ada.api.delete(f"/me/todos/{gone['id']}")
    return ada


def test_the_way_in(browsers: Browsers) -> None:
    app = browsers.open()

    for path in ("/sign-in", "/sign-up", "/confirm", "/forgot", "/no/such/page"):
        app.page.goto(path)
        expect(app.page.get_by_role("heading", level=1)).to_be_visible()
        assert_accessible(app.page)


def test_a_refused_sign_in(browsers: Browsers, ada: Person) -> None:
    app = browsers.open("/sign-in")
    app.watch.expect("status of 400")
    app.offer(ada.email, "Not-the-password-1")
    expect(app.alert).not_to_be_empty()

    assert_accessible(app.page)


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_with_content(browsers: Browsers, full: Person, width: int) -> None:
    app = browsers.signed_in(full, viewport={"width": width, "height": 800})

    for view in ("open", "today", "overdue", "upcoming", "done", "all", "trash", "account"):
        app.page.goto(f"/{view}")
        app.expect_loaded()
        assert_accessible(app.page)


def test_every_empty_list(browsers: Browsers, ada: Person) -> None:
    app = browsers.signed_in(ada)

    for path in ("/open", "/today", "/done", "/trash", "/open?q=nothing"):
        app.page.goto(path)
        app.expect_loaded()
        assert_accessible(app.page)


def test_the_own_order(browsers: Browsers, full: Person) -> None:
    app = browsers.signed_in(full, "/open?sort=position")
    app.expect_loaded()

    assert_accessible(app.page)


def _preview(app: App) -> None:
    app.quick_add.fill("Pay rent tomorrow !2 #home")
    expect(app.understood).to_have_count(3)


def _editor(app: App) -> None:
    app.start_renaming("With all")


def _details(app: App) -> None:
    app.open("With all")


def _files(app: App) -> None:
    details = app.open("With all")
    details.choose({"name": "offer.txt", "mimeType": "text/plain", "buffer": b"Hello"})
    expect(details.file("offer.txt")).to_be_visible()


def _selection(app: App) -> None:
    app.select("With all", "Due in 0")


def _notice(app: App) -> None:
    app.delete("With all")
    expect(app.page.get_by_role("button", name="Undo")).to_be_visible()


def _help(app: App) -> None:
    app.keys("?")
    expect(app.dialog("Keyboard shortcuts")).to_be_visible()


def _menu(app: App) -> None:
    app.open_menu()


def _offline(app: App) -> None:
    app.network.offline()
    app.add("Not sent yet")
    expect(app.page.get_by_text("You are offline")).to_be_visible()


STATES = [_preview, _editor, _details, _files, _selection, _notice, _help, _menu, _offline]


@pytest.mark.parametrize("reach", STATES, ids=lambda reach: reach.__name__.strip("_"))
def test_every_state_of_the_list(browsers: Browsers, full: Person, reach: Any) -> None:
    app = browsers.signed_in(full)
    app.expect_loaded()
    app.page.evaluate("() => document.activeElement.blur()")
    reach(app)

    assert_accessible(app.page)


def test_the_question_whose_words_count(browsers: Browsers, ada: Person) -> None:
    (todo,) = seed(ada, "Pay the rent")
    app = browsers.signed_in(ada)
    app.watch.expect("status of 412")
    app.expect_titles("Pay the rent")
    app.network.offline()
    app.rename("Pay the rent", "Pay the rent in cash")
    change(ada, todo, title="Pay the rent by transfer")
    app.network.online()
    expect(app.dialog("Changed in two places")).to_be_visible()

    assert_accessible(app.page)


def test_the_question_for_the_password(browsers: Browsers, ada: Person) -> None:
    app = browsers.open()
    app.watch.expect("status of (400|401)")
    app.hold_the_clock()
    app.sign_in(ada)
    app.expect_loaded()
    app.end_session(ada)
    app.add("Too late")
    expect(app.dialog("Please sign in again")).to_be_visible()

    assert_accessible(app.page)


def test_the_question_before_the_trash_is_emptied(browsers: Browsers, full: Person) -> None:
    app = browsers.signed_in(full, "/trash")
    app.expect_loaded()
    app.more("Empty trash")
    expect(app.dialog("Empty the trash?")).to_be_visible()

    assert_accessible(app.page)
