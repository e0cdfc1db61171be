"""Whatever is locked or pinned is looked after."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.infra.conftest import ROOT

UPDATES: list[dict[str, Any]] = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())[
    "updates"
]


def looked_after(ecosystem: str) -> set[str]:
    return {
        folder
        for update in UPDATES
        if update["package-ecosystem"] == ecosystem
        for folder in update.get("directories", [update.get("directory")])
    }


@pytest.mark.parametrize(
    ("ecosystem", "files"),
    [
        ("uv", ["requirements/*.in", "services/*/requirements.in", "fargate/web/requirements.in"]),
        ("npm", ["*/package-lock.json", ".github/*/package-lock.json"]),
        ("docker", ["services/*/Dockerfile", "fargate/web/Dockerfile"]),
    ],
)
def test_every_folder_with_a_lock_is_looked_after(ecosystem: str, files: list[str]) -> None:
    folders = {
        f"/{path.parent.relative_to(ROOT).as_posix()}"
        for pattern in files
        for path in ROOT.glob(pattern)
        if not {"node_modules", ".venv"} & set(path.parts)
    }

    assert folders
    assert looked_after(ecosystem) == folders


def test_actions_are_looked_after() -> None:
    assert looked_after("github-actions") == {"/"}


@pytest.mark.parametrize("update", UPDATES, ids=lambda each: each["package-ecosystem"])
def test_releases_come_once_a_week_together_and_not_brand_new(update: dict[str, Any]) -> None:
    (group,) = update["groups"].values()

    assert update["schedule"] == {"interval": "weekly"}
    assert group == {"patterns": ["*"]}
    assert update["cooldown"]["default-days"] >= 7
