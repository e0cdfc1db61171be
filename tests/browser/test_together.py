"""Two tabs, two browsers: in step, and nobody's words are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import assert_accessible
from tests.browser.todos import change, eventually, saved, saved_titles, seed

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person

CONFLICT = "status of 412"


def test_two_tabs_stay_in_step(browsers: Browsers, ada: Person) -> None:
    seed(ada, "Was there before")
    app = browsers.signed_in(ada)
    other = app.new_tab("/open")
    other.expect_titles("Was there before")

    app.add("Added in the first")
    other.expect_set({"Was there before", "Added in the first"})
    other.toggle("Was there before")
    app.expect_titles("Added in the first")
    other.rename("Added in the first", "Renamed in the second")
    app.expect_titles("Renamed in the second")
    app.delete("Renamed in the second")
    other.expect_titles()


def test_a_browser_that_is_looked_at_again_is_up_to_date(browsers: Browsers, ada: Person) -> None:
    app = browsers.signed_in(ada)
    app.expect_titles()
    seed(ada, "Added elsewhere")
    app.wake()

    app.expect_titles("Added elsewhere")


@pytest.fixture
def conflict(browsers: Browsers, ada: Person) -> App:
    """Ada has renamed a to-do without a network, and elsewhere too."""
    (todo,) = seed(ada, "Pay the rent")
    app = browsers.signed_in(ada)
    app.watch.expect(CONFLICT)
    app.expect_titles("Pay the rent")
    app.network.offline()
    app.rename("Pay the rent", "Pay the rent in cash")
    change(ada, todo, title="Pay the rent by transfer")
    app.network.online()
    expect(app.dialog("Changed in two places")).to_be_visible()
    return app


def test_a_change_made_twice_shows_both(conflict: App) -> None:
    dialog = conflict.dialog("Changed in two places")

    expect(dialog).to_contain_text("Pay the rent in cash")
    expect(dialog).to_contain_text("Pay the rent by transfer")
    expect(dialog).to_contain_text("Yours")
    expect(dialog).to_contain_text("Theirs")


@pytest.mark.parametrize(
    ("button", "titles"),
    [
        ("Use yours", {"Pay the rent in cash"}),
        ("Use theirs", {"Pay the rent by transfer"}),
        ("Keep both", {"Pay the rent in cash", "Pay the rent by transfer"}),
    ],
)
def test_a_change_made_twice_ends_as_chosen(
    conflict: App, ada: Person, button: str, titles: set[str]
) -> None:
    conflict.press(button)

    conflict.expect_set(titles)
    eventually(lambda: set(saved_titles(ada)), titles)


def test_a_decision_can_wait_and_nothing_is_lost(conflict: App, ada: Person) -> None:
    conflict.press("Decide later")
    conflict.expect_told("1 conflict to decide")
    conflict.expect_told("Waiting for your decision")
    expect(conflict.page.get_by_text("Saving…")).to_have_count(0)
    conflict.press("Decide")
    expect(conflict.dialog("Changed in two places")).to_be_visible()
    conflict.page.reload()
    conflict.press("Decide")
    conflict.press("Use yours")

    eventually(lambda: saved_titles(ada), ["Pay the rent in cash"])


def test_changes_of_different_fields_are_both_kept(browsers: Browsers, ada: Person) -> None:
    (todo,) = seed(ada, "Pay the rent")
    app = browsers.signed_in(ada)
    app.watch.expect(CONFLICT)
    app.expect_titles("Pay the rent")
    app.network.offline()
    app.rename("Pay the rent", "Pay the rent in cash")
    change(ada, todo, priority=3)
    app.network.online()

    eventually(
        lambda: [(each["title"], each["priority"]) for each in saved(ada)],
        [("Pay the rent in cash", 3)],
    )
    expect(app.dialog("Changed in two places")).to_have_count(0)


def test_what_was_changed_elsewhere_is_not_deleted_without_a_question(
    browsers: Browsers, ada: Person
) -> None:
    (todo,) = seed(ada, "Pay the rent")
    app = browsers.signed_in(ada)
    app.watch.expect(CONFLICT)
    app.expect_titles("Pay the rent")
    app.network.offline()
    app.delete("Pay the rent")
    change(ada, todo, notes="Ask Bob first!", labels=["home"], priority=2)
    app.network.online()

    question = app.dialog("Changed in two places")
    for text in ("Ask Bob first!", "home", "Medium"):
        expect(question).to_contain_text(text)
    app.press("Keep it")
    app.expect_titles("Pay the rent")
    eventually(lambda: saved_titles(ada), ["Pay the rent"])


def test_what_is_written_while_it_is_deleted_elsewhere_is_restored_with_it(
    browsers: Browsers, ada: Person
) -> None:
    seed(ada, "Long notes")
    app = browsers.signed_in(ada)
    app.watch.expect(CONFLICT)
    details = app.open("Long notes")
    details.fill("Notes", "An hour of work")
    app.new_tab("/open").delete("Long notes")
    details.panel.get_by_role("button", name="Restore").click()

    eventually(lambda: [each["notes"] for each in saved(ada)], ["An hour of work"])


def test_what_is_written_outlives_its_deletion_on_another_device(
    browsers: Browsers, ada: Person
) -> None:
    (todo,) = seed(ada, "Long notes")
    app = browsers.signed_in(ada)
    details = app.open("Long notes")
    details.fill("Notes", "An hour of work")
    ada.api.delete(f"/me/todos/{todo['id']}")
    app.wake()
    restore = details.panel.get_by_role("button", name="Restore")
    expect(restore).to_be_visible()
    expect(details.field("Notes")).to_have_value("An hour of work")
    restore.click()

    eventually(lambda: [each["notes"] for each in saved(ada)], ["An hour of work"])


def test_what_is_written_outlives_its_deletion_for_good(browsers: Browsers, ada: Person) -> None:
    (todo,) = seed(ada, "Long notes")
    app = browsers.signed_in(ada)
    details = app.open("Long notes")
    details.fill("Notes", "An hour of work")
    ada.api.delete(f"/me/todos/{todo['id']}")
    ada.api.delete("/me/todos", params={"status": "trashed"})
    app.wake()
    app.expect_alert("was deleted for good")
    assert_accessible(app.page)
    details.fill("Title", "")
    details.panel.get_by_role("button", name="Save").click()
    app.expect_alert("A to-do needs a title.")
    details.fill("Title", "Long notes")
    details.save()

    app.expect_titles("Long notes")
    eventually(lambda: [each["notes"] for each in saved(ada)], ["An hour of work"])
