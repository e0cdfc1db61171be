"""Accounts: from signing up to signing out everywhere, and what is told to strangers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.people import RESET_CODE, SIGN_UP_CODE, administrator, new_address
from tests.browser.todos import seed

if TYPE_CHECKING:
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person, Stack

PASSWORD = "Correct-horse-9-battery"
NEW_PASSWORD = "Another-horse-7-battery"
# Refusals that these tests provoke.
REFUSED = "status of 400"


def test_somebody_new_signs_up_confirms_and_adds_a_todo(browsers: Browsers, stack: Stack) -> None:
    email = new_address()
    app = browsers.open()
    app.follow("New here? Create an account")
    app.fill("E-mail address", email)
    app.fill("Password", PASSWORD)
    app.press("Create account")
    expect(app.page.get_by_role("heading", name="Check your e-mail")).to_be_visible()
    code = stack.printed(rf"{email}.*\b(\d{{6}})\b")[1]
    app.fill("Code from the e-mail", code)
    app.press("Confirm")

    app.add("Buy milk")
    app.expect_titles("Buy milk")


def test_a_wrong_code_is_told_and_another_one_sent(browsers: Browsers, stack: Stack) -> None:
    person = stack.sign_up()
    app = browsers.open("/sign-in")
    app.watch.expect(REFUSED)
    app.offer(person.email, person.password)
    expect(app.page.get_by_role("heading", name="Check your e-mail")).to_be_visible()
    app.fill("Code from the e-mail", "000000")
    app.press("Confirm")
    app.expect_alert("This code is wrong")

    app.press("Send another code")
    app.expect_told("another code is on its way")
    app.fill("Code from the e-mail", SIGN_UP_CODE)
    app.press("Confirm")

    expect(app.quick_add).to_be_visible()


def test_another_code_needs_an_address(browsers: Browsers) -> None:
    app = browsers.open("/confirm")
    sent = app.sent("POST")
    app.press("Send another code")

    app.expect_told("Enter an e-mail address.")
    assert sent == []


def test_a_mistyped_address_is_corrected_after_it_was_sent(browsers: Browsers) -> None:
    mistyped = new_address()
    app = browsers.open("/sign-up")
    app.fill("E-mail address", mistyped)
    app.fill("Password", PASSWORD)
    app.press("Create account")
    expect(app.page.get_by_role("heading", name="Check your e-mail")).to_be_visible()
    app.follow("New here? Create an account")

    expect(app.page.get_by_label("E-mail address")).to_have_value(mistyped)


def test_a_code_to_reset_the_password_is_sent_again(browsers: Browsers, ada: Person) -> None:
    app = browsers.open("/forgot")
    app.fill("E-mail address", ada.email)
    app.press("Send code")
    app.press("Send another code")
    expect(app.page.get_by_label("E-mail address")).to_have_value(ada.email)
    with app.page.expect_response(lambda answer: answer.request.method == "POST") as again:
        app.press("Send code")

    assert again.value.ok
    expect(app.page.get_by_label("Code from the e-mail")).to_be_visible()


def test_a_forgotten_password_is_replaced(browsers: Browsers, ada: Person) -> None:
    app = browsers.open("/sign-in")
    app.watch.expect(REFUSED)
    app.follow("Forgot your password?")
    app.fill("E-mail address", ada.email)
    app.press("Send code")
    app.fill("Code from the e-mail", RESET_CODE)
    app.fill("New password", NEW_PASSWORD)
    app.press("Set new password")

    app.expect_told("Your password is set. You can sign in now.")
    app.offer(ada.email, ada.password)
    app.expect_alert("The e-mail address or the password is wrong.")
    app.offer(ada.email, NEW_PASSWORD)
    expect(app.quick_add).to_be_visible()


def test_a_password_that_must_be_reset_is_told(
    browsers: Browsers, stack: Stack, ada: Person
) -> None:
    administrator(stack).admin_reset_user_password(
        UserPoolId=stack.outputs["UserPoolId"], Username=ada.email
    )
    app = browsers.open("/sign-in")
    app.watch.expect(REFUSED)
    app.offer(ada.email, ada.password)
    app.expect_alert("Your password must be reset.")
    app.follow("Forgot your password?")
    expect(app.page.get_by_label("E-mail address")).to_have_value(ada.email)


def test_an_account_made_by_an_administrator_gets_a_password_of_its_own(
    browsers: Browsers, stack: Stack
) -> None:
    email = new_address()
    administrator(stack).admin_create_user(
        UserPoolId=stack.outputs["UserPoolId"],
        Username=email,
        TemporaryPassword=PASSWORD,
        MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "email", "Value": email},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    app = browsers.open("/sign-in")
    app.offer(email, PASSWORD)
    app.expect_told("Your first password was for the first time only.")
    app.fill("New password", NEW_PASSWORD)
    app.press("Set new password")
    expect(app.quick_add).to_be_visible()

    app.account()
    app.press("Sign out")
    app.offer(email, NEW_PASSWORD)
    expect(app.quick_add).to_be_visible()


@pytest.mark.parametrize(
    "password", ["Short-1", "no-capital-letter-1", "No-digit-in-here", " Correct-horse-9"]
)
def test_a_weak_password_is_told_before_it_is_sent(browsers: Browsers, password: str) -> None:
    app = browsers.open("/sign-up")
    sent = app.sent("POST")
    app.fill("E-mail address", new_address())
    app.fill("Password", password)
    app.press("Create account")

    app.expect_alert("The password does not meet the rules yet")
    assert sent == []


def test_a_mistyped_address_is_told_before_it_is_sent(browsers: Browsers) -> None:
    app = browsers.open("/sign-in")
    sent = app.sent("POST")
    app.offer("not-an-address", PASSWORD)

    app.expect_alert("Enter an e-mail address.")
    assert sent == []


def test_the_password_is_changed(browsers: Browsers, ada: Person) -> None:
    app = browsers.signed_in(ada, "/account")
    app.watch.expect(REFUSED)
    expect(app.main.locator("form [autocomplete=username]")).to_have_value(ada.email)
    app.fill("Current password", "Not-the-password-1")
    app.fill("New password", NEW_PASSWORD)
    app.press("Change password")
    app.expect_alert("wrong")
    app.fill("Current password", ada.password)
    app.fill("New password", NEW_PASSWORD)
    app.press("Change password")
    app.expect_told("Your password is changed.")

    app.press("Sign out")
    app.offer(ada.email, NEW_PASSWORD)
    expect(app.main).to_be_visible()


def test_a_reload_keeps_somebody_signed_in(browsers: Browsers, ada: Person) -> None:
    seed(ada, "Still here")
    app = browsers.signed_in(ada)
    app.page.reload()

    app.expect_titles("Still here")


def test_signing_out_leaves_nothing_behind(browsers: Browsers, ada: Person) -> None:
    seed(ada, "Private matter")
    app = browsers.signed_in(ada)
    app.expect_titles("Private matter")
    app.page.goto("/account")
    app.press("Sign out")

    expect(app.page.get_by_label("Password", exact=True)).to_be_visible()
    assert "Private matter" not in app.everything_kept()
    assert ada.email not in app.everything_kept()
    app.page.go_back()
    expect(app.page.get_by_label("Password", exact=True)).to_be_visible()
    expect(app.page.get_by_text("Private matter")).to_have_count(0)


def test_signing_out_of_one_tab_signs_out_of_all(browsers: Browsers, ada: Person) -> None:
    seed(ada, "Private matter")
    app = browsers.signed_in(ada, "/account")
    other = app.new_tab("/open")
    other.expect_titles("Private matter")
    app.press("Sign out")

    expect(other.page.get_by_label("Password", exact=True)).to_be_visible()
    expect(other.page.get_by_text("Private matter")).to_have_count(0)


def test_signing_out_everywhere_ends_the_session_of_another_browser(
    browsers: Browsers, ada: Person
) -> None:
    seed(ada, "Private matter")
    app, other = browsers.signed_in(ada, "/account"), browsers.signed_in(ada)
    other.expect_titles("Private matter")
    other.watch.expect(REFUSED)
    app.press("Sign out everywhere")
    expect(app.page.get_by_label("Password", exact=True)).to_be_visible()

    other.page.reload()
    expect(other.page.get_by_label("Password", exact=True)).to_be_visible()


def test_the_next_person_at_the_same_browser_sees_nothing_of_the_last(
    browsers: Browsers, ada: Person, bob: Person
) -> None:
    seed(ada, "Of Ada")
    seed(bob, "Of Bob")
    app = browsers.signed_in(ada)
    app.expect_titles("Of Ada")
    app.page.goto("/account")
    app.press("Sign out")
    app.sign_in(bob)
    app.page.goto("/open")

    app.expect_titles("Of Bob")
    assert "Of Ada" not in app.everything_kept()


def test_two_people_side_by_side_see_their_own(
    browsers: Browsers, ada: Person, bob: Person
) -> None:
    at_ada, at_bob = browsers.signed_in(ada), browsers.signed_in(bob)
    at_ada.add("Of Ada")
    at_bob.add("Of Bob")
    at_ada.page.reload()
    at_bob.page.reload()

    at_ada.expect_titles("Of Ada")
    at_bob.expect_titles("Of Bob")
