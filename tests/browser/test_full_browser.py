"""When the browser, or the outbox in it, has no room for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.todos import eventually, saved_titles, seed

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person

# A disk that takes no more.
FULL_DISK = """() => { IDBObjectStore.prototype.put = () => {
  throw new DOMException('', 'QuotaExceededError'); }; }"""
FILL = """() => new Promise((resolve) => {
  const opening = indexedDB.open('todo-on-ecs');
  opening.onsuccess = () => {
    const transaction = opening.result.transaction('outbox', 'readwrite');
    for (let i = 0; i < 500; i++) {
      const id = crypto.randomUUID();
      const change = { kind: 'restore' };
      const entry = { id, todoId: id, change, version: null, at: '', attempted: false };
      transaction.objectStore('outbox').put(entry, id);
    }
    transaction.oncomplete = () => { opening.result.close(); resolve(); };
  };
})"""


def test_a_full_storage_stops_nobody(app: App, ada: Person) -> None:
    app.expect_loaded()
    app.page.evaluate(FULL_DISK)
    app.add("With a full disk")
    app.expect_all_sent()
    app.rename("With a full disk", "Renamed with a full disk")

    eventually(lambda: saved_titles(ada), ["Renamed with a full disk"])


def test_what_is_neither_sent_nor_kept_is_not_left_without_a_question(app: App) -> None:
    app.expect_loaded()
    app.network.offline()
    app.page.evaluate(FULL_DISK)
    app.add("With a full disk")
    app.expect_titles("With a full disk")
    with app.page.expect_event("dialog") as asked:
        app.page.close(run_before_unload=True)

    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    app.expect_titles("With a full disk")


def test_a_browser_that_throws_its_data_away_stops_nobody(app: App, ada: Person) -> None:
    app.expect_loaded()
    page = app.page
    origin = page.evaluate("() => location.origin")
    page.context.new_cdp_session(page).send(
        "Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "indexeddb"}
    )
    app.add("After it was cleared")
    eventually(lambda: saved_titles(ada), ["After it was cleared"])
    app.rename("After it was cleared", "Renamed since")

    app.expect_all_sent()
    assert saved_titles(ada) == ["Renamed since"]


@pytest.fixture
def full(browsers: Browsers, ada: Person) -> App:
    """As many changes wait as may: nothing more is taken."""
    seed(ada, "Was there before")
    app = browsers.signed_in(ada)
    app.watch.expect("status of 503")
    app.expect_titles("Was there before")
    app.network.fail(503)
    app.page.evaluate(FILL)
    app.page.reload()
    app.expect_titles("Was there before")
    return app


FULL = "500 changes are waiting"


def test_details_stay_open_when_there_is_no_room_for_them(full: App) -> None:
    details = full.open("Was there before")
    details.fill("Notes", "An hour of work")
    details.panel.get_by_role("button", name="Save", exact=True).click()

    full.expect_told(FULL)
    expect(details.field("Notes")).to_have_value("An hour of work")


def test_a_title_is_edited_on_when_there_is_no_room_for_it(full: App) -> None:
    full.rename("Was there before", "Five words more")

    full.expect_told(FULL)
    expect(full.title_editor).to_have_value("Five words more")


def test_a_box_shows_what_is_so_when_there_is_no_room(full: App) -> None:
    full.toggle("Was there before")

    full.expect_told(FULL)
    expect(full.row("Was there before").get_by_role("checkbox")).not_to_be_checked()


def test_a_selection_stays_when_there_is_no_room_for_what_is_done(full: App) -> None:
    full.select("Was there before")
    full.bulk("Complete")

    full.expect_told(FULL)
    expect(full.page.get_by_role("checkbox", name="Select “Was there before”")).to_be_checked()
