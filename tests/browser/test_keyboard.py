"""Everything by keyboard, and focus that is never lost."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import assert_accessible
from tests.browser.todos import eventually, saved_titles, saved_todo, seed

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person


@pytest.fixture
def app(browsers: Browsers, ada: Person) -> App:
    """Three to-dos in the person's own order, and the focus nowhere."""
    seed(ada, "A", "B", "C")
    app = browsers.signed_in(ada, "/open?sort=position")
    app.expect_titles("A", "B", "C")
    app.page.evaluate("() => document.activeElement.blur()")
    return app


def test_n_writes_a_new_todo_and_slash_searches(app: App) -> None:
    app.keys("n")
    expect(app.quick_add).to_be_focused()
    app.keys("Escape", "/")
    expect(app.search_field).to_be_focused()


def test_j_and_k_go_through_the_list(app: App) -> None:
    app.keys("j")
    app.expect_focus_in("A")
    app.keys("j", "j")
    app.expect_focus_in("C")
    app.keys("k")
    app.expect_focus_in("B")


def test_x_completes_and_u_takes_it_back(app: App, ada: Person) -> None:
    app.keys("j", "j", "x")
    app.expect_titles("A", "C")
    eventually(lambda: saved_titles(ada, "done"), ["B"])
    app.keys("u")

    app.expect_titles("A", "B", "C")
    eventually(lambda: saved_titles(ada, "done"), [])


def test_d_deletes_and_the_focus_goes_to_the_neighbour(app: App, ada: Person) -> None:
    app.keys("j", "j", "d")

    app.expect_titles("A", "C")
    app.expect_focus_in("C")
    app.keys("d")
    app.expect_titles("A")
    app.expect_focus_in("A")
    app.keys("d")
    app.expect_titles()
    app.expect_focus_somewhere()
    eventually(lambda: sorted(saved_titles(ada, "trashed")), ["A", "B", "C"])


@pytest.mark.parametrize("key", ["d", "Enter"])
def test_a_key_that_is_held_deletes_one(app: App, ada: Person, key: str) -> None:
    app.keys("j")
    if key == "Enter":
        app.button("Delete “A”").focus()
    for _ in range(3):
        app.page.keyboard.down(key)
        app.page.wait_for_timeout(50)  # as a keyboard repeats it: what is next gets the focus
    app.page.keyboard.up(key)

    app.expect_titles("B", "C")
    app.expect_focus_in("B")
    eventually(lambda: saved_titles(ada, "trashed"), ["A"])


def test_e_edits_the_title(app: App, ada: Person) -> None:
    app.keys("j", "e", "End")
    app.page.keyboard.type(" and more")
    app.keys("Enter")

    app.expect_titles("A and more", "B", "C")
    app.expect_focus_in("A and more")
    eventually(lambda: saved_titles(ada), ["A and more", "B", "C"])


def test_enter_opens_the_details_and_escape_comes_back(app: App) -> None:
    app.keys("j", "j", "Enter")
    expect(app.dialog("Details")).to_be_visible()
    app.keys("Escape")

    expect(app.dialog("Details")).to_have_count(0)
    app.expect_focus_in("B")


def test_o_opens_the_details_of_the_row(app: App) -> None:
    app.keys("j", "j", "o")

    expect(app.details().field("Title")).to_have_value("B")


def test_s_selects_the_row_and_leaves_it_again(app: App) -> None:
    chosen = app.page.get_by_role("checkbox", name="Select “B”")
    app.keys("j", "j", "s")
    expect(chosen).to_be_checked()
    expect(app.page.get_by_role("region", name="Selected to-dos")).to_contain_text("1")
    app.expect_focus_in("B")
    app.keys("s")

    expect(chosen).not_to_be_checked()


def test_control_and_enter_save_with_the_label_just_typed(app: App, ada: Person) -> None:
    adder = app.open("A").field("Labels")
    adder.press_sequentially("home")
    app.keys("Control+Enter")

    expect(app.dialog("Details")).to_have_count(0)
    eventually(lambda: saved_todo(ada, "A")["labels"], ["home"])


def test_a_question_mark_shows_the_keys(app: App) -> None:
    app.keys("?")
    help_ = app.dialog("Keyboard shortcuts")
    expect(help_).to_be_visible()
    app.keys("Escape")

    expect(help_).to_have_count(0)


def test_letters_are_letters_while_somebody_types(app: App, ada: Person) -> None:
    app.keys("n")
    app.page.keyboard.type("n j k x e d u ? /")
    app.keys("Enter")

    app.expect_titles("A", "B", "C", "n j k x e d u ? /")
    eventually(lambda: saved_titles(ada, "open"), ["A", "B", "C", "n j k x e d u ? /"])


def test_keys_with_control_stay_the_browsers(app: App) -> None:
    app.keys("j", "Control+d", "Control+x", "Alt+e")

    app.expect_titles("A", "B", "C")


def test_escape_closes_one_thing_at_a_time(app: App) -> None:
    app.keys("j", "d")
    for opening in (partial(app.keys, "?"), app.open_menu):
        opened = app.dialog("Keyboard shortcuts").or_(app.button("Export as JSON"))
        opening()
        expect(opened).to_be_visible()
        app.keys("Escape")
        expect(opened).to_have_count(0)
        expect(app.button("Undo")).to_be_visible()
    app.keys("Escape")

    expect(app.button("Undo")).to_have_count(0)


def test_the_own_order_is_changed_by_keyboard(app: App, ada: Person) -> None:
    handle = app.page.get_by_role("button", name="Move “C”")
    handle.focus()
    app.keys("ArrowUp")
    app.expect_titles("A", "C", "B")
    app.keys("ArrowUp")

    app.expect_titles("C", "A", "B")
    expect(app.page.get_by_role("button", name="Move “C”")).to_be_focused()
    app.expect_heard("“C” is now 1 of 3")
    eventually(lambda: saved_titles(ada), ["C", "A", "B"])


def test_single_keys_can_be_switched_off(app: App) -> None:
    app.account()
    app.page.get_by_role("checkbox", name="Keyboard shortcuts of a single key").uncheck()
    app.page.goto("/open?sort=position")
    app.expect_titles("A", "B", "C")
    app.row("A").get_by_role("link", name="A", exact=True).focus()
    app.keys("x", "d", "?")

    app.expect_titles("A", "B", "C")
    expect(app.dialog("Keyboard shortcuts")).to_have_count(0)


def test_whoever_presses_undo_keeps_a_focus(app: App) -> None:
    app.keys("j", "d")
    app.button("Undo").focus()
    app.keys("Enter")

    app.expect_titles("A", "B", "C")
    app.expect_focus_somewhere()


def test_whoever_acts_on_a_selection_keeps_a_focus(app: App) -> None:
    app.select("A", "C")
    app.button("Delete").focus()
    app.keys("Enter")

    app.expect_titles("B")
    app.expect_focus_somewhere()


def test_whoever_removes_a_label_keeps_the_focus_in_the_details(app: App) -> None:
    details = app.open("A")
    details.label("home")
    app.button("Remove home").focus()
    app.keys("Enter")

    expect(app.button("Remove home")).to_have_count(0)
    expect(details.panel.locator(":focus")).to_have_count(1)


def test_the_tenth_label_leaves_the_focus_where_it_is(app: App) -> None:
    details = app.open("A")
    adder = details.field("Labels")
    for number in range(10):
        details.label(f"label-{number}")
    expect(details.panel.get_by_text("at most 10 labels")).to_be_visible()

    expect(adder).to_be_focused()
    assert_accessible(app.page)
    app.keys("Backspace")
    expect(app.button("Remove label-9")).to_have_count(0)


def test_everything_is_reached_by_tab(app: App) -> None:
    reached = app.tab_through(80)

    for name in ("New to-do", "Search", "Done: A", "Account"):
        assert any(name in each for each in reached), (name, reached)


def test_the_first_tab_skips_to_the_list(browsers: Browsers, ada: Person) -> None:
    app = browsers.signed_in(ada)
    app.page.evaluate("() => { document.body.tabIndex = -1; document.body.focus(); }")
    app.keys("Tab")
    expect(app.page.get_by_role("link", name="Skip to the list")).to_be_focused()
    app.keys("Enter")

    assert app.main.evaluate("(main) => main.contains(document.activeElement)")


def test_the_focus_is_always_seen(app: App) -> None:
    """Each control that has the focus looks different from when it has not."""
    for control in (app.quick_add, app.search_field, app.view_link("Done")):
        before = control.evaluate("e => ({...getComputedStyle(e)}).outlineStyle")
        control.focus()
        app.keys("Tab", "Shift+Tab")
        after = control.evaluate(
            "e => { const s = getComputedStyle(e); return s.outlineStyle + s.outlineWidth; }"
        )
        assert after not in {before + "0px", "none0px"}, control


def test_a_new_view_is_where_the_focus_goes_on(app: App) -> None:
    app.view_link("Done").focus()
    app.keys("Enter")

    app.expect_address("/done")
    app.expect_focus_somewhere()
