"""A session that ends while somebody is at work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.app import App
from tests.browser.people import RESET_CODE
from tests.browser.todos import eventually, saved_titles, seed

if TYPE_CHECKING:
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person

REFUSED = "status of (400|401)"


def test_an_expired_session_asks_for_the_password_and_loses_nothing(
    browsers: Browsers, ada: Person
) -> None:
    seed(ada, "Was there before")
    app = browsers.open()
    app.watch.expect(REFUSED)
    app.hold_the_clock()
    app.sign_in(ada)
    app.expect_titles("Was there before")
    ada.stack.cognito.global_sign_out(AccessToken=ada.token)
    # No timer may fire: a reading of the list would ask before there is something to lose.
    app.page.clock.set_system_time(datetime.now(UTC) + timedelta(minutes=20))
    app.add("Added too late")
    again = app.dialog("Please sign in again")
    expect(again).to_be_visible()
    expect(app.page.get_by_text("Was there before", exact=True)).to_be_attached()
    assert saved_titles(ada) == ["Was there before"]
    expect(again.locator("form [autocomplete=username]")).to_have_value(ada.email)

    again.get_by_label("Password", exact=True).fill(ada.password)
    again.get_by_role("button", name="Continue").click()

    expect(again).to_have_count(0)
    app.expect_set({"Was there before", "Added too late"})
    eventually(lambda: sorted(saved_titles(ada)), ["Added too late", "Was there before"])


def test_a_line_half_typed_survives_the_question(browsers: Browsers, ada: Person) -> None:
    app = browsers.open()
    app.watch.expect(REFUSED)
    app.hold_the_clock()
    app.sign_in(ada)
    app.expect_loaded()
    app.quick_add.fill("Half typed")
    app.end_session(ada)
    again = app.dialog("Please sign in again")
    again.get_by_label("Password", exact=True).fill(ada.password)
    again.get_by_role("button", name="Continue").click()
    expect(again).to_have_count(0)

    app.quick_add.press("Enter")

    app.expect_titles("Half typed")
    eventually(lambda: saved_titles(ada), ["Half typed"])


def test_the_question_for_the_password_stays_until_it_is_answered(
    browsers: Browsers, ada: Person
) -> None:
    """Browsers give in to the third Escape, whatever the page says to the first two."""
    app = browsers.open()
    app.watch.expect(REFUSED)
    app.hold_the_clock()
    app.sign_in(ada)
    app.expect_loaded()
    app.end_session(ada)
    again = app.dialog("Please sign in again")
    expect(again).to_be_visible()
    app.keys(*["Escape"] * 5)
    again.get_by_label("Password", exact=True).fill(ada.password)
    again.get_by_role("button", name="Continue").click()

    expect(again).to_have_count(0)
    app.add("Here again")
    eventually(lambda: saved_titles(ada), ["Here again"])


def test_a_half_written_todo_survives_the_question(browsers: Browsers, ada: Person) -> None:
    seed(ada, "Was there before")
    app = browsers.open()
    app.watch.expect(REFUSED)
    app.hold_the_clock()
    app.sign_in(ada)
    details = app.open("Was there before")
    details.fill("Notes", "A long text, half written")
    app.end_session(ada)
    app.wake()
    again = app.dialog("Please sign in again")
    again.get_by_label("Password", exact=True).fill("Not-the-password-1")
    again.get_by_role("button", name="Continue").click()
    expect(again.get_by_role("alert")).to_contain_text("wrong")
    again.get_by_label("Password", exact=True).fill(ada.password)
    again.get_by_role("button", name="Continue").click()

    expect(again).to_have_count(0)
    expect(details.field("Notes")).to_have_value("A long text, half written")


def test_a_session_is_renewed_without_a_word(browsers: Browsers, ada: Person) -> None:
    app = browsers.open()
    app.hold_the_clock()
    app.sign_in(ada)
    app.page.clock.fast_forward("20:00")
    app.add("An hour later")

    eventually(lambda: saved_titles(ada), ["An hour later"])
    expect(app.page.get_by_label("Password", exact=True)).to_have_count(0)


def test_a_password_is_changed_although_the_session_was_ended_elsewhere(
    browsers: Browsers, ada: Person
) -> None:
    app = browsers.signed_in(ada, "/account")
    app.watch.expect(REFUSED)
    app.expect_loaded()
    ada.stack.cognito.global_sign_out(AccessToken=ada.token)
    app.fill("Current password", ada.password)
    app.fill("New password", "Another-horse-7-battery")
    app.press("Change password")
    again = app.dialog("Please sign in again")
    again.get_by_label("Password", exact=True).fill(ada.password)
    again.get_by_role("button", name="Continue").click()

    app.expect_told("Your password is changed.")
    ada.sign_in("Another-horse-7-battery")


def test_closing_the_tab_asks_before_a_line_half_written_is_lost(app: App) -> None:
    app.quick_add.fill("Half writ")
    with app.page.expect_event("dialog") as asked:
        app.page.close(run_before_unload=True)

    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(app.quick_add).to_have_value("Half writ")


def test_closing_the_tab_asks_before_a_half_written_todo_is_lost(app: App, ada: Person) -> None:
    seed(ada, "Pay the rent")
    app.page.reload()
    app.open("Pay the rent").fill("Notes", "A long text, half written")
    with app.page.expect_event("dialog") as asked:
        app.page.close(run_before_unload=True)

    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(app.details().field("Notes")).to_have_value("A long text, half written")


def test_closing_the_tab_asks_nothing_once_it_is_saved(app: App, ada: Person) -> None:
    seed(ada, "Pay the rent")
    app.page.reload()
    details = app.open("Pay the rent")
    details.fill("Notes", "Written to the end")
    details.save()
    app.expect_all_sent()
    asked = app.questions()
    app.page.reload()

    app.expect_titles("Pay the rent")
    assert asked == []


def test_a_sign_out_in_another_tab_tells_that_a_half_written_todo_is_lost(
    app: App, ada: Person
) -> None:
    seed(ada, "Pay the rent")
    app.page.reload()
    app.open("Pay the rent").fill("Notes", "A long text, half written")
    other = app.new_tab("/account")
    other.press("Sign out")

    app.expect_signed_out()
    app.expect_told("What had not been saved is lost.")


def test_an_expired_session_with_a_half_written_todo_is_not_left_without_a_question(
    browsers: Browsers, ada: Person
) -> None:
    seed(ada, "Pay the rent")
    app = browsers.open()
    app.watch.expect(REFUSED)
    app.hold_the_clock()
    app.sign_in(ada)
    app.open("Pay the rent").fill("Notes", "A long text, half written")
    app.end_session(ada)
    app.wake()
    again = app.dialog("Please sign in again")
    again.get_by_role("button", name="Sign out").click()
    question = app.dialog("Sign out with unsent changes?")
    expect(question).to_contain_text("What you wrote here has not been saved.")
    question.get_by_role("button", name="Sign out").click()

    app.expect_signed_out()


def test_a_forgotten_password_is_reset_beside_the_question_for_it(
    browsers: Browsers, ada: Person
) -> None:
    app = browsers.open()
    app.watch.expect(REFUSED)
    app.hold_the_clock()
    app.sign_in(ada)
    app.expect_loaded()
    app.quick_add.fill("Half typed")
    app.end_session(ada)
    again = app.dialog("Please sign in again")
    expect(again).to_be_visible()
    with app.page.context.expect_page() as tab:
        again.get_by_text("Forgot your password?").click()
    other = App(tab.value, app.watch, app.stack)
    other.fill("E-mail address", ada.email)
    other.press("Send code")
    other.fill("Code from the e-mail", RESET_CODE)
    other.fill("New password", "Another-horse-7-battery")
    other.press("Set new password")
    question = other.page.get_by_role("dialog", name="Please sign in again")
    question.get_by_label("Password", exact=True).fill("Another-horse-7-battery")
    question.get_by_role("button", name="Continue").click()

    expect(question).to_have_count(0)
    expect(again).to_have_count(0)
    expect(app.quick_add).to_have_value("Half typed")
