"""Without a network, with a slow one, and with a server that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Route, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.todos import eventually, saved, saved_titles, seed

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person


def test_changes_wait_and_are_sent_in_order(browsers: Browsers, ada: Person) -> None:
    seed(ada, "Was there before")
    app = browsers.signed_in(ada)
    app.expect_titles("Was there before")
    app.network.offline()
    expect(app.page.get_by_text("You are offline")).to_be_visible()

    app.add("Added offline")
    app.rename("Added offline", "Renamed offline")
    app.toggle("Was there before")
    app.expect_titles("Renamed offline")
    expect(app.page.get_by_text("3 changes").first).to_be_visible()
    assert saved_titles(ada) == ["Was there before"]
    app.network.online()

    eventually(lambda: saved_titles(ada, "open"), ["Renamed offline"])
    eventually(lambda: saved_titles(ada, "done"), ["Was there before"])
    expect(app.page.get_by_text("You are offline")).to_have_count(0)


def test_the_list_can_be_read_after_a_start_without_a_network(
    browsers: Browsers, ada: Person
) -> None:
    seed(ada, "Was there before")
    app = browsers.signed_in(ada)
    app.expect_titles("Was there before")
    app.until_it_works_offline()
    app.network.offline()
    app.page.goto("/all")

    app.expect_titles("Was there before")
    app.add("Added after the start")
    eventually(lambda: "Added after the start" in app.everything_kept(), wanted=True)
    app.page.reload()
    app.expect_set({"Was there before", "Added after the start"})
    app.network.online()
    eventually(lambda: sorted(saved_titles(ada)), ["Added after the start", "Was there before"])


def test_an_empty_list_is_empty_after_a_start_without_a_network(app: App) -> None:
    app.expect_titles()
    app.expect_loaded()
    app.until_it_works_offline()
    app.network.offline()
    app.page.reload()

    app.expect_told("Nothing to do")


@pytest.mark.parametrize("status", [500, 503])
def test_a_list_that_was_never_read_says_so(browsers: Browsers, ada: Person, status: int) -> None:
    app = browsers.open()
    app.watch.expect(f"status of {status}")
    app.network.fail(status, reads=True)
    app.sign_in(ada)
    app.expect_told("Your list could not be read yet")
    assert_accessible(app.page)
    app.network.works()
    app.wake()

    app.expect_told("Nothing to do")


def test_a_repeated_create_makes_one_todo(browsers: Browsers, ada: Person) -> None:
    """The answer is lost, not the request: what is sent again must not be there twice."""
    app = browsers.signed_in(ada)
    app.watch.expect("ERR_FAILED|net::ERR")
    lost: list[int] = []

    def lose_the_first_answer(route: Route) -> None:
        if route.request.method == "PUT" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    app.network.route(lose_the_first_answer)
    app.add("Only once")
    app.expect_titles("Only once")
    app.expect_all_sent()

    assert lost == [201]
    assert len(saved(ada)) == 1


def test_a_server_that_fails_for_a_moment_is_tried_again(browsers: Browsers, ada: Person) -> None:
    app = browsers.signed_in(ada)
    app.watch.expect("status of 50[03]")
    failures = app.network.fail(503, times=2)
    app.add("Third time lucky")

    app.expect_titles("Third time lucky")
    app.expect_all_sent()
    eventually(lambda: saved_titles(ada), ["Third time lucky"])
    assert failures == [503, 503]


@pytest.mark.parametrize("status", [500, 503])
def test_a_failing_server_is_told_and_loses_nothing(
    browsers: Browsers, ada: Person, status: int
) -> None:
    app = browsers.signed_in(ada)
    app.watch.expect(f"status of {status}")
    app.network.fail(status)
    app.add("Keep me")

    expect(app.page.get_by_text("trying again").first).to_be_visible()
    app.expect_titles("Keep me")
    app.network.works()
    app.wake()
    eventually(lambda: saved_titles(ada), ["Keep me"])


def test_a_refused_change_is_taken_back_honestly(browsers: Browsers, ada: Person) -> None:
    """What the API will never accept must not look saved."""
    seed(ada, "Was there before")
    app = browsers.signed_in(ada)
    app.watch.expect("status of 404")
    app.expect_titles("Was there before")
    (todo,) = saved(ada)
    ada.api.delete(f"/me/todos/{todo['id']}")
    ada.api.delete("/me/todos", params={"status": "trashed"})
    app.rename("Was there before", "Renamed too late")

    expect(app.page.get_by_text("could not be saved").first).to_be_visible()
    app.expect_titles()


def test_a_change_to_what_lies_in_the_trash_by_now_can_be_repeated(
    browsers: Browsers, ada: Person
) -> None:
    (todo,) = seed(ada, "Was there before")
    app = browsers.signed_in(ada)
    app.watch.expect("status of 404")
    app.expect_titles("Was there before")
    ada.api.delete(f"/me/todos/{todo['id']}")
    app.rename("Was there before", "Renamed too late")
    expect(app.page.get_by_text("could not be saved").first).to_be_visible()
    app.press("Try again")

    app.expect_titles("Renamed too late")
    eventually(lambda: saved_titles(ada, "open"), ["Renamed too late"])


def test_what_is_done_shows_before_it_is_saved(browsers: Browsers, ada: Person) -> None:
    seed(ada, "Was there before")
    app = browsers.signed_in(ada)
    app.expect_titles("Was there before")
    held = app.network.hold()
    app.add("Shown at once")
    app.toggle("Was there before")

    app.expect_titles("Shown at once")
    expect(app.page.get_by_text("Saving…")).to_be_visible()
    assert saved_titles(ada, "open") == ["Was there before"]
    assert held
    app.network.works()
    app.expect_all_sent()
    eventually(lambda: saved_titles(ada, "open"), ["Shown at once"])


def test_a_slow_network_ends_in_the_same_list(browsers: Browsers, ada: Person) -> None:
    seed(ada, "Was there before")
    app = browsers.open()
    app.network.slow(latency_ms=400, bytes_a_second=50_000)
    app.sign_in(ada)
    app.add("Added slowly")

    app.expect_set({"Was there before", "Added slowly"})
    eventually(lambda: sorted(saved_titles(ada)), ["Added slowly", "Was there before"])


def test_a_list_that_cannot_be_read_says_so(browsers: Browsers, ada: Person) -> None:
    seed(ada, "Was there before")
    app = browsers.open()
    app.watch.expect("status of 500")
    app.network.fail(500, reads=True)
    app.sign_in(ada)
    expect(
        app.page.get_by_text("could not be read").or_(app.page.get_by_text("trying again")).first
    ).to_be_visible()
    app.network.works()
    app.wake()

    app.expect_titles("Was there before")


def test_unsent_changes_are_not_signed_out_of_without_a_question(app: App) -> None:
    app.network.offline()
    app.add("Not sent yet")
    app.account()
    app.press("Sign out")
    question = app.dialog("Sign out with unsent changes?")
    expect(question).to_be_visible()
    question.get_by_role("button", name="Cancel").click()
    app.network.online()

    app.expect_all_sent()


def test_only_the_application_takes_its_place_offline(browsers: Browsers, ada: Person) -> None:
    app = browsers.signed_in(ada)
    app.expect_loaded()
    app.until_it_works_offline()
    app.page.reload()  # by the service worker now
    app.watch.expect("favicon.ico")  # which a text cannot name another for
    app.page.goto("/robots.txt")
    app.network.offline()
    app.page.goto("/open")

    expect(app.quick_add).to_be_visible()


def test_refused_changes_are_told_as_one_and_all_tried_again(app: App, ada: Person) -> None:
    titles = ["A", "B", "C", "D", "E"]
    app.watch.expect("status of 409")
    app.network.fail(409)
    for title in titles:
        app.add(title)
    app.expect_told("5 changes could not be saved")
    app.page.keyboard.press("Escape")
    app.page.keyboard.press("Escape")  # out of the field, then what passes anyway
    app.network.works()
    app.press("Try again")

    app.expect_set(set(titles))
    eventually(lambda: sorted(saved_titles(ada)), titles)
