"""`make fargate-deploy` and `make fargate-destroy`: what they ask of the CDK, which stands in."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.fargate.servers import ROOT

if TYPE_CHECKING:
    from pathlib import Path

NOTES = '#!/bin/sh\necho "$(basename "$0") ${CDK_DOCKER:-} $*" >>"%s"\nexit %d\n'


@dataclass
class Place:
    """A folder with the script, and programs beside it that only note how they are called."""

    folder: Path

    def put(self, name: str, status: int = 0) -> None:
        program = self.folder / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(NOTES % (self.folder / "told", status))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def run(self, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.folder}/bin:/usr/bin:/bin"
        return subprocess.run(
            [self.folder / "scripts" / "fargate", command],
            env={"PATH": path, **variables}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def told(self) -> list[str]:
        file = self.folder / "told"
        return file.read_text().splitlines() if file.exists() else []


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    place.put("scripts/cdk")
    place.put(".venv/deploy/bin/python")
    place.put("bin/docker", 1)
    place.put("bin/podman")
    shutil.copy(ROOT / "scripts" / "fargate", tmp_path / "scripts")
    (tmp_path / "fargate").mkdir()
    shutil.copy(ROOT / "fargate" / "cdk.json", tmp_path / "fargate")
    return place


def test_the_account_is_prepared_and_the_stack_deployed_by_the_engine_that_works(
    place: Place,
) -> None:
    done = place.run("deploy", CONTEXT="allowedCidr=203.0.113.7/32 stackName=mine")

    context = "--context allowedCidr=203.0.113.7/32 --context stackName=mine"
    assert done.returncode == 0, done.stderr
    assert place.told() == [
        "docker  info",
        "podman  info",
        f"cdk podman bootstrap {context}",
        f"cdk podman deploy {context}",
    ]


def test_without_an_engine_nothing_is_deployed(place: Place) -> None:
    place.put("bin/podman", 1)

    done = place.run("deploy")

    assert done.returncode == 1
    assert "neither docker nor podman works here" in done.stderr
    assert place.told() == ["docker  info", "podman  info"]


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, ["cdk  destroy", "python  -m fargate.teardown todo-list-fargate"]),
        (
            {"CONFIRM": "yes", "DATA": "fs-1 fs-2"},
            ["cdk  destroy --force", "python  -m fargate.teardown todo-list-fargate fs-1 fs-2"],
        ),
        (
            {"CONFIRM": "no", "CONTEXT": "stackName=mine"},
            ["cdk  destroy --context stackName=mine", "python  -m fargate.teardown mine"],
        ),
    ],
)
def test_data_go_only_when_that_is_said(
    place: Place, variables: dict[str, str], told: list[str]
) -> None:
    done = place.run("destroy", **variables)

    assert done.returncode == 0, done.stderr
    assert place.told() == told


def test_a_word_that_is_not_understood_deletes_nothing(place: Place) -> None:
    done = place.run("destroy", DATA="delete")

    assert done.returncode == 2
    assert "DATA names what is to be deleted, such as fs-0123456789abcdef0" in done.stderr
    assert place.told() == []


@pytest.mark.parametrize("command", ["synth", "deploy", "destroy"])
def test_a_setting_without_a_value_is_refused(place: Place, command: str) -> None:
    done = place.run(command, CONTEXT="allowedCidr=203.0.113.7/32 slip")

    assert done.returncode == 2
    assert "CONTEXT is NAME=VALUE …, and slip is not" in done.stderr


@pytest.mark.parametrize("typed", ["CONTXT=allowedCidr=203.0.113.7/32", "CONTEXT=", "STACK=mine"])
def test_a_slip_behind_make_deploys_nothing(place: Place, typed: str) -> None:
    done = place.run("deploy", MAKEFLAGS=f"s -- CONFIRM=yes {typed}")

    assert done.returncode == 2
    assert f"not {typed}" in done.stderr
    assert place.told() == []
    assert place.told() == []


def test_the_template_is_shown_without_asking_aws(place: Place) -> None:
    done = place.run("synth", CONTEXT="stackName=mine")

    assert done.returncode == 0, done.stderr
    assert place.told() == ["cdk  synth --context stackName=mine"]


def test_every_target_goes_through_the_script() -> None:
    recipes = subprocess.run(
        ["make", "--dry-run", "fargate-synth", "CONTEXT=a=b", "fargate-deploy", "fargate-destroy"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    for command in ("synth", "deploy", "destroy"):
        assert re.search(rf'CONTEXT="a=b".* scripts/fargate {command}\n', recipes), recipes


def test_what_the_cdk_refuses_ends_the_command(place: Place) -> None:
    place.put("scripts/cdk", 3)

    done = place.run("destroy", DATA="fs-1")

    assert done.returncode == 3
    assert place.told() == ["cdk  destroy"]
