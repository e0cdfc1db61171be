"""What the list does for one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.fargate.databases import conninfo_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from fargate.workstation.postgres import Postgres
    from tests.fargate.browsers import Browser

    Row = tuple[datetime | None, int]


def test_a_task_is_added_completed_and_deleted(ada: Browser) -> None:
    added = ada.add("Pay the rent", "yes")
    task = ada.task("Pay the rent")
    completed = ada.submit(f"/tasks/{task.id}/complete")
    done = ada.task("Pay the rent")
    deleted = ada.submit(f"/tasks/{task.id}/delete")

    assert [page.status_code for page in (added, completed, deleted)] == [200, 200, 200]
    assert "Added: Pay the rent" in added.text
    assert (task.important, task.completed) == (True, False)
    assert (done.important, done.completed) == (True, True)
    assert ada.tasks() == []


def test_what_is_important_stands_first_and_what_is_completed_last(ada: Browser) -> None:
    for title, important in (("old", "no"), ("urgent", "yes"), ("new", "no"), ("done", "yes")):
        ada.add(title, important)
    ada.submit(f"/tasks/{ada.task('done').id}/complete")

    assert [task.title for task in ada.tasks()] == ["urgent", "old", "new", "done"]


def test_a_task_is_unimportant_unless_said_otherwise(ada: Browser) -> None:
    ada.submit("/tasks", title="Buy bread")

    assert not ada.task("Buy bread").important


def test_a_completed_task_can_be_reopened(ada: Browser) -> None:
    ada.add("Buy bread")
    task = ada.task("Buy bread")
    ada.submit(f"/tasks/{task.id}/complete")

    ada.submit(f"/tasks/{task.id}/reopen")

    assert not ada.task("Buy bread").completed


def test_a_task_is_changed(ada: Browser) -> None:
    ada.add("Buy bred")
    page = f"/tasks/{ada.task('Buy bred').id}"

    saved = ada.submit(page, seen_at=page, title="Buy bread", important="yes")

    assert "Saved: Buy bread" in saved.text
    assert [(task.title, task.important) for task in ada.tasks()] == [("Buy bread", True)]


def test_only_completed_tasks_are_deleted(ada: Browser) -> None:
    ada.add("Buy bread")
    task = ada.task("Buy bread")

    refused = ada.submit(f"/tasks/{task.id}/delete")

    assert refused.status_code == 409
    assert "not completed, so it was not deleted" in refused.text
    assert ada.tasks() == [task]


def test_all_completed_tasks_are_deleted_together(ada: Browser) -> None:
    for title in ("one", "two", "three"):
        ada.add(title)
    for title in ("one", "three"):
        ada.submit(f"/tasks/{ada.task(title).id}/complete")

    deleted = ada.submit("/tasks/delete-completed")

    assert "Deleted 2 completed tasks." in deleted.text
    assert [task.title for task in ada.tasks()] == ["two"]


def test_a_form_that_is_sent_twice_adds_one_task(ada: Browser) -> None:
    form = {**ada.hidden("/tasks"), "title": "Buy bread", "important": "no"}

    pages = [ada.post("/tasks", data=form) for _ in range(2)]

    assert [page.status_code for page in pages] == [200, 200]
    assert [task.title for task in ada.tasks()] == ["Buy bread"]


@pytest.fixture
def rows(postgres: Postgres) -> Iterator[Callable[[], list[Row]]]:
    """When each task was completed, and its version: what no page shows."""
    with psycopg.connect(conninfo_of(postgres), autocommit=True) as connection:
        yield lambda: connection.execute("SELECT completed_at, version FROM tasks").fetchall()


@pytest.mark.parametrize(
    ("action", "version"), [("complete", [2]), ("reopen", [3]), ("delete", [])]
)
def test_a_button_that_is_pressed_twice_does_it_once(
    ada: Browser, rows: Callable[[], list[Row]], action: str, version: list[int]
) -> None:
    ada.add("Buy bread")
    task = ada.task("Buy bread")
    if action != "complete":
        ada.submit(f"/tasks/{task.id}/complete")
    hidden = ada.hidden(f"/tasks/{task.id}/{action}")

    pages, after = [], []
    for _ in range(2):
        pages.append(ada.post(f"/tasks/{task.id}/{action}", data=hidden))
        after.append(rows())

    assert [page.status_code for page in pages] == [200, 200]
    assert after[0] == after[1]
    assert [row[1] for row in after[0]] == version
    assert [row[0] is not None for row in after[0]] == [action == "complete"] * len(version)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Buy \t bread\r\n now ", "Buy bread now"),
        ("e\u0301te\u0301", "été"),
        ("牛乳を買う 🥛", "牛乳を買う 🥛"),
        ("x" * 200, "x" * 200),
        ("👩‍👩‍👧‍👦" * 28, "👩‍👩‍👧‍👦" * 28),
        ("<b>bold</b> & 'quoted' \"twice\"", "<b>bold</b> & 'quoted' \"twice\""),
    ],
    ids=["spaces", "accents", "kanji", "long", "families", "markup"],
)
def test_a_title_is_kept_as_it_was_meant(ada: Browser, typed: str, kept: str) -> None:
    ada.add(typed)

    assert [task.title for task in ada.tasks()] == [kept]


def test_a_refused_entry_stays_in_the_form(ada: Browser) -> None:
    page = ada.add("y" * 201, "yes")

    assert page.status_code == 422
    assert "at most 200 characters; this one has 201" in page.text
    assert f'value="{"y" * 201}"' in page.text
    assert 'value="yes" checked' in page.text
    assert ada.tasks() == []
