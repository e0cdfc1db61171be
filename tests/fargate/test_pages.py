"""The pages in Chromium: for everybody, with the keyboard alone, without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest

from tests.fargate.servers import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page

    from tests.fargate.browsers import Browser
    from tests.fargate.servers import Server

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => {
  const { violations } = await axe.run(document, { runOnly: { type: 'tag', values: tags } });
  return violations.map((found) => `${found.help}: ${found.nodes.map((node) => node.html)}`);
}"""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SECONDS = 10


@pytest.fixture
def opened(
    new_context: Callable[..., BrowserContext], server: Server
) -> Iterator[Callable[..., Page]]:
    """Opens pages in browsers of their own; what the policy refuses, or is not found, fails."""
    complaints: list[str] = []

    def open_page(path: str = "/", **options: Any) -> Page:
        context = new_context(base_url=server.url, **options)
        context.set_default_timeout(SECONDS * 1000)
        context.on("console", lambda message: complaints.append(message.text))
        context.on("request", lambda request: _is_ours(request.url))
        page = context.new_page()
        page.goto(path)
        return page

    def _is_ours(url: str) -> None:
        if not url.startswith(server.url):
            complaints.append(f"foreign request: {url}")

    yield open_page
    refusals = "status of 4"  # a refused form's page, which tests ask for
    assert [text for text in complaints if refusals not in text] == []


def assert_accessible(page: Page) -> None:
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        # By the debugging protocol, which the page's policy does not bind.
        page.evaluate(AXE.read_text())
        assert page.evaluate(RUN, STANDARDS) == [], (page.title(), scheme)


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_accessible(ada: Browser, opened: Callable[..., Page], width: int) -> None:
    page = opened(viewport={"width": width, "height": 800})
    assert_accessible(page)  # nothing is to be done
    ada.add("Pay the rent, " + "and " * 40, "yes")
    ada.add("x" * 200)
    ada.add("Buy bread")
    ada.submit(f"/tasks/{ada.task('Buy bread').id}/complete")
    page.reload()
    assert_accessible(page)  # everything there is
    page.get_by_label("What is to be done?").fill("\N{BELL}")
    page.get_by_role("button", name="Add").click()
    assert_accessible(page)  # a refusal
    page.goto("/")
    page.get_by_role("link", name="Change “Pay").click()
    assert_accessible(page)  # a task
    page.goto("/nothing")
    assert_accessible(page)  # an error
    page.goto("/")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_the_list_works_with_the_keyboard_alone(
    opened: Callable[..., Page], *, javascript: bool
) -> None:
    page = opened(java_script_enabled=javascript)

    page.get_by_label("What is to be done?").press("Shift")  # where one starts
    page.keyboard.type("Pay the rent")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")  # from unimportant to important
    page.keyboard.press("Enter")
    page.get_by_text("Added: Pay the rent").wait_for()
    important = page.get_by_role("listitem").inner_text()
    press(page, "Complete “Pay the rent”")
    page.get_by_text("Completed.").wait_for()
    completed = page.get_by_role("heading", name="Completed (1)").count()
    press(page, "Delete “Pay the rent”")
    page.get_by_text("Deleted.").wait_for()

    assert "Important" in important
    assert completed == 1
    assert page.get_by_role("listitem").count() == 0


def press(page: Page, name: str) -> None:
    """Go to a button by Tab and press it."""
    button = page.get_by_role("button", name=name)
    for _ in range(20):
        page.keyboard.press("Tab")
        if button.evaluate("(button) => button === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab never comes to {name}")


def test_two_browsers_share_one_list(ada: Browser, opened: Callable[..., Page]) -> None:
    ada.add("Buy milk")
    first, second = opened(), opened()
    for page in (first, second):
        page.get_by_role("link", name="Change “Buy milk”").click()

    first.get_by_label("What is to be done?").fill("Buy oat milk")
    first.get_by_role("button", name="Save").click()
    first.get_by_text("Saved: Buy oat milk").wait_for()
    second.get_by_label("What is to be done?").fill("Buy soy milk")
    second.get_by_role("button", name="Save").click()

    alert = second.get_by_role("alert")
    assert "somebody else has changed this task" in alert.inner_text()
    assert "Buy oat milk" in alert.inner_text()
    assert second.get_by_label("What is to be done?").input_value() == "Buy soy milk"
    assert_accessible(second)
    second.get_by_role("button", name="Save").click()
    second.get_by_text("Saved: Buy soy milk").wait_for()
    assert [task.title for task in ada.tasks()] == ["Buy soy milk"]


def test_what_is_refused_is_said_where_it_was_typed(
    ada: Browser, opened: Callable[..., Page]
) -> None:
    page = opened()
    field = page.get_by_label("What is to be done?")

    field.fill(" ")  # more than nothing for the browser, nothing for us
    page.get_by_role("button", name="Add").click()

    assert field.get_attribute("aria-invalid") == "true"
    described = page.locator(f"#{field.get_attribute('aria-describedby')}")
    assert described.inner_text() == "Say what is to be done."
    assert field.evaluate("(field) => field === document.activeElement")
    assert page.title().startswith("Not done")
    assert ada.tasks() == []


def test_a_title_runs_nothing(ada: Browser, opened: Callable[..., Page]) -> None:
    title = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    ada.add(title)

    page = opened()

    assert page.title() == "To-Do List Manager"
    assert page.locator("li bdi").inner_text() == title
