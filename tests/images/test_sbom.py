"""`make sbom`: what an image is made of."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tests.images.podman import podman
from tests.images.task import ROOT

if TYPE_CHECKING:
    from pathlib import Path

# What a package brings along inside itself counts too.
PYTHON = """
import glob, sys
from importlib.metadata import distributions
path = [*sys.path, *glob.glob("/venv/lib/*/site-packages/*/_vendor")]
for each in distributions(path=path): print(each.name, each.version)
"""
DEBIAN = "dpkg-query --show --showformat '${Package} ${Version}\\n'"


def make(*variables: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--silent", "sbom", *variables]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def of_kind(listed: dict[str, object], kind: str) -> set[str]:
    """Name and version of the packages of a kind: pypi, deb."""
    found = re.findall(rf'"pkg:{kind}/(?:debian/)?([^@"]+)@([^?"]+)', json.dumps(listed))
    return {_normal(f"{unquote(name)} {unquote(version)}") for name, version in found}


def _normal(package: str) -> str:
    """Name and version, the name as PyPI compares names."""
    name, _, version = package.partition(" ")
    return f"{re.sub('[-_.]+', '-', name).lower()} {version}"


def test_the_list_names_exactly_what_is_installed(image: str, service: str, tmp_path: Path) -> None:
    file = tmp_path / "image.spdx.json"

    done = make(f"IMAGE=todo-on-ecs-test/{service}:latest", f"FILE={file}")

    assert done.returncode == 0, done.stderr
    listed = json.loads(file.read_text())
    assert listed["spdxVersion"].startswith("SPDX-2")
    python = podman("run", "--rm", image, "python", "-c", PYTHON).splitlines()
    assert of_kind(listed, "pypi") == set(map(_normal, python))
    debian = podman("run", "--rm", image, "sh", "-c", DEBIAN).splitlines()
    assert of_kind(listed, "deb") == set(map(_normal, debian))


def test_what_cannot_be_listed_is_said_in_a_line(tmp_path: Path) -> None:
    nothing = make("IMAGE=", "FILE=x")
    unknown = make("IMAGE=todo-on-ecs-test/none:1", f"FILE={tmp_path}/x")

    assert nothing.stderr.splitlines()[0] == "usage: make sbom IMAGE=name:tag FILE=name.spdx.json"
    assert "`podman save` failed" in unknown.stderr
    assert unknown.returncode != 0
