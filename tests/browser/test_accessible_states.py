"""axe finds nothing where something went wrong either, nor in what comes after something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.accessibility import assert_accessible
from tests.browser.people import administrator, new_address
from tests.browser.test_attachments import MEGABYTE, file, png
from tests.browser.todos import change, seed

if TYPE_CHECKING:
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person, Stack

FIRST_PASSWORD = "Correct-horse-9-battery"


def test_the_files_of_a_todo_and_the_questions_about_them(browsers: Browsers, ada: Person) -> None:
    seed(ada, "Repair the roof")
    app = browsers.signed_in(ada)
    details = app.open("Repair the roof")
    details.choose(file("roof.png", png(), "image/png"), file("page.html", b"<p>", "text/html"))
    expect(details.file("roof.png")).to_be_visible()
    expect(details.panel.locator("[data-progress=refused]")).to_be_visible()
    app.press("Preview roof.png")
    expect(app.dialog("roof.png")).to_be_visible()
    assert_accessible(app.page)

    app.keys("Escape")
    app.press("Delete roof.png")
    expect(app.dialog("Delete this file?")).to_be_visible()
    assert_accessible(app.page)

    app.keys("Escape")
    details.fill("Notes", "Half written")
    app.page.go_back()
    expect(app.dialog("Discard your changes?")).to_be_visible()
    assert_accessible(app.page)

    app.keys("Escape")
    app.watch.expect("ERR_FAILED|net::ERR")
    app.page.route("**/u/**", lambda route: route.abort())
    details.choose(file("lost.txt"))
    expect(details.panel.locator("[data-progress=failed]")).to_be_visible()
    app.page.unroute("**/u/**")
    app.network.slow(bytes_a_second=100_000)
    details.choose(file("film.bin", bytes(MEGABYTE), "application/octet-stream"))
    expect(details.panel.locator("[data-progress=sending]")).to_be_visible()
    assert_accessible(app.page)


def test_a_deletion_in_dispute_and_one_that_is_put_off(browsers: Browsers, ada: Person) -> None:
    (todo,) = seed(ada, "Pay the rent")
    app = browsers.signed_in(ada)
    app.watch.expect("status of 412")
    app.expect_titles("Pay the rent")
    app.network.offline()
    app.delete("Pay the rent")
    change(ada, todo, title="Pay the rent by transfer")
    app.network.online()
    expect(app.dialog("Changed in two places")).to_be_visible()
    assert_accessible(app.page)

    app.press("Decide later")
    expect(app.page.get_by_text("1 conflict to decide")).to_be_visible()
    assert_accessible(app.page)


def test_the_trash_the_menu_that_moves_and_a_label(browsers: Browsers, ada: Person) -> None:
    gone, *_ = seed(ada, "Thrown away", "Paint", "Sweep", labels=["home"])
    ada.api.delete(f"/me/todos/{gone['id']}")
    app = browsers.signed_in(ada, "/open?sort=position&label=home")
    app.expect_titles("Paint", "Sweep")
    app.row("Paint").hover()
    app.press("Move “Paint”")
    expect(app.button("To the bottom")).to_be_visible()
    assert_accessible(app.page)

    app.keys("Escape")
    app.view("Trash")
    app.select("Thrown away")
    assert_accessible(app.page)

    app.bulk("Stop selecting")
    app.open("Thrown away")
    assert_accessible(app.page)


def test_what_cannot_be_read_or_sent_and_the_question_at_the_sign_out(
    browsers: Browsers, ada: Person
) -> None:
    app = browsers.open()
    app.watch.expect("status of 50[03]|ERR_FAILED")
    held = app.network.hold(reads=True)
    app.sign_in(ada)
    expect(app.page.get_by_label("Loading…")).to_be_visible()
    assert_accessible(app.page)

    for route in held:
        route.abort()
    app.network.works()
    app.network.fail(500, reads=True)
    app.press("Try again")
    expect(app.page.locator("[data-status=failed]")).to_be_visible()
    assert_accessible(app.page)

    app.network.works()
    app.network.fail(503)
    app.add("Not sent yet")
    expect(app.page.locator("[data-status=retrying]")).to_be_visible()
    assert_accessible(app.page)

    app.account()
    app.press("Sign out")
    expect(app.dialog("Sign out with unsent changes?")).to_be_visible()
    assert_accessible(app.page)


def test_the_forms_for_a_new_password(browsers: Browsers, stack: Stack) -> None:
    email = new_address()
    administrator(stack).admin_create_user(
        UserPoolId=stack.outputs["UserPoolId"],
        Username=email,
        TemporaryPassword=FIRST_PASSWORD,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": email}],
    )
    app = browsers.open("/forgot")
    app.press("I have a code already")
    app.press("Set new password")
    app.expect_alert("Enter an e-mail address.")
    assert_accessible(app.page)

    app.follow("Have an account? Sign in")
    app.offer(email, FIRST_PASSWORD)
    app.expect_told("Your first password was for the first time only.")
    assert_accessible(app.page)


def test_what_is_left_when_the_application_cannot_start(browsers: Browsers) -> None:
    app = browsers.open("/robots.txt")  # of the website, and without its service worker
    app.watch.expect("uncaught|status of 500")
    app.page.route("**/config.json", lambda route: route.fulfill(status=500))
    app.page.goto("/")
    expect(app.page.get_by_role("heading", name="The application cannot start")).to_be_visible()

    assert_accessible(app.page)


def test_the_same_in_french(browsers: Browsers, ada: Person) -> None:
    seed(ada, "Payer le loyer", labels=["maison"], priority=2)
    app = browsers.open("/sign-in", locale="fr-FR")
    app.fill("Adresse e-mail", ada.email)
    app.fill("Mot de passe", ada.password)
    assert_accessible(app.page)

    app.press("Se connecter")
    expect(app.titles).to_have_text(["Payer le loyer"])
    assert_accessible(app.page)

    app.row("Payer le loyer").get_by_role("link", name="Payer le loyer").click()
    expect(app.page.get_by_role("dialog")).to_be_visible()
    assert_accessible(app.page)

    app.page.goto("/account")
    expect(app.page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(app.page)
