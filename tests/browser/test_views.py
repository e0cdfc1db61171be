"""Views with addresses, search, sort and label."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import assert_accessible
from tests.browser.days import day
from tests.browser.todos import change, eventually, saved_titles, seed

if TYPE_CHECKING:
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person

ZONE = "Europe/Berlin"


@pytest.fixture
def full(ada: Person) -> Person:
    """Somebody with a to-do of each kind."""
    seed(ada, "Without a date")
    seed(ada, "Due today", dueDate=day(ZONE))
    seed(ada, "Late", dueDate=day(ZONE, -1))
    seed(ada, "Later", dueDate=day(ZONE, 5), labels=["home"])
    seed(ada, "Finished", completed=True)
    (gone,) = seed(ada, "Thrown away")
    ada.api.delete(f"/me/todos/{gone['id']}")
    return ada


VIEWS = {
    "Open": ("/open", {"Without a date", "Due today", "Late", "Later"}),
    "Today": ("/today", {"Due today"}),
    "Overdue": ("/overdue", {"Late"}),
    "Upcoming": ("/upcoming", {"Later"}),
    "Done": ("/done", {"Finished"}),
    "All": ("/all", {"Without a date", "Due today", "Late", "Later", "Finished"}),
    "Trash": ("/trash", {"Thrown away"}),
}


def test_each_view_has_an_address_and_its_todos(browsers: Browsers, full: Person) -> None:
    app = browsers.signed_in(full)
    for name, (path, titles) in VIEWS.items():
        app.view(name)

        app.expect_address(path)
        app.expect_set(titles)
        expect(app.view_link(name)).to_have_attribute("aria-current", "page")


def test_the_back_button_goes_through_the_views(browsers: Browsers, full: Person) -> None:
    app = browsers.signed_in(full)
    app.view("Done")
    app.view("Trash")

    app.page.go_back()
    app.expect_address("/done")
    app.expect_titles("Finished")
    app.page.go_back()
    app.expect_address("/open")
    app.expect_set(VIEWS["Open"][1])
    app.page.go_forward()
    app.expect_address("/done")


@pytest.mark.parametrize("name", ["Today", "Trash"])
def test_an_address_survives_the_sign_in_and_a_reload(
    browsers: Browsers, full: Person, name: str
) -> None:
    path, titles = VIEWS[name]
    app = browsers.signed_in(full, path)

    app.expect_address(path)
    app.expect_set(titles)
    app.page.reload()
    app.expect_set(titles)


def test_each_view_has_a_title_of_its_own(browsers: Browsers, full: Person) -> None:
    app = browsers.signed_in(full)
    titles = set()
    for name in VIEWS:
        app.view(name)
        app.expect_address(VIEWS[name][0])
        expect(app.page).to_have_title(re.compile(name))
        titles.add(app.page.title())

    assert len(titles) == len(VIEWS)


def test_search_looks_at_everything_that_a_todo_says(browsers: Browsers, ada: Person) -> None:
    seed(ada, "Alpha")
    seed(ada, "Beta", notes="bring the alphabet")
    seed(ada, "Gamma", description="about alphas")
    seed(ada, "Delta", labels=["alpha"])
    seed(ada, "Epsilon")
    app = browsers.signed_in(ada)
    app.search("ALPHA")

    app.expect_set({"Alpha", "Beta", "Gamma", "Delta"})
    app.search("")
    app.expect_set({"Alpha", "Beta", "Gamma", "Delta", "Epsilon"})


def test_a_search_that_finds_nothing_says_so(browsers: Browsers, ada: Person) -> None:
    seed(ada, "Alpha")
    app = browsers.signed_in(ada)
    app.search("(.*[")

    app.expect_titles()
    app.expect_told("Nothing matches")


def test_a_search_has_an_address(browsers: Browsers, ada: Person) -> None:
    seed(ada, "Alpha", "Beta")
    app = browsers.signed_in(ada)
    app.search("alp")
    app.expect_titles("Alpha")
    app.page.reload()

    app.expect_titles("Alpha")
    expect(app.search_field).to_have_value("alp")


def test_the_list_is_sorted_as_chosen(browsers: Browsers, ada: Person) -> None:
    first, _, third = seed(ada, "First made", "Second made", "Third made")
    change(ada, third, dueDate=day(ZONE, 1))
    change(ada, first, dueDate=day(ZONE, 3))
    app = browsers.signed_in(ada)

    app.sort("Due date")
    app.expect_titles("Third made", "First made", "Second made")
    app.sort("Created")
    app.expect_titles("First made", "Second made", "Third made")
    app.page.reload()
    app.expect_titles("First made", "Second made", "Third made")


def test_the_own_order_is_changed_by_dragging(browsers: Browsers, ada: Person) -> None:
    seed(ada, "A", "B", "C")
    app = browsers.signed_in(ada)
    app.sort("My order")
    app.expect_titles("A", "B", "C")
    app.drag("C", onto="A")

    app.expect_titles("C", "A", "B")
    eventually(lambda: saved_titles(ada), ["C", "A", "B"])
    app.expect_all_sent()
    app.page.reload()
    app.expect_titles("C", "A", "B")


def test_a_label_leads_to_all_that_have_it(browsers: Browsers, full: Person) -> None:
    app = browsers.signed_in(full)
    app.row("Later").get_by_role("link", name="#home").click()

    app.expect_titles("Later")


def test_an_unknown_address_says_so_and_leads_back_to_the_list(
    browsers: Browsers, full: Person
) -> None:
    app = browsers.signed_in(full)
    app.page.goto("/no/such/view")

    expect(app.page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    app.follow("Go to your list")
    app.expect_address("/open")


@pytest.mark.parametrize("path", ["/overdue", "/upcoming", "/done", "/open?q=zebra"])
def test_what_is_added_where_it_does_not_show_can_be_found(
    browsers: Browsers, ada: Person, path: str
) -> None:
    app = browsers.signed_in(ada, path)
    app.add("Buy milk")
    notices = app.page.get_by_role("region", name="Notices")
    expect(notices).to_contain_text("Added: Buy milk")
    notices.get_by_role("button", name="Show").click()

    app.expect_address("/open")
    expect(app.details().field("Title")).to_have_value("Buy milk")


def test_what_is_added_where_it_shows_is_sign_enough(browsers: Browsers, ada: Person) -> None:
    app = browsers.signed_in(ada, "/today")
    app.add("Buy milk")

    app.expect_titles("Buy milk")
    expect(app.button("Show")).to_have_count(0)


def test_a_page_that_cannot_be_shown_says_so(browsers: Browsers, ada: Person) -> None:
    app = browsers.signed_in(ada)
    app.watch.expect("out of order")
    app.add("Keep me")
    eventually(lambda: saved_titles(ada), ["Keep me"])
    app.page.evaluate(
        """() => Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', {
          get() { throw new Error('out of order'); } })"""
    )
    app.quick_add.fill("Pay rent in 3 days")
    expect(app.page.get_by_role("heading", name="Something went wrong")).to_be_visible()
    assert_accessible(app.page)
    app.press("Try again")

    app.expect_titles("Keep me")
