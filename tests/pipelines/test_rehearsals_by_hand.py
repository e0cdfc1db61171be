"""What a click sets going, once the pushes of test_rehearsals.py have been played."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pipelines.stage import DEPLOYED, MAIN, change_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipelines.runner import Run
    from tests.pipelines.stage import Stage


@pytest.mark.parametrize("service", ["main", "files"])
def test_a_click_goes_back_to_an_earlier_image(
    stage: Stage, first: dict[str, Run], service: str
) -> None:
    tag = first[f"{service}-service"].event.commit[:12]
    before = stage.scratch.parameters()

    run = stage.by_hand(f"{service}-service", stage.github.by_hand(tag=tag))

    skipped = dict.fromkeys(DEPLOYED, "skipped")
    assert run.results == {**skipped, "roll-back": "success"}, run.log
    assert before[f"{service.capitalize()}ImageTag"] != tag
    assert stage.scratch.parameters() == {**before, f"{service.capitalize()}ImageTag": tag}


def test_a_click_brings_an_earlier_commit_s_pages(stage: Stage, first: dict[str, Run]) -> None:
    commit = first["frontend"].event.commit

    run = stage.by_hand("frontend", stage.github.by_hand(commit=commit))

    assert run.results == {"check": "skipped", "build": "success", "deploy": "success"}, run.log


def test_a_click_brings_no_pages_that_main_does_not_have(
    stage: Stage, first: dict[str, Run]
) -> None:
    del first
    earlier = len(stage.endpoint.calls["FrontendRole"])
    change_file(stage, "frontend/index.html", "<!-- of a stranger -->\n")
    proposed = stage.github.pull_request("Change the website", 9).commit

    run = stage.by_hand("frontend", stage.github.by_hand(commit=proposed))

    assert run.results == {"check": "skipped", "build": "failure", "deploy": "skipped"}, run.log
    assert len(stage.endpoint.calls["FrontendRole"]) == earlier


def test_what_somebody_types_is_a_tag_and_no_command(
    stage: Stage, first: dict[str, Run], tmp_path: Path
) -> None:
    del first
    typed = f"$(shell touch {tmp_path}/there)$$(touch {tmp_path}/there)"

    run = stage.by_hand("main-service", stage.github.by_hand(tag=typed))

    assert run.results["roll-back"] == "failure"
    assert f"**rollback failed:** TAG is {typed!r}" in run.summary, run.log
    assert list(tmp_path.iterdir()) == []


def test_a_click_elsewhere_than_on_main_deploys_nothing(
    stage: Stage, first: dict[str, Run]
) -> None:
    tag = first["main-service"].event.commit[:12]

    run = stage.by_hand("main-service", stage.github.by_hand("refs/heads/other", tag=tag))

    assert set(run.results.values()) == {"skipped"}


def test_an_image_that_was_there_is_not_attested(stage: Stage, first: dict[str, Run]) -> None:
    del first
    change_file(stage, MAIN)
    stage.play(stage.github.push("Change the main service"))
    attested = len(stage.github.attested)

    again = stage.by_hand("main-service", stage.github.by_hand())

    assert again.results == DEPLOYED, again.log
    assert len(stage.github.attested) == attested
