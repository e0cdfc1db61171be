"""The details of a to-do, opened beside the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import FilePayload, Locator, expect

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.app import App

DROP = """([zone, name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type: 'text/plain' }));
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    const about = { dataTransfer: data, bubbles: true, cancelable: true };
    zone.dispatchEvent(new DragEvent(kind, about));
  }
}"""


class Details:
    """The sheet with everything that belongs to one to-do."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.page = app.page
        self.panel = app.page.get_by_role("dialog", name="Details", exact=True)

    def field(self, label: str) -> Locator:
        return self.panel.get_by_label(label, exact=True)

    def fill(self, label: str, text: str) -> None:
        self.field(label).fill(text)

    def due(self, day: str) -> None:
        """Set the day, written as YYYY-MM-DD; none when empty."""
        self.fill("Due date", day)

    def priority(self, name: str) -> None:
        self.panel.get_by_role("radio", name=name, exact=True).check(force=True)

    def label(self, name: str) -> None:
        adder = self.field("Labels")
        adder.fill(name)
        adder.press("Enter")

    def unlabel(self, name: str) -> None:
        self.panel.get_by_role("button", name=f"Remove {name}").click()

    def save(self) -> None:
        self.panel.get_by_role("button", name="Save", exact=True).click()
        expect(self.panel).to_have_count(0)

    def leave(self) -> None:
        """Close what has not been changed."""
        self.panel.get_by_role("button", name="Close", exact=True).click()
        expect(self.panel).to_have_count(0)

    def choose(self, *files: FilePayload | Path) -> None:
        """Choose files for the to-do, all payloads or all paths."""
        with self.page.expect_file_chooser() as chooser:
            self.panel.get_by_role("button", name="Choose files").click()
        chooser.value.set_files(list(files))  # type: ignore[arg-type]  # of one kind

    def drop(self, name: str, text: str) -> None:
        zone = self.panel.element_handle()
        self.page.evaluate(DROP, [zone, name, text])

    def file(self, name: str) -> Locator:
        """A file that is attached."""
        return self.panel.get_by_role("listitem").filter(
            has=self.page.get_by_role("button", name=f"Download {name}")
        )
