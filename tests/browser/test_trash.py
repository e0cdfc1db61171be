"""What is deleted, kept for a while, brought back, and gone for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.todos import eventually, saved_titles, seed

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person


def test_the_trash_keeps_what_was_deleted(app: App, ada: Person) -> None:
    app.add("Buy milk")
    app.delete("Buy milk")
    eventually(lambda: saved_titles(ada, "trashed"), ["Buy milk"])
    app.view("Trash")
    app.expect_titles("Buy milk")
    app.restore("Buy milk")

    app.expect_titles()
    eventually(lambda: saved_titles(ada, "open"), ["Buy milk"])
    app.view("Open")
    app.expect_titles("Buy milk")


def test_the_trash_is_emptied_only_after_a_question(browsers: Browsers, ada: Person) -> None:
    (todo,) = seed(ada, "Old")
    ada.api.delete(f"/me/todos/{todo['id']}")
    app = browsers.signed_in(ada, "/trash")
    app.expect_titles("Old")

    question = app.dialog("Empty the trash?")
    app.more("Empty trash")
    question.get_by_role("button", name="Cancel").click()
    app.expect_titles("Old")
    assert saved_titles(ada, "trashed") == ["Old"]
    app.more("Empty trash")
    question.get_by_role("button", name="Empty trash").click()

    app.expect_titles()
    eventually(lambda: saved_titles(ada, "trashed"), [])


def test_emptying_the_trash_asks_about_all_that_lies_there_now(
    browsers: Browsers, ada: Person
) -> None:
    old, new = seed(ada, "Old", "Deleted on another device")
    ada.api.delete(f"/me/todos/{old['id']}")
    app = browsers.signed_in(ada, "/trash")
    app.expect_titles("Old")
    ada.api.delete(f"/me/todos/{new['id']}")
    app.more("Empty trash")

    question = app.dialog("Empty the trash?")
    expect(question).to_contain_text("2 to-dos")
    expect(app.titles).to_have_count(2)
    question.get_by_role("button", name="Empty trash").click()
    app.expect_titles()
    eventually(lambda: saved_titles(ada, "trashed"), [])


def test_a_trash_too_large_for_one_request_is_emptied_to_its_end(
    browsers: Browsers, ada: Person
) -> None:
    (old,) = seed(ada, "Old")
    ada.api.delete(f"/me/todos/{old['id']}")
    app = browsers.signed_in(ada, "/trash")
    app.watch.expect("status of 503")
    app.expect_titles("Old")
    failures = app.network.fail(503, times=1, word="not-all-done")
    app.more("Empty trash")
    app.dialog("Empty the trash?").get_by_role("button", name="Empty trash").click()

    app.expect_titles()
    assert failures == [503]
    assert saved_titles(ada, "trashed") == []


def test_the_trash_is_not_emptied_later(browsers: Browsers, ada: Person) -> None:
    """Without a network nobody can tell what would be destroyed once it is back."""
    old, new = seed(ada, "Old", "Deleted on another device")
    ada.api.delete(f"/me/todos/{old['id']}")
    app = browsers.signed_in(ada, "/trash")
    app.expect_titles("Old")
    app.network.offline()
    ada.api.delete(f"/me/todos/{new['id']}")
    app.more("Empty trash")
    app.expect_told("the server cannot be reached")
    app.network.online()

    app.expect_set({"Old", "Deleted on another device"})
    assert len(saved_titles(ada, "trashed")) == 2


def test_clearing_completed_moves_them_to_the_trash_and_can_be_undone(
    browsers: Browsers, ada: Person
) -> None:
    seed(ada, "Done 1", "Done 2", completed=True)
    seed(ada, "Open 1")
    app = browsers.signed_in(ada, "/done")
    app.more("Clear completed")

    app.expect_titles()
    eventually(lambda: sorted(saved_titles(ada)), ["Open 1"])
    app.undo()
    eventually(lambda: sorted(saved_titles(ada)), ["Done 1", "Done 2", "Open 1"])
