"""What is on its way when somebody signs out, and who sits down at the browser next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import FilePayload, Route, expect

from tests.browser.todos import eventually, saved_titles, seed
from tests.e2e.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person

# A request that ends with its session is told of by the browser.
ENDED = "net::ERR_|status of (400|401)"
SETTLED_MS = 1_000  # for what must not happen there is nothing to wait for


def hold(app: App, url: str, wanted: Callable[[Route], bool]) -> list[Route]:
    """Keep some requests from arriving."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        if wanted(route):
            held.append(route)
        else:
            route.continue_()

    app.page.route(f"{url}/**", keep)
    return held


def is_renewal(route: Route) -> bool:
    target = route.request.headers.get("x-amz-target", "")
    return target.endswith("GetTokensFromRefreshToken")


def let_arrive(app: App, held: list[Route]) -> None:
    assert held
    for route in held:
        route.continue_()
    app.page.wait_for_timeout(SETTLED_MS)


def sign_out(app: App, *, unsent: bool) -> None:
    app.account()
    app.press("Sign out")
    if unsent:
        question = app.dialog("Sign out with unsent changes?")
        question.get_by_role("button", name="Sign out").click()
    app.expect_signed_out()


def test_a_change_on_its_way_leaves_nothing_behind(
    browsers: Browsers, ada: Person, bob: Person
) -> None:
    app = browsers.signed_in(ada)
    app.watch.expect(ENDED)
    app.expect_loaded()
    held = app.network.hold()
    app.add("Private matter")
    expect(app.page.get_by_text("Saving…")).to_be_visible()
    sign_out(app, unsent=True)
    app.sign_in(bob)
    let_arrive(app, held)

    assert "Private matter" not in app.everything_kept()
    expect(app.page.get_by_text("Private matter")).to_have_count(0)
    assert saved_titles(bob) == []


def test_the_next_person_does_not_wait_for_the_list_of_the_one_before(
    browsers: Browsers, ada: Person, bob: Person
) -> None:
    seed(ada, "Private matter")
    seed(bob, "Bob's own")
    app = browsers.open()
    app.watch.expect(ENDED)
    held = hold(
        app,
        app.stack.outputs["ApiUrl"],
        lambda route: route.request.method == "GET" and ada.sub in owner(route),
    )
    app.sign_in(ada)
    sign_out(app, unsent=False)
    app.sign_in(bob)

    app.expect_titles("Bob's own")
    let_arrive(app, held)
    app.expect_titles("Bob's own")


def owner(route: Route) -> str:
    """The claims of a request's token."""
    token = route.request.headers.get("authorization", "").removeprefix("Bearer ")
    return str(Stack.claims(token)["sub"])


def test_a_renewal_on_its_way_does_not_sign_in_again(browsers: Browsers, ada: Person) -> None:
    app = browsers.signed_in(ada)
    app.watch.expect(ENDED)
    app.expect_loaded()
    held = hold(app, app.stack.outputs["CognitoEndpoint"], is_renewal)
    app.page.reload()
    sign_out(app, unsent=False)
    let_arrive(app, held)
    app.page.reload()

    app.expect_signed_out()


def secret(name: str) -> FilePayload:
    return {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": b"secret"}


def test_files_that_wait_do_not_go_to_the_next_person(
    browsers: Browsers, ada: Person, bob: Person
) -> None:
    seed(ada, "With files")
    app = browsers.signed_in(ada)
    app.watch.expect(ENDED)
    details = app.open("With files")
    held = app.network.hold()
    app.page.locator("input[type=file]").set_input_files([secret("first"), secret("second")])
    expect(app.page.locator("[data-progress]")).to_have_count(2)
    details.leave()
    sign_out(app, unsent=False)
    app.sign_in(bob)
    let_arrive(app, held)

    assert bob.api.get("/me/files/usage").json()["files"] == 0


def test_an_expired_session_is_not_left_without_a_question(browsers: Browsers, ada: Person) -> None:
    app = browsers.signed_in(ada)
    app.watch.expect(ENDED)
    app.expect_loaded()
    app.until_it_works_offline()
    app.network.offline()
    app.add("Not sent yet")
    ada.stack.cognito.global_sign_out(AccessToken=ada.token)
    app.page.reload()
    app.network.online()
    again = app.dialog("Please sign in again")
    again.get_by_role("button", name="Sign out").click()
    question = app.dialog("Sign out with unsent changes?")
    question.get_by_role("button", name="Cancel").click()
    again.get_by_label("Password", exact=True).fill(ada.password)
    again.get_by_role("button", name="Continue").click()

    app.expect_titles("Not sent yet")
    app.expect_all_sent()


def test_the_address_does_not_tell_the_next_person_what_was_looked_for(
    browsers: Browsers, ada: Person
) -> None:
    app = browsers.signed_in(ada, "/all?q=divorce")
    other = app.new_tab("/account")
    sign_out(other, unsent=False)
    app.expect_signed_out()

    app.expect_address("/sign-in")
    assert "divorce" not in app.page.url


# A tab that the browser has put aside hears no news of the others.
DEAF = "BroadcastChannel.prototype.addEventListener = () => {};"


def late_tab(app: App) -> App:
    """Another tab of the same person that does not hear of what follows."""
    page = app.page.context.new_page()
    page.add_init_script(DEAF)
    late = type(app)(page, app.watch, app.stack)
    page.goto("/open")
    late.expect_loaded()
    return late


def put_aside_and_back(app: App) -> None:
    """The back button to a page that the browser has kept as it was."""
    app.page.evaluate(
        "() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
    )


def test_a_page_kept_from_before_a_sign_out_shows_nothing_more(
    browsers: Browsers, ada: Person
) -> None:
    seed(ada, "Private matter")
    app = browsers.signed_in(ada)
    app.watch.expect(ENDED)
    late = late_tab(app)
    late.expect_titles("Private matter")
    sign_out(app, unsent=False)
    put_aside_and_back(late)

    late.expect_signed_out()
    expect(late.page.get_by_text("Private matter")).to_have_count(0)


def test_a_late_tab_neither_shows_nor_sends_the_next_person_anything(
    browsers: Browsers, ada: Person, bob: Person
) -> None:
    app = browsers.signed_in(ada)
    app.watch.expect(ENDED)
    late = late_tab(app)
    sign_out(app, unsent=False)
    app.sign_in(bob)
    app.expect_loaded()
    late.watch.expect("status of 503")
    late.network.fail(503)
    late.add("Private matter")
    expect(late.page.get_by_text("trying again")).to_be_visible()
    app.add("Bob's own")
    app.expect_all_sent()
    assert "Private matter" in app.everything_kept()
    app.page.reload()

    app.expect_titles("Bob's own")
    app.expect_all_sent()
    assert saved_titles(bob) == ["Bob's own"]
    eventually(lambda: "Private matter" in app.everything_kept(), wanted=False)
    put_aside_and_back(late)
    late.expect_titles("Bob's own")
