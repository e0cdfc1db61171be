"""Adding, changing, completing and deleting, as somebody with a mouse does it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.todos import eventually, saved, saved_titles, saved_todo, seed

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.conftest import Browsers
    from tests.e2e.stack import Person


def test_an_added_todo_is_listed_and_saved(app: App, ada: Person) -> None:
    app.add("Buy milk")

    app.expect_titles("Buy milk")
    expect(app.quick_add).to_have_value("")
    expect(app.quick_add).to_be_focused()
    eventually(lambda: saved_titles(ada), ["Buy milk"])
    app.expect_all_sent()
    app.page.reload()
    app.expect_titles("Buy milk")


def test_what_quick_add_understands_is_shown_before_it_is_saved(app: App, ada: Person) -> None:
    app.quick_add.fill("Pay rent tomorrow !2 #home")

    expect(app.understood).to_have_text(["Tomorrow", "Medium", "home"])
    assert saved(ada) == []
    app.quick_add.press("Enter")

    app.expect_titles("Pay rent")
    eventually(lambda: saved_titles(ada), ["Pay rent"])
    todo = saved_todo(ada, "Pay rent")
    assert (todo["priority"], todo["labels"]) == (2, ["home"])
    assert todo["dueDate"] == app.local_day(1)


def test_a_part_that_was_meant_as_text_can_be_taken_back(app: App, ada: Person) -> None:
    app.quick_add.fill("Read the book Today")
    app.press("Keep “Today” as text")
    app.quick_add.press("Enter")

    app.expect_titles("Read the book Today")
    eventually(lambda: [todo["dueDate"] for todo in saved(ada)], [None])


def test_a_line_half_written_outlives_a_look_elsewhere(app: App, bob: Person) -> None:
    app.quick_add.fill("Half a th")
    app.view("Trash")
    app.view("Open")
    expect(app.quick_add).to_have_value("Half a th")
    app.account()
    app.page.go_back()
    expect(app.quick_add).to_have_value("Half a th")
    app.account()
    app.press("Sign out")
    app.sign_in(bob)

    expect(app.quick_add).to_have_value("")


def test_a_title_is_edited_in_place(app: App, ada: Person) -> None:
    app.add("Buy mlik")
    app.rename("Buy mlik", "Buy milk")

    app.expect_titles("Buy milk")
    eventually(lambda: saved_titles(ada), ["Buy milk"])


def test_escape_leaves_a_title_as_it_was(app: App, ada: Person) -> None:
    app.add("Buy milk")
    editor = app.start_renaming("Buy milk")
    editor.fill("Something else")
    editor.press("Escape")

    app.expect_titles("Buy milk")
    assert saved_titles(ada) in ([], ["Buy milk"])


def test_a_todo_is_completed_and_reopened(app: App, ada: Person) -> None:
    app.add("Buy milk")
    app.toggle("Buy milk")

    eventually(lambda: saved_titles(ada, "done"), ["Buy milk"])
    app.view("Done")
    app.expect_titles("Buy milk")
    app.toggle("Buy milk")

    eventually(lambda: saved_titles(ada, "open"), ["Buy milk"])
    app.view("Open")
    app.expect_titles("Buy milk")


def test_all_that_belongs_to_a_todo_is_edited(app: App, ada: Person) -> None:
    app.add("Plan the trip")
    details = app.open("Plan the trip")
    details.fill("Description", "Two weeks in Norway")
    details.fill("Notes", "Ask Bob about the hut")
    details.due("2027-03-14")
    details.priority("High")
    details.label("travel")
    details.save()

    eventually(
        lambda: [
            (t["description"], t["notes"], t["dueDate"], t["priority"], t["labels"])
            for t in saved(ada)
        ],
        [("Two weeks in Norway", "Ask Bob about the hut", "2027-03-14", 3, ["travel"])],
    )
    row = app.row("Plan the trip")
    expect(row).to_contain_text("travel")
    expect(row).to_contain_text(re.compile("14 Mar"))


def test_the_back_button_asks_before_words_are_lost(app: App, ada: Person) -> None:
    app.add("Plan the trip")
    details = app.open("Plan the trip")
    details.fill("Notes", "Half written")
    question = app.dialog("Discard your changes?")
    app.page.go_back()
    expect(question).to_be_visible()
    app.press("Keep editing")
    expect(details.field("Notes")).to_have_value("Half written")
    app.page.go_back()
    app.press("Discard")

    expect(details.panel).to_have_count(0)
    app.expect_titles("Plan the trip")
    assert saved_todo(ada, "Plan the trip")["notes"] == ""


# As two quick presses of a mouse, and nothing in between.
GO_ON = """(title) => {
  const click = { bubbles: true, cancelable: true, detail: 1, pointerType: 'mouse' };
  const links = [...document.querySelectorAll('a')];
  const find = (text) => links.find((link) => link.textContent.startsWith(text));
  find(title).dispatchEvent(new PointerEvent('click', click));
  find('Done').dispatchEvent(new PointerEvent('click', click));
}"""


def test_whoever_has_gone_on_is_not_fetched_back(app: App) -> None:
    """A click on a title waits whether a second one follows; by then another view may show."""
    app.add("Plan the trip")
    app.expect_titles("Plan the trip")
    app.page.evaluate(GO_ON, "Plan the trip")
    app.page.wait_for_timeout(500)

    app.expect_address("/done")
    expect(app.page.get_by_role("dialog")).to_have_count(0)


def test_a_label_and_a_due_date_are_taken_away(app: App, ada: Person) -> None:
    seed(ada, "Plan", labels=["travel"], dueDate="2027-03-14", priority=3)
    app.page.reload()
    details = app.open("Plan")
    details.due("")
    details.priority("None")
    details.unlabel("travel")
    details.save()

    eventually(
        lambda: [(t["dueDate"], t["priority"], t["labels"]) for t in saved(ada)], [(None, 0, [])]
    )


@pytest.mark.parametrize("control", ["checkbox", "button"])
def test_a_double_click_acts_on_one_todo(app: App, ada: Person, control: str) -> None:
    seed(ada, "A", "B", "C")
    app.page.reload()
    app.expect_titles("A", "B", "C")
    app.row("A").hover()
    names = {"checkbox": "Done: A", "button": "Delete “A”"}
    box = app.page.get_by_role(control, name=names[control], exact=True).bounding_box()  # type: ignore[arg-type]
    assert box
    app.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    app.expect_titles("B", "C")
    app.page.mouse.down(click_count=2)
    app.page.mouse.up(click_count=2)

    app.expect_all_sent()
    app.expect_titles("B", "C")
    assert saved_titles(ada, "open") == ["B", "C"]


def test_a_tab_from_a_spreadsheet_becomes_a_space(app: App, ada: Person) -> None:
    app.add("Buy\tmilk")
    app.rename("Buy milk", "Buy\tbread")
    details = app.open("Buy bread")
    details.label("to\tday")
    details.save()

    eventually(lambda: [(t["title"], t["labels"]) for t in saved(ada)], [("Buy bread", ["to day"])])


def test_deleting_can_be_undone(app: App, ada: Person) -> None:
    app.add("Buy milk")
    app.delete("Buy milk")

    app.expect_titles()
    app.undo()

    app.expect_titles("Buy milk")
    eventually(lambda: saved_titles(ada), ["Buy milk"])


def test_completing_can_be_undone(app: App, ada: Person) -> None:
    app.add("Buy milk")
    app.toggle("Buy milk")
    app.undo()

    app.expect_titles("Buy milk")
    eventually(lambda: saved_titles(ada, "open"), ["Buy milk"])


@pytest.mark.parametrize(
    ("action", "status", "titles"),
    [("Complete", "done", ["A", "C"]), ("Delete", "trashed", ["A", "C"])],
)
def test_many_are_selected_and_acted_on_at_once(
    browsers: Browsers, ada: Person, action: str, status: str, titles: list[str]
) -> None:
    seed(ada, "A", "B", "C")
    app = browsers.signed_in(ada)
    app.select("A", "C")
    app.bulk(action)

    app.expect_titles("B")
    eventually(lambda: sorted(saved_titles(ada, status)), titles)
    app.undo()
    eventually(lambda: sorted(saved_titles(ada, "open")), ["A", "B", "C"])


def test_fields_of_many_are_set_at_once_also_by_keyboard(browsers: Browsers, ada: Person) -> None:
    """A date typed part by part is not taken before it is whole."""
    seed(ada, "A", "C", labels=["old"])
    seed(ada, "B")
    app = browsers.signed_in(ada)
    app.select("A", "C")
    fields = app.page.get_by_role("region", name="Selected to-dos")
    fields.get_by_label("Due date").focus()
    app.page.keyboard.type("03032027")  # whichever of the two comes first
    fields.get_by_label("Priority").focus()
    app.keys("ArrowDown", "ArrowDown", "ArrowDown")
    fields.get_by_label("Add label").fill("new")
    app.keys("Enter")

    eventually(
        lambda: {t["title"]: (t["dueDate"], t["priority"], t["labels"]) for t in saved(ada)},
        {
            "A": ("2027-03-03", 2, ["old", "new"]),
            "B": (None, 0, []),
            "C": ("2027-03-03", 2, ["old", "new"]),
        },
    )
    app.undo()
    eventually(
        lambda: {t["title"]: (t["dueDate"], t["priority"], t["labels"]) for t in saved(ada)},
        {"A": (None, 0, ["old"]), "B": (None, 0, []), "C": (None, 0, ["old"])},
    )


def test_a_refused_title_is_told_beforehand(app: App, ada: Person) -> None:
    app.add("   ")
    app.expect_titles()
    app.quick_add.fill("x" * 201)
    app.quick_add.press("Enter")

    app.expect_titles()
    assert saved(ada) == []


def test_a_long_list_is_complete(browsers: Browsers, ada: Person) -> None:
    titles = [f"To-do {number:03}" for number in range(130)]
    seed(ada, *titles)
    app = browsers.signed_in(ada, "/open?sort=created")

    expect(app.page.get_by_text("To-do 000", exact=True)).to_be_visible()
    app.search("129")
    app.expect_titles("To-do 129")


def test_a_long_list_is_printed_to_its_end(browsers: Browsers, ada: Person) -> None:
    seed(ada, *(f"To-do {number:03}" for number in range(130)))
    app = browsers.signed_in(ada)
    expect(app.button("Show more")).to_be_attached()
    app.page.evaluate(
        """() => addEventListener('afterprint', () => {
          printed = document.querySelectorAll('main a[data-part=title]').length; })"""
    )
    app.page.pdf()

    assert app.page.evaluate("() => printed") == 130
