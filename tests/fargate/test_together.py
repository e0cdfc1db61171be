"""Two people at one list, at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.fargate.browsers import Browser
from tests.fargate.servers import Server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fargate.workstation.postgres import Postgres


def sending(browser: Browser, path: str, form: dict[str, str]) -> Callable[[], int]:
    return lambda: browser.post(path, data=form).status_code


def at_once(*actions: Callable[[], int]) -> list[int]:
    with ThreadPoolExecutor(len(actions)) as pool:
        return [future.result() for future in [pool.submit(action) for action in actions]]


def test_each_sees_what_the_other_does(ada: Browser, bob: Browser) -> None:
    ada.add("Pay the rent")
    bob.submit(f"/tasks/{bob.task('Pay the rent').id}/complete")

    assert ada.task("Pay the rent").completed


def test_a_change_of_somebody_else_is_shown_and_not_overwritten(ada: Browser, bob: Browser) -> None:
    ada.add("Buy milk")
    page = f"/tasks/{ada.task('Buy milk').id}"
    seen_before = ada.hidden(page, seen_at=page)
    bob.submit(page, seen_at=page, title="Buy milk and bread", important="yes")

    refused = ada.post(page, data={**seen_before, "title": "Buy oat milk", "important": "no"})
    after_refusal = ada.tasks()
    seen_now = dict(ada.hidden(page, seen_at=page))
    ada.post(page, data={**seen_now, "title": "Buy oat milk and bread", "important": "no"})

    assert refused.status_code == 409
    assert "Buy milk and bread" in refused.text
    assert 'value="Buy oat milk"' in refused.text
    assert [task.title for task in after_refusal] == ["Buy milk and bread"]
    assert [task.title for task in ada.tasks()] == ["Buy oat milk and bread"]


def test_of_two_changes_at_once_one_wins_and_one_is_told(ada: Browser, bob: Browser) -> None:
    ada.add("Buy milk")
    page = f"/tasks/{ada.task('Buy milk').id}"
    rounds = []
    for number in range(10):
        forms = [
            (who, {**who.hidden(page, seen_at=page), "title": f"{name} {number}"})
            for name, who in (("Ada", ada), ("Bob", bob))
        ]

        statuses = at_once(
            *(
                lambda who=who, form=form: who.post(page, data=form).status_code
                for who, form in forms
            )
        )

        rounds.append(sorted(statuses))
    assert rounds == [[200, 409]] * 10


@pytest.mark.parametrize("action", ["complete", "reopen"])
def test_a_form_that_was_opened_before_a_button_was_pressed_is_refused(
    ada: Browser, bob: Browser, action: str
) -> None:
    ada.add("Buy milk")
    page = f"/tasks/{ada.task('Buy milk').id}"
    if action == "reopen":
        ada.submit(f"{page}/complete")
    form = {**ada.hidden(page, seen_at=page), "title": "Buy oat milk"}
    bob.submit(f"{page}/{action}")

    refused = ada.post(page, data=form)

    assert refused.status_code == 409
    assert [task.title for task in ada.tasks()] == ["Buy milk"]


def test_what_one_deletes_the_other_can_no_longer_change(ada: Browser, bob: Browser) -> None:
    ada.add("Buy milk")
    task = ada.task("Buy milk")
    page = f"/tasks/{task.id}"
    form = {**ada.hidden(page, seen_at=page), "title": "Buy oat milk"}
    bob.submit(f"{page}/complete")
    bob.submit(f"{page}/delete")

    statuses = [
        ada.post(page, data=form).status_code,
        ada.submit(f"{page}/complete").status_code,
        ada.submit(f"{page}/reopen").status_code,
        ada.get(page).status_code,
        ada.submit(f"{page}/delete").status_code,  # as she wanted
    ]

    assert statuses == [404, 404, 404, 404, 200]


def test_a_task_that_somebody_reopens_is_not_deleted_with_the_completed(
    ada: Browser, bob: Browser
) -> None:
    for title in ("one", "two"):
        ada.add(title)
        ada.submit(f"/tasks/{ada.task(title).id}/complete")
    hidden = ada.hidden("/tasks/delete-completed")
    bob.submit(f"/tasks/{bob.task('two').id}/reopen")

    ada.post("/tasks/delete-completed", data=hidden)

    assert [task.title for task in ada.tasks()] == ["two"]


def test_many_at_once_never_pass_the_limit(postgres: Postgres, folder: Path, ada: Browser) -> None:
    small = Server({**postgres.environment, "MAX_TASKS": "5"}, folder / "small.log").start()
    try:
        browsers = [Browser(base_url=small.url, follow_redirects=True) for _ in range(12)]
        forms = [{**each.hidden("/tasks"), "title": "Task"} for each in browsers]

        statuses = at_once(
            *(
                sending(browser, "/tasks", form)
                for browser, form in zip(browsers, forms, strict=True)
            )
        )

        for browser in browsers:
            browser.close()
    finally:
        small.stop()
    assert sorted(statuses) == [200] * 5 + [409] * 7
    assert len(ada.tasks()) == 5
