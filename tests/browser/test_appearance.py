"""Dark and light, languages, widths, and less motion."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from tests.browser.days import day
from tests.browser.todos import eventually, saved, seed

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 3
WIDTHS = [320, 768, 1440]


@pytest.fixture
def full(ada: Person) -> Person:
    seed(
        ada, "Call the plumber", dueDate=day("Europe/Berlin"), priority=3, labels=["home", "urgent"]
    )
    seed(ada, LONG[:200], labels=[LONG[:40]], description=LONG)
    return ada


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_screen(browsers: Browsers, full: Person, width: int) -> None:
    app = browsers.signed_in(full, viewport={"width": width, "height": 700})

    for path in ("/open", "/trash", "/account"):
        app.page.goto(path)
        app.expect_loaded()
        assert app.overflow() == [], path


@pytest.mark.parametrize("width", WIDTHS)
def test_the_details_fit_the_screen(browsers: Browsers, full: Person, width: int) -> None:
    app = browsers.signed_in(full, viewport={"width": width, "height": 700})
    app.open("Call the plumber")

    assert app.overflow() == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_way_in_fits_the_screen(browsers: Browsers, width: int) -> None:
    app = browsers.open(viewport={"width": width, "height": 700})

    for path in ("/sign-in", "/sign-up", "/confirm", "/forgot", "/no/such/page"):
        app.page.goto(path)
        expect(app.page.get_by_role("heading", level=1)).to_be_visible()
        assert app.overflow() == [], path


def test_everything_works_on_a_telephone(browsers: Browsers, ada: Person) -> None:
    app = browsers.signed_in(ada, viewport={"width": 320, "height": 568}, has_touch=True)
    app.add("Buy milk !1")
    app.expect_titles("Buy milk")
    details = app.open("Buy milk")
    details.fill("Notes", "Two litres")
    details.save()
    app.toggle("Buy milk")
    app.view("Done")

    app.expect_titles("Buy milk")


@pytest.mark.parametrize("width", [320, 1280])
def test_whatever_is_tapped_is_large_enough(browsers: Browsers, full: Person, width: int) -> None:
    """WCAG 2.2, 2.5.8: 24 by 24 pixels."""
    app = browsers.signed_in(full, viewport={"width": width, "height": 700})
    app.expect_titles("Call the plumber", LONG[:200])

    small = app.page.locator("button:visible, [role=checkbox]:visible").evaluate_all(
        """(all) => all.map((each) => [each, each.getBoundingClientRect()])
          .filter(([, box]) => box.width > 1 && (box.width < 24 || box.height < 24))
          .map(([each, box]) => `${each.outerHTML.slice(0, 120)} ${box.width}x${box.height}`)"""
    )
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_are_the_systems(
    browsers: Browsers, ada: Person, scheme: Literal["light", "dark"]
) -> None:
    app = browsers.signed_in(ada, color_scheme=scheme)

    assert app.is_dark() == (scheme == "dark")


def test_the_colours_are_the_chosen_ones_after_a_reload_too(app: App) -> None:
    app.page.goto("/account")
    app.choose("Theme", "Dark")
    assert app.is_dark()
    app.page.reload()
    expect(app.main).to_be_visible()
    assert app.is_dark()
    app.choose("Theme", "As the system")
    assert not app.is_dark()


def _go_on_late(route: Route) -> None:
    time.sleep(0.5)
    route.continue_()


def test_nothing_is_painted_in_other_colours_first(browsers: Browsers) -> None:
    """Not even when the script takes its time, as on a first visit."""
    app = browsers.open("/sign-in", color_scheme="light", service_workers="block")
    app.page.evaluate("() => localStorage.setItem('preferences', '{\"theme\": \"dark\"}')")
    app.page.route("**/assets/main-*.js", _go_on_late)
    app.page.add_init_script(
        "requestAnimationFrame(() => { firstFrame = document.documentElement.dataset.theme; });"
    )
    app.page.reload()

    app.page.wait_for_function("() => 'firstFrame' in window")
    assert app.page.evaluate("() => firstFrame") == "dark"


def test_the_language_is_the_browsers(browsers: Browsers) -> None:
    app = browsers.open("/sign-in", locale="fr-FR")
    expect(app.page.locator("html")).to_have_attribute("lang", "fr")
    expect(app.page.get_by_role("button", name="Sign in")).to_have_count(0)


def test_the_language_is_the_chosen_one_after_a_reload_too(app: App) -> None:
    app.page.goto("/account")
    app.choose("Language", "Français")
    expect(app.page.locator("html")).to_have_attribute("lang", "fr")
    app.page.goto("/open")
    expect(app.page.locator("html")).to_have_attribute("lang", "fr")
    expect(app.page.get_by_role("link", name="Open", exact=True)).to_have_count(0)


def test_french_words_are_understood(browsers: Browsers, ada: Person) -> None:
    app = browsers.signed_in(ada)
    app.page.goto("/account")
    app.choose("Language", "Français")
    app.page.goto("/open")
    app.expect_loaded()
    expect(app.page.locator("[data-quick-add]")).to_be_focused()
    app.page.keyboard.type("Payer le loyer demain !2 #maison")
    app.page.keyboard.press("Enter")

    eventually(
        lambda: [(t["title"], t["dueDate"], t["priority"], t["labels"]) for t in saved(ada)],
        [("Payer le loyer", day("Europe/Berlin", 1), 2, ["maison"])],
    )


@pytest.mark.parametrize(("locale", "shown"), [("en-GB", "14 Mar 2027"), ("en-US", "Mar 14, 2027")])
def test_dates_are_written_as_the_browsers_region_does(
    browsers: Browsers, ada: Person, locale: str, shown: str
) -> None:
    seed(ada, "Plan", dueDate="2027-03-14")
    app = browsers.signed_in(ada, locale=locale)

    expect(app.row("Plan")).to_contain_text(shown)


def test_forced_colours_still_tell_where_one_is(browsers: Browsers, ada: Person) -> None:
    app = browsers.signed_in(ada, forced_colors="active")

    expect(app.view_link("Open")).to_have_css("outline-style", "solid")
    expect(app.view_link("Done")).to_have_css("outline-style", "none")


def test_on_paper_there_is_the_list_and_nothing_to_press(browsers: Browsers, full: Person) -> None:
    app = browsers.signed_in(full)
    app.expect_titles("Call the plumber", LONG[:200])
    app.page.emulate_media(media="print", color_scheme="dark")

    expect(app.titles.first).to_be_visible()
    assert app.page.locator("button:visible, input[type=text]:visible").count() == 0
    assert not app.is_dark()


def test_less_motion_is_no_motion(browsers: Browsers, full: Person) -> None:
    app = browsers.signed_in(full, reduced_motion="reduce")
    app.open("Call the plumber")
    moving = app.page.evaluate(
        """() => document.getAnimations().filter((each) =>
          each.effect.getComputedTiming().duration > 20).map((each) => each.animationName ?? '?')"""
    )

    assert moving == []


BLOCKED = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException(); } })"
FULL = """const set = Storage.prototype.setItem;
Storage.prototype.setItem = function (key, value) {
  if (this === localStorage) throw new DOMException('', 'QuotaExceededError');
  set.call(this, key, value);
};"""


@pytest.mark.parametrize("script", [BLOCKED, FULL])
def test_preferences_that_cannot_be_kept_hold_for_the_page(
    browsers: Browsers, ada: Person, script: str
) -> None:
    app = browsers.open()
    app.page.context.add_init_script(script)
    app.page.reload()
    app.sign_in(ada)
    app.account()
    app.choose("Theme", "Dark")

    app.page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")


def test_a_browser_that_stores_nothing_is_told_why_it_does_not_start(browsers: Browsers) -> None:
    app = browsers.open()
    app.watch.expect("does not open")
    app.page.context.add_init_script("IDBFactory.prototype.open = () => { throw new Error(); }")
    app.page.reload()

    expect(app.page.get_by_text("Allow cookies and site data")).to_be_visible()
