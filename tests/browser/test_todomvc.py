"""TodoMVC's published behaviours (its application specification), as this website has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.todos import eventually, saved_titles, seed

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person

ITEMS = ("buy some cheese", "feed the cat", "book a doctors appointment")


@pytest.fixture
def app(browsers: Browsers, ada: Person) -> App:
    seed(ada, *ITEMS)
    app = browsers.signed_in(ada, "/open?sort=position")
    app.expect_titles(*ITEMS)
    return app


def test_without_todos_there_is_nothing_to_clear(browsers: Browsers, ada: Person) -> None:
    app = browsers.signed_in(ada)

    app.expect_titles()
    expect(app.main).to_contain_text("Nothing to do")
    assert not app.offers("Clear completed")


def test_the_input_has_the_focus_on_load(app: App) -> None:
    app.page.reload()

    expect(app.quick_add).to_be_focused()


def test_enter_appends_to_the_bottom_and_clears_the_input(app: App) -> None:
    app.add("walk the dog")

    app.expect_titles(*ITEMS, "walk the dog")
    expect(app.quick_add).to_have_value("")


def test_input_is_trimmed_and_blanks_are_nothing(app: App, ada: Person) -> None:
    app.add("   walk the dog   ")
    app.add("      ")

    app.expect_titles(*ITEMS, "walk the dog")
    eventually(lambda: saved_titles(ada), [*ITEMS, "walk the dog"])


def test_all_are_completed_and_reopened_at_once(app: App, ada: Person) -> None:
    app.view("All")
    app.select_all()
    app.bulk("Complete")
    eventually(lambda: saved_titles(ada, "open"), [])
    app.select_all()
    app.bulk("Reopen")

    eventually(lambda: len(saved_titles(ada, "open")), 3)


def test_a_double_click_edits(app: App, ada: Person) -> None:
    app.row(ITEMS[1]).get_by_text(ITEMS[1], exact=True).dblclick()
    editor = app.title_editor
    expect(editor).to_be_focused()
    expect(editor).to_have_value(ITEMS[1])
    editor.fill("buy some sausages")
    editor.press("Enter")

    app.expect_titles(ITEMS[0], "buy some sausages", ITEMS[2])
    eventually(lambda: saved_titles(ada), [ITEMS[0], "buy some sausages", ITEMS[2]])


def test_leaving_the_editor_saves(app: App, ada: Person) -> None:
    editor = app.start_renaming(ITEMS[1])
    editor.fill("   buy some sausages  ")
    app.quick_add.focus()

    app.expect_titles(ITEMS[0], "buy some sausages", ITEMS[2])
    eventually(lambda: saved_titles(ada), [ITEMS[0], "buy some sausages", ITEMS[2]])


def test_escape_cancels_the_edit(app: App) -> None:
    editor = app.start_renaming(ITEMS[1])
    editor.fill("foo")
    editor.press("Escape")

    app.expect_titles(*ITEMS)


def test_the_counter_counts_what_is_left(app: App) -> None:
    expect(app.page.get_by_text("3 to-dos left")).to_be_visible()
    app.toggle(ITEMS[0])
    expect(app.page.get_by_text("2 to-dos left")).to_be_visible()
    app.toggle(ITEMS[1])
    expect(app.page.get_by_text("1 to-do left")).to_be_visible()


def test_clear_completed_removes_the_completed_and_then_is_gone(app: App, ada: Person) -> None:
    app.view("All")
    app.toggle(ITEMS[1])
    app.more("Clear completed")

    app.expect_set({ITEMS[0], ITEMS[2]})
    assert not app.offers("Clear completed")
    eventually(lambda: saved_titles(ada), [ITEMS[0], ITEMS[2]])


def test_state_outlives_a_reload(app: App) -> None:
    app.toggle(ITEMS[1])
    app.expect_titles(ITEMS[0], ITEMS[2])
    app.expect_all_sent()
    app.page.reload()

    app.expect_titles(ITEMS[0], ITEMS[2])
    app.view("Done")
    app.expect_titles(ITEMS[1])


def test_active_completed_and_all_are_addresses(app: App) -> None:
    app.toggle(ITEMS[1])
    app.view("Done")
    app.expect_titles(ITEMS[1])
    app.view("All")
    app.expect_set(set(ITEMS))
    app.page.go_back()
    app.expect_titles(ITEMS[1])
    app.page.go_back()
    app.expect_titles(ITEMS[0], ITEMS[2])
