"""The runner refuses what GitHub would refuse, and what it cannot rehearse."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.conftest import ROOT
from tests.pipelines import checks
from tests.pipelines.actions import EQUIVALENTS
from tests.pipelines.errors import NotUnderstood
from tests.pipelines.github import MAIN, Event, GitHub, matches
from tests.pipelines.runner import Run, load
from tests.pipelines.stage import WORKFLOWS
from tests.pipelines.steps import parse

if TYPE_CHECKING:
    from pathlib import Path

CREDENTIALS = "aws-actions/configure-aws-credentials@" + "0" * 40
CHECKOUT = "actions/checkout@" + "0" * 40
OF_MAIN = "git merge-base --is-ancestor "


def run(folder: Path, *steps: dict[str, Any], permissions: dict[str, str] | None = None) -> Run:
    """One job of these steps, run in a folder."""
    job = {"runs-on": "x", "permissions": permissions or {}, "steps": list(steps)}
    body = {"name": "try", "on": {"push": None}, "permissions": {}, "jobs": {"job": job}}
    event = Event("push", MAIN, "0" * 40, {})
    base = {"PATH": "/usr/bin:/bin"}
    github = GitHub(folder, folder, {})
    return Run(github, "try", body, event, folder / "run", base, "http://127.0.0.1:9").execute()


def test_a_step_that_fails_ends_its_job_and_what_always_runs_still_does(tmp_path: Path) -> None:
    tried = run(
        tmp_path,
        {"run": "echo first"},
        {"run": "false\necho second"},
        {"run": "echo third"},
        {"if": "failure()", "run": "echo fourth"},
    )

    assert tried.results == {"job": "failure"}
    assert "] first" in tried.log
    assert "] fourth" in tried.log
    assert "] second" not in tried.log
    assert "] third" not in tried.log


def test_outputs_go_from_step_to_step(tmp_path: Path) -> None:
    tried = run(
        tmp_path,
        {"id": "one", "run": 'echo "tag=abc" >>"$GITHUB_OUTPUT"'},
        {"env": {"TAG": "${{ steps.one.outputs.tag }}"}, "run": 'test "$TAG" = abc'},
    )

    assert tried.results == {"job": "success"}, tried.log


@pytest.mark.parametrize(
    ("step", "lacking"),
    [
        ({"uses": CREDENTIALS, "with": {"role-to-assume": "x", "aws-region": "y"}}, "id-token"),
        ({"uses": CHECKOUT, "with": {"persist-credentials": "false"}}, "contents"),
    ],
)
def test_a_step_without_its_permission_fails(
    tmp_path: Path, step: dict[str, Any], lacking: str
) -> None:
    tried = run(tmp_path, step)

    assert tried.results == {"job": "failure"}
    assert f"the job lacks the permission {lacking}: " in tried.log


@pytest.mark.parametrize(
    "step",
    [
        {"uses": "actions/checkout@v7"},
        {"uses": "somebody/else@" + "0" * 40},
        {"uses": CHECKOUT, "with": {"submodules": "true"}},
        {"run": "echo ${{ github.ref }}"},
        {"run": "true", "continue-on-error": True},
        {"run": "echo nonsense >$GITHUB_OUTPUT"},
    ],
)
def test_what_cannot_be_rehearsed_ends_the_test(tmp_path: Path, step: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstood):
        run(tmp_path, step)


@pytest.mark.parametrize(
    ("path", "patterns", "is_taken"),
    [
        ("services/main/a/b.py", ["services/main/**"], True),
        ("services/files/b.py", ["services/main/**"], False),
        ("template.yaml", ["*.yaml"], True),
        ("docs/template.yaml", ["*.yaml"], False),
        ("deploy/core.py", ["deploy/**", "!deploy/core.py"], False),
    ],
)
def test_a_path_filter_takes_what_github_s_takes(
    *, path: str, patterns: list[str], is_taken: bool
) -> None:
    assert matches(path, patterns) is is_taken


def test_lines_of_an_output_end_at_their_mark() -> None:
    assert parse("a=1\nb<<end\none\n\ntwo\nend\nc=") == {"a": "1", "b": "one\n\ntwo", "c": ""}


def test_steps_that_check_are_narrowed_and_no_others() -> None:
    scripts = [
        step["run"]
        for path in WORKFLOWS
        for job in load(path)["jobs"].values()
        for step in job["steps"]
        if "run" in step
    ]
    narrowed = {script for script in scripts if checks.narrowed(script) != [(script, {})]}

    assert narrowed == {
        "make test",
        "make test-frontend test-browser test-lighthouse",
        "make test-lint test-types test-unit-files test-contract",
        "make test-lint test-types test-unit-main test-contract",
    }


def test_there_are_four_workflows_and_they_only_call_make() -> None:
    assert [path.stem for path in WORKFLOWS] == [
        "core",
        "files-service",
        "frontend",
        "main-service",
    ]
    for path in WORKFLOWS:
        assert load(path)["permissions"] == {}
        for name, job in load(path)["jobs"].items():
            runs = [step["run"] for step in job["steps"] if "run" in step]
            assert all(each.startswith(("make ", OF_MAIN)) for each in runs) or name == "comment"


@pytest.mark.parametrize("event", ["pull_request", "push"])
def test_whatever_changes_is_checked_by_some_pipeline(event: str) -> None:
    patterns = [each for path in WORKFLOWS for each in load(path)["on"][event]["paths"]]
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert [file for file in listed.stdout.splitlines() if not matches(file, patterns)] == []


def test_the_services_pipelines_differ_in_the_service_alone() -> None:
    main, files = (
        (ROOT / ".github" / "workflows" / f"{name}-service.yml").read_text()
        for name in ("main", "files")
    )

    changed = main.replace("main-service", "files-service").replace("MAIN_", "FILES_")
    for where in ("services/{}/", "tests/{}/", "-{} ", "={}", "dist/{}.", "the {} service"):
        changed = changed.replace(where.format("main"), where.format("files"))
    assert changed == files


def test_deployments_wait_for_each_other_and_none_is_left_out() -> None:
    for path in WORKFLOWS:
        for name, job in load(path)["jobs"].items():
            if name in {"deploy", "roll-back"}:
                group = job["concurrency"]["group"]
                assert group == ("website-stack" if path.stem == "frontend" else "core-stack")
                assert job["concurrency"]["cancel-in-progress"] is False
                assert job["concurrency"]["queue"] == "max"  # the default drops an older one


def test_credentials_are_only_where_nothing_foreign_runs() -> None:
    foreign = ("make image", "make sbom", "make website", "anchore/", "make test")
    for path in WORKFLOWS:
        for name, job in load(path)["jobs"].items():
            texts = [step.get("run", step.get("uses", "")) for step in job["steps"]]
            has_token = "id-token" in job.get("permissions", {})
            assert not (has_token and any(text.startswith(foreign) for text in texts)), name


def test_every_equivalent_is_documented() -> None:
    page = (ROOT / "docs" / "delivery.md").read_text()
    table = page.partition("## What is rehearsed")[2].partition("\n## ")[0]

    assert set(re.findall(r"`([a-z-]+/[a-z-]+)`", table)) == set(EQUIVALENTS)
