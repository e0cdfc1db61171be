"""Nobody is told who has an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.people import new_address

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person

PASSWORD = "Correct-horse-9-battery"
NEW_PASSWORD = "Another-horse-7-battery"
# Refusals that these tests provoke.
REFUSED = "status of 400"


def test_a_wrong_password_and_an_unknown_address_look_the_same(
    browsers: Browsers, ada: Person
) -> None:
    app = browsers.open("/sign-in")
    app.watch.expect(REFUSED)
    told = []
    for email in (ada.email, new_address()):
        app.page.goto("/sign-in")
        app.offer(email, "Not-the-password-1")
        expect(app.alert).not_to_be_empty()
        told.append(app.alert.inner_text())

    assert told == ["The e-mail address or the password is wrong."] * 2


def test_signing_up_tells_nobody_who_has_an_account(browsers: Browsers, ada: Person) -> None:
    app = browsers.open("/sign-up")
    app.watch.expect(REFUSED)
    told = []
    for email in (ada.email, new_address()):
        app.page.goto("/sign-up")
        app.fill("E-mail address", email)
        app.fill("Password", PASSWORD)
        app.press("Create account")
        expect(app.page.get_by_role("heading", name="Check your e-mail")).to_be_visible()
        told.append(app.main.inner_text().replace(email, "ADDRESS"))
        app.fill("Code from the e-mail", "000000")
        app.press("Confirm")
        expect(app.alert).not_to_be_empty()
        told[-1] += app.alert.inner_text()

    assert told[0] == told[1]
    assert "This code is wrong" in told[0]


def refusal_of_a_reset(app: App) -> str:
    """What a code that nobody was sent is answered with."""
    app.fill("Code from the e-mail", "000000")
    app.fill("New password", NEW_PASSWORD)
    app.press("Set new password")
    expect(app.alert).not_to_be_empty()
    return app.alert.inner_text()


def test_a_forgotten_password_tells_nobody_who_has_an_account(
    browsers: Browsers, ada: Person
) -> None:
    app = browsers.open("/forgot")
    app.watch.expect(REFUSED)
    told = []
    for email in (ada.email, new_address()):
        app.page.goto("/forgot")
        app.fill("E-mail address", email)
        app.press("Send code")
        expect(app.page.get_by_label("Code from the e-mail")).to_be_visible()
        told.append(app.main.inner_text().replace(email, "ADDRESS"))
        told[-1] += refusal_of_a_reset(app)

    assert told[0] == told[1]
    assert "This code is wrong" in told[0]


def test_a_code_that_nobody_asked_for_tells_nobody_who_has_an_account(
    browsers: Browsers, ada: Person
) -> None:
    app = browsers.open("/forgot")
    app.watch.expect(REFUSED)
    told = []
    for email in (ada.email, new_address()):
        app.page.goto("/forgot")
        app.press("I have a code already")
        app.fill("E-mail address", email)
        told.append(refusal_of_a_reset(app))

    assert told[0] == told[1]
