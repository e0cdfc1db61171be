"""What the list does for one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fargate.browsers import Browser


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
