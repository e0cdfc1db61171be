"""What all rehearsals together have shown; they come before this file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.pipelines.runner import load
from tests.pipelines.stage import WORKFLOWS

if TYPE_CHECKING:
    from tests.pipelines.runner import Run
    from tests.pipelines.stage import Stage


def test_every_step_of_every_workflow_has_been_rehearsed(
    stage: Stage, first: dict[str, Run]
) -> None:
    del first
    steps = {
        (path.stem, name, number)
        for path in WORKFLOWS
        for name, job in load(path)["jobs"].items()
        for number in range(len(job["steps"]))
    }

    assert stage.github.performed == steps


def test_a_token_can_do_what_its_job_needs_and_no_more(stage: Stage, first: dict[str, Run]) -> None:
    del first
    granted = {
        (run.name, name): set(job.permissions)
        for run in stage.runs
        for name, job in run.jobs.items()
        if job.result != "skipped"
    }

    assert {place: set(stage.github.used[place]) for place in granted} == granted
