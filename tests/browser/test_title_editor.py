"""A title that is being edited while its row moves, or goes away under the writer's hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.days import day
from tests.browser.todos import change, eventually, saved, saved_titles, seed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person

    Happening = Callable[[App, Person, dict[str, Any]], None]

ZONE = "Europe/London"


@pytest.fixture
def todos(ada: Person) -> list[dict[str, Any]]:
    return seed(ada, "A", "B", dueDate=day(ZONE))


@pytest.fixture
def app(browsers: Browsers, ada: Person, todos: list[dict[str, Any]]) -> App:
    """Two to-dos that are due today, a minute before midnight; another view was seen before."""
    app = browsers.open("/all", timezone_id=ZONE)
    app.watch.expect("status of 412")  # two have changed the same, and both stand
    app.page.clock.install(time=f"{day(ZONE)}T23:59:00+00:00")
    app.page.reload()
    app.sign_in(ada)
    app.view("Done")
    app.view("Open")
    app.expect_titles(*(todo["title"] for todo in todos))
    return app


def go_back(app: App, _: Person, __: dict[str, Any]) -> None:
    app.page.go_back()
    app.expect_address("/done")


def complete_in_another_tab(app: App, _: Person, __: dict[str, Any]) -> None:
    app.new_tab("/open").toggle("A")


def complete_elsewhere(app: App, ada: Person, todo: dict[str, Any]) -> None:
    change(ada, todo, completed=True)
    app.wake()


def put_off_elsewhere(app: App, ada: Person, todo: dict[str, Any]) -> None:
    change(ada, todo, dueDate=day(ZONE, 1))
    app.wake()


def wait_for_midnight(app: App, _: Person, __: dict[str, Any]) -> None:
    app.page.clock.fast_forward("02:00")
    expect(app.main.get_by_role("heading", name="Overdue")).to_be_visible()


GOING = [go_back, complete_in_another_tab, complete_elsewhere]
MOVING = [put_off_elsewhere, wait_for_midnight]


@pytest.mark.parametrize("happens", GOING)
def test_what_was_typed_is_saved_when_its_row_goes_away(
    app: App, ada: Person, todos: list[dict[str, Any]], happens: Happening
) -> None:
    app.start_renaming("A").fill("A, half typed")
    happens(app, ada, todos[0])

    eventually(lambda: sorted(saved_titles(ada)), ["A, half typed", "B"])
    assert saved_titles(ada, "trashed") == []


@pytest.mark.parametrize("happens", MOVING)
def test_editing_goes_on_where_the_row_has_gone(
    app: App, ada: Person, todos: list[dict[str, Any]], happens: Happening
) -> None:
    app.start_renaming("A").fill("A, half typed")
    happens(app, ada, todos[0])

    if happens is put_off_elsewhere:
        expect(app.main.get_by_role("heading", name="Tomorrow")).to_be_visible()
    expect(app.title_editor).to_be_focused()
    expect(app.title_editor).to_have_value("A, half typed")
    app.page.keyboard.type(" and whole")
    app.keys("Enter")
    eventually(lambda: sorted(saved_titles(ada)), ["A, half typed and whole", "B"])


@pytest.mark.parametrize("happens", [*GOING, *MOVING])
def test_a_title_that_is_empty_just_then_deletes_nothing(
    app: App, ada: Person, todos: list[dict[str, Any]], happens: Happening
) -> None:
    app.start_renaming("A").fill("")
    happens(app, ada, todos[0])
    app.keys("Escape")

    app.expect_all_sent()
    assert sorted(todo["title"] for todo in saved(ada)) == ["A", "B"]


def test_closing_the_tab_asks_before_a_title_half_typed_is_lost(app: App) -> None:
    app.start_renaming("A").fill("A, half typed")
    with app.page.expect_event("dialog") as asked:
        app.page.close(run_before_unload=True)

    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(app.title_editor).to_have_value("A, half typed")
