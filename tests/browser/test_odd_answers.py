"""What answers in the servers' place: a hotel's page, half an answer, a busy Cognito."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Route, expect

from tests.browser.todos import eventually, saved_titles, seed

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person

OFFLINE = "You are offline"
ODD = [(200, "<html>Welcome to this hotel"), (200, '{"items": ['), (204, ""), (200, "null")]


def answer(app: App, method: str, status: int, text: str) -> None:
    """Let requests of one method be answered like this."""

    def handle(route: Route) -> None:
        if route.request.method == method:
            cors = {"Access-Control-Allow-Origin": "*"}
            route.fulfill(status=status, body=text, headers=cors, content_type="text/html")
        else:
            route.continue_()

    app.network.route(handle)


@pytest.mark.parametrize(("status", "text"), ODD)
def test_a_list_that_is_none_is_no_answer(
    browsers: Browsers, ada: Person, status: int, text: str
) -> None:
    seed(ada, "Was there before")
    app = browsers.open()
    answer(app, "GET", status, text)
    app.sign_in(ada)
    expect(app.page.get_by_text(OFFLINE)).to_be_visible()
    app.network.works()
    app.wake()

    app.expect_titles("Was there before")


@pytest.mark.parametrize(("status", "text"), [*ODD, (401, "{}")])
def test_a_change_waits_for_the_api_itself(
    browsers: Browsers, ada: Person, status: int, text: str
) -> None:
    app = browsers.signed_in(ada)
    app.watch.expect("status of 401")
    answer(app, "PUT", status, text)
    app.add("Keep me")
    expect(app.page.get_by_text(OFFLINE).or_(app.page.get_by_text("trying again"))).to_be_visible()
    app.network.works()
    app.wake()

    eventually(lambda: saved_titles(ada), ["Keep me"])
    app.expect_titles("Keep me")


def test_a_language_that_does_not_come_keeps_nobody_out(browsers: Browsers) -> None:
    app = browsers.open("/sign-in", locale="fr-FR", service_workers="block")
    expect(app.button("Se connecter")).to_be_visible()
    app.watch.expect("ERR_FAILED")
    app.page.route("**/fr-*.js", lambda route: route.abort())
    app.page.reload()

    expect(app.button("Sign in")).to_be_visible()


@pytest.mark.parametrize(
    ("status", "text"),
    [(400, '{"__type": "TooManyRequestsException"}'), (403, "<html>"), (200, "{}")],
)
def test_a_busy_cognito_is_no_reason_to_ask_for_the_password(
    browsers: Browsers, ada: Person, status: int, text: str
) -> None:
    app = browsers.signed_in(ada)
    app.watch.expect(f"status of {status}")
    app.expect_loaded()
    pattern = f"{app.stack.outputs['CognitoEndpoint']}/**"
    cors = {"Access-Control-Allow-Origin": "*"}
    app.page.route(pattern, lambda route: route.fulfill(status=status, body=text, headers=cors))
    app.page.reload()
    app.add("Keep me")
    expect(app.page.get_by_text(OFFLINE)).to_be_visible()
    expect(app.page.get_by_role("dialog")).to_have_count(0)
    app.page.unroute(pattern)
    app.wake()

    eventually(lambda: saved_titles(ada), ["Keep me"])
