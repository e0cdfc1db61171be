"""A bare `sam deploy`, as samconfig.toml sets it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.deploy.scratch import PARAMETERS

if TYPE_CHECKING:
    import subprocess

    from tests.deploy.scratch import Scratch

GIVEN = ["WebsiteOrigin=https://todo.example", "MainImageTag=one", "FilesImageTag=two", PARAMETERS]


def sam_deploy(scratch: Scratch, *overrides: str) -> subprocess.CompletedProcess[str]:
    """Typed by hand, with `y` to the question."""
    options = ["--parameter-overrides", *overrides] if overrides else []
    return scratch.run(
        [".venv/sam/bin/sam", "deploy", *options],
        typed="y\n",
        environment={"AWS_DEFAULT_REGION": "eu-central-1", "SAM_CLI_TELEMETRY": "0"},
    )


def test_a_bare_sam_deploy_asks_and_keeps_what_is_not_given(scratch: Scratch) -> None:
    first = sam_deploy(scratch, *GIVEN)
    second = sam_deploy(scratch)
    third = sam_deploy(scratch, "InstanceType=t3.large")

    assert first.returncode == 0, first.stdout + first.stderr
    assert "Deploy this changeset?" in first.stdout
    assert second.returncode == 0, second.stdout + second.stderr
    assert "No changes to deploy. Stack todo-on-ecs is up to date" in second.stdout
    assert third.returncode == 0, third.stdout + third.stderr
    parameters = scratch.parameters()
    assert (parameters["MainImageTag"], parameters["FilesImageTag"]) == ("one", "two")
    assert parameters["InstanceType"] == "t3.large"
