"""The first push of all: an empty account, and four pipelines at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.pipelines.stage import Stage


def test_four_pipelines_make_an_installation_of_an_empty_account(stage: Stage) -> None:
    runs = stage.play(stage.github.begin())

    assert set(runs) == {"core", "files-service", "frontend", "main-service"}
    assert {name: run.result for name, run in runs.items()} == dict.fromkeys(runs, "success"), (
        "\n".join(f"{name}\n{run.log[-3000:]}" for name, run in runs.items())
    )
