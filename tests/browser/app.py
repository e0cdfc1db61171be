"""The website as somebody uses it: by what controls are called and what they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import Dialog, Locator, Page, expect

from tests.browser.days import day
from tests.browser.details import Details
from tests.browser.network import Network

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.watch import Watch
    from tests.e2e.stack import Person, Stack

PASSWORD = "Password"
ZONE = "Europe/Berlin"
# Waited for, not slept: other checks may have the machine's cores just now.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class App:
    """A page of the website in a browser of its own."""

    page: Page
    watch: Watch
    stack: Stack
    network: Network = field(init=False)

    def __post_init__(self) -> None:
        self.network = Network(self.page, self.stack.outputs["ApiUrl"], self.watch)

    def new_tab(self, path: str) -> App:
        """Another tab of the same browser."""
        app = App(self.page.context.new_page(), self.watch, self.stack)
        app.page.goto(path)
        return app

    # --- what is there ----------------------------------------------------------------------------

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    @property
    def alert(self) -> Locator:
        return self.page.get_by_role("alert")

    @property
    def quick_add(self) -> Locator:
        return self.page.get_by_role("textbox", name="New to-do")

    @property
    def understood(self) -> Locator:
        """What of a new to-do's text will be more than its title."""
        return self.page.locator("form", has=self.quick_add).locator("[data-part]")

    @property
    def search_field(self) -> Locator:
        return self.page.get_by_role("textbox", name="Search")

    @property
    def title_editor(self) -> Locator:
        return self.page.get_by_role("textbox", name="Edit title")

    @property
    def titles(self) -> Locator:
        return self.main.locator("a[data-part=title]")

    def row(self, title: str) -> Locator:
        return self.main.get_by_role("listitem").filter(
            has=self.page.get_by_role("link", name=title, exact=True)
        )

    def dialog(self, name: str) -> Locator:
        return self.page.get_by_role("dialog", name=name, exact=True)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def view_link(self, view: str) -> Locator:
        views = self.page.get_by_role("navigation", name="Views")
        return views.get_by_role("link", name=re.compile(rf"^{view}\b"))

    # --- forms ------------------------------------------------------------------------------------

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def press(self, name: str) -> None:
        self.button(name).click()

    def follow(self, link: str) -> None:
        self.page.get_by_role("link", name=link, exact=True).click()

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_role("combobox", name=label, exact=True).select_option(label=option)

    def offer(self, email: str, password: str) -> None:
        """Fill in the sign-in and send it."""
        self.fill("E-mail address", email)
        self.fill(PASSWORD, password)
        self.press("Sign in")

    def sign_in(self, person: Person) -> None:
        self.offer(person.email, person.password)
        expect(self.page.get_by_label(PASSWORD, exact=True)).to_have_count(0)
        expect(self.main).to_be_visible()

    def end_session(self, person: Person) -> None:
        """Somewhere else, and long enough ago; the clock must be held."""
        person.stack.cognito.global_sign_out(AccessToken=person.token)
        self.page.clock.fast_forward("20:00")

    def expect_signed_out(self) -> None:
        expect(self.page.get_by_label(PASSWORD, exact=True)).to_be_visible()

    # --- to-dos -----------------------------------------------------------------------------------

    def add(self, text: str) -> None:
        self.quick_add.fill(text)
        self.quick_add.press("Enter")

    def toggle(self, title: str) -> None:
        self.row(title).get_by_role("checkbox", name=f"Done: {title}", exact=True).click()

    def start_renaming(self, title: str) -> Locator:
        row = self.row(title)
        row.hover()
        row.get_by_role("button", name=f"Edit the title of “{title}”").click()
        expect(self.title_editor).to_be_focused()
        return self.title_editor

    def rename(self, title: str, wanted: str) -> None:
        editor = self.start_renaming(title)
        editor.fill(wanted)
        editor.press("Enter")

    def delete(self, title: str) -> None:
        self.row(title).hover()
        self.press(f"Delete “{title}”")

    def restore(self, title: str) -> None:
        self.row(title).hover()
        self.press(f"Restore “{title}”")

    def undo(self) -> None:
        self.button("Undo").last.click()

    def open(self, title: str) -> Details:
        self.row(title).get_by_role("link", name=title, exact=True).click()
        return self.details()

    def details(self) -> Details:
        details = Details(self)
        expect(details.panel).to_be_visible()
        return details

    def drag(self, title: str, onto: str) -> None:
        handle = self.button(f"Move “{title}”")
        self.row(title).hover()
        start, end = handle.bounding_box(), self.row(onto).bounding_box()
        assert start
        assert end
        mouse = self.page.mouse
        mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        mouse.down()
        mouse.move(start["x"] + start["width"] / 2, end["y"] + end["height"] / 2, steps=8)
        mouse.move(start["x"] + start["width"] / 2, end["y"] + 3, steps=4)
        mouse.up()

    # --- the list ---------------------------------------------------------------------------------

    def view(self, name: str) -> None:
        link = self.view_link(name)
        if not link.is_visible():
            self.press("Menu")
        link.click()
        expect(self.page.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()

    def account(self) -> None:
        self.page.get_by_role("link", name=re.compile("^Account")).click()
        expect(self.page.get_by_role("heading", level=1, name="Account")).to_be_visible()

    def search(self, text: str) -> None:
        self.search_field.fill(text)

    def sort(self, option: str) -> None:
        self.page.get_by_role("combobox", name="Sort by").select_option(label=option)

    def more(self, item: str) -> None:
        """Choose something of the menu beside the list."""
        self.open_menu()
        self.press(item)

    def open_menu(self) -> None:
        self.press("More")

    def offers(self, item: str) -> bool:
        """Whether the menu has something that can be chosen."""
        self.open_menu()
        offered = self.button(item)
        able = offered.count() > 0 and offered.is_enabled()
        self.page.keyboard.press("Escape")
        return able

    def select(self, *titles: str) -> None:
        self.press("Select")
        for title in titles:
            self.page.get_by_role("checkbox", name=f"Select “{title}”").check()

    def select_all(self) -> None:
        self.press("Select")
        self.bulk("Select all")

    def bulk(self, action: str) -> None:
        """Do something with all that is selected."""
        bar = self.page.get_by_role("region", name="Selected to-dos")
        bar.get_by_role("button", name=action, exact=True).click()

    def export(self, item: str) -> Path:
        with self.page.expect_download() as download:
            self.more(item)
        return download.value.path()

    # --- what is expected -------------------------------------------------------------------------

    def expect_titles(self, *titles: str) -> None:
        """These to-dos are listed, in this order, and no others."""
        expect(self.titles).to_have_text([re.compile(f"^{re.escape(each)}$") for each in titles])

    def expect_set(self, titles: set[str]) -> None:
        """These to-dos are listed, in whatever order, and no others."""
        expect(self.titles).to_have_count(len(titles))
        for title in titles:
            expect(self.titles.get_by_text(title, exact=True)).to_be_visible()

    def expect_loaded(self) -> None:
        """The page shows what it has read."""
        expect(self.main).to_be_visible()
        expect(self.page.get_by_label("Loading…")).to_have_count(0)
        self.page.wait_for_load_state("networkidle")

    def expect_address(self, path: str) -> None:
        expect(self.page).to_have_url(re.compile(rf"^http://[^/]+{re.escape(path)}(\?.*)?$"))

    def expect_alert(self, text: str) -> None:
        expect(self.alert.filter(has_text=text).first).to_be_visible()

    def expect_heard(self, text: str, times: int = 1) -> None:
        """A live region has said so."""
        self.page.wait_for_function(
            "([text, times]) => heard.filter((each) => each.includes(text)).length >= times",
            arg=[text, times],
        )

    def expect_told(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def expect_all_sent(self) -> None:
        expect(self.page.get_by_text("All saved").first).to_be_attached()

    # --- keyboard ---------------------------------------------------------------------------------

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def expect_focus_in(self, title: str) -> None:
        expect(
            self.row(title).locator(":focus").or_(self.row(title).and_(self.page.locator(":focus")))
        ).to_have_count(1)

    def expect_focus_somewhere(self) -> None:
        """The focus is on something, and not on the whole page."""
        self.page.wait_for_function("() => ![null, document.body].includes(document.activeElement)")

    def tab_through(self, times: int) -> list[str]:
        """The names of what the Tab key reaches."""
        reached = []
        for _ in range(times):
            self.page.keyboard.press("Tab")
            name = self.page.evaluate(FOCUSED)
            reached.append(str(name))
        return reached

    # --- what lies beneath ------------------------------------------------------------------------

    def local_day(self, ahead: int = 0) -> str:
        return day(ZONE, ahead)

    def until_it_works_offline(self) -> None:
        """The service worker holds the page, and answers in the network's place."""
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")

    def hold_the_clock(self) -> None:
        """Let the page's time go by as the test wants; a timer from before would not."""
        self.page.clock.install()
        self.page.reload()

    def wake(self) -> None:
        """Come back to the tab after a while elsewhere."""
        self.page.evaluate(
            """() => { document.dispatchEvent(new Event('visibilitychange'));
              dispatchEvent(new Event('focus')); dispatchEvent(new Event('online')); }"""
        )

    def everything_kept(self) -> str:
        """All that the browser keeps for the website, as text."""
        kept: str = self.page.evaluate(KEPT)
        return kept

    def overflow(self) -> list[str]:
        """What makes the page wider than the screen."""
        found: list[str] = self.page.evaluate(OVERFLOW)
        return found

    def is_dark(self) -> bool:
        lightness: float = self.page.evaluate(
            """() => { const [r, g, b] = getComputedStyle(document.body).backgroundColor
              .match(/[\\d.]+/g).map(Number); return (r + g + b) / 3; }"""
        )
        return lightness < 128

    def path(self) -> str:
        return urlsplit(self.page.url).path

    def questions(self) -> list[str]:
        """What the browser itself asks from now on; the answer is to stay."""
        asked: list[str] = []

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        self.page.on("dialog", stay)
        return asked

    def sent(self, *methods: str) -> list[str]:
        """The requests of these methods from now on, as they are made."""
        return self.network.sent(*methods)


FOCUSED = """() => {
  const focused = document.activeElement;
  const label = focused.labels?.[0]?.textContent;
  return focused.getAttribute('aria-label') || label || focused.textContent;
}"""

KEPT = """async () => {
  const kept = [{...localStorage}, {...sessionStorage}, document.cookie, history.state];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const store of database.objectStoreNames) {
      kept.push(await new Promise((resolve) => {
        const request = database.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => resolve(request.result);
      }));
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      kept.push(request.url);
      const answer = await cache.match(request);
      if (/json/.test(answer.headers.get('content-type'))) kept.push(await answer.text());
    }
  }
  return JSON.stringify(kept);
}"""

OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.querySelectorAll('body *')]
    .filter((each) => each.getBoundingClientRect().right > wide + 1)
    .map((each) => `${each.outerHTML.slice(0, 100)} ${each.getBoundingClientRect().right}`);
}"""
