"""What somebody with a screen reader hears."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.todos import seed

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person


@pytest.fixture
def app(browsers: Browsers, ada: Person) -> App:
    seed(ada, "Buy milk")
    app = browsers.signed_in(ada)
    app.expect_titles("Buy milk")
    return app


def test_adding_is_heard(app: App) -> None:
    app.add("Pay rent")

    app.expect_heard("Added: Pay rent")


def test_completing_and_reopening_is_heard(app: App) -> None:
    app.toggle("Buy milk")
    app.expect_heard("“Buy milk” completed")
    app.view("Done")
    app.toggle("Buy milk")
    app.expect_heard("“Buy milk” reopened")


def test_deleting_and_undoing_is_heard(app: App) -> None:
    app.delete("Buy milk")
    app.expect_heard("“Buy milk” moved to the trash")
    app.undo()
    app.expect_heard("Undone")


def test_the_same_thing_twice_is_heard_twice(app: App) -> None:
    app.add("Again")
    app.expect_heard("Added: Again")
    app.add("Again")

    app.expect_heard("Added: Again", times=2)


def test_the_number_of_found_todos_is_heard(app: App) -> None:
    app.search("milk")

    app.expect_heard("1 to-do found")


def test_losing_the_network_is_heard(app: App) -> None:
    app.network.offline()
    app.expect_heard("You are offline")
    app.network.online()


def test_an_attached_file_is_heard(app: App) -> None:
    details = app.open("Buy milk")
    details.choose({"name": "list.txt", "mimeType": "text/plain", "buffer": b"milk"})

    app.expect_heard("list.txt attached")


def test_a_refused_sign_in_is_heard(browsers: Browsers, ada: Person) -> None:
    app = browsers.open("/sign-in")
    app.watch.expect("status of 400")
    app.offer(ada.email, "Not-the-password-1")

    app.expect_heard("The e-mail address or the password is wrong.")


def test_a_notice_can_be_used_while_a_dialog_is_open(app: App) -> None:
    """What lies beneath a modal dialog cannot be clicked, and a screen reader does not see it."""
    app.delete("Buy milk")
    app.keys("?")
    dialog = app.dialog("Keyboard shortcuts")
    expect(dialog).to_be_visible()
    expect(app.button("Undo")).to_have_count(1)
    dialog.get_by_role("button", name="Undo").click()

    app.keys("Escape")
    expect(dialog).to_have_count(0)
    app.expect_titles("Buy milk")
