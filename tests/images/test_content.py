"""What is in the images, and what is not."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.images.conftest import ORIGIN
from tests.images.podman import inspected, podman
from tests.images.task import ROOT

if TYPE_CHECKING:
    from pathlib import Path

# Megabytes over the base: what a new instance pulls before it can answer.
BUDGET = {"main": 46, "files": 67}
UNWANTED = re.compile(
    r"/(pip|pip[23][\d.]*|uv|gcc|cc|g\+\+|clang|make|ld|cargo|rustc|git|curl|wget)$"
    r"|/ensurepip/|/pip/|/\.cache/|^/app/.*test|/\.git/|^/tmp/"
    r"|^/root/\.(?!bashrc|profile|wget-hsts)"  # what the official base has, too
)


def paths(image: str) -> list[str]:
    """Every file of an image."""
    find = ("find", "/", "-xdev", "-type", "f", "-o", "-type", "l")
    return podman("run", "--rm", "--network=none", "--user=0", image, *find).splitlines()


def test_no_compiler_installer_cache_or_test_is_in_an_image(image: str) -> None:
    found = paths(image)

    assert "/venv/bin/gunicorn" in found
    assert [path for path in found if UNWANTED.search(path)] == []
    assert [path for path in found if "/site-packages/pip" in path] == []


def test_the_application_is_the_folders_committed_files_and_their_compiled_form(
    image: str, service: str
) -> None:
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", f"{service}_service"]
    folder = ROOT / "services" / service
    done = subprocess.run(listed, cwd=folder, capture_output=True, text=True, check=True)
    sources = {*done.stdout.split(), "gunicorn.conf.py"}

    inside = {path.removeprefix("/app/") for path in paths(image) if path.startswith("/app/")}

    compiled = {
        re.sub(r"([^/]+)\.py$", r"__pycache__/\1.cpython-313.pyc", each) for each in sources
    }
    assert inside == sources | compiled


def test_an_image_says_where_it_comes_from(image: str, service: str) -> None:
    labels = inspected(image)["Labels"]

    named = {name.removeprefix("org.opencontainers.image."): text for name, text in labels.items()}
    named.pop("io.buildah.version", None)
    assert named.pop("description")
    assert named == {
        "title": f"todo-on-ecs {service}",
        "licenses": "MIT",
        **ORIGIN,
    }
    assert re.fullmatch("[0-9a-f]{40}", ORIGIN["revision"])


def test_an_image_adds_little_to_its_base(image: str, service: str, base: str) -> None:
    own = inspected(image)["Size"] - inspected(base)["Size"]

    assert 0 < own <= BUDGET[service] * 1_000_000


@pytest.fixture
def rebuilt(service: str, tmp_path: Path) -> str:
    """The id of an image of the same folder that shares nothing with the other build."""
    noted = tmp_path / "id"
    podman(
        *("build", "--quiet", "--no-cache", "--format=docker", "--timestamp=0"),
        *(f"--iidfile={noted}", str(ROOT / "services" / service)),
    )
    return noted.read_text()


def test_an_image_that_is_built_again_is_the_same(image: str, rebuilt: str) -> None:
    again = inspected(rebuilt)["RootFS"]["Layers"]
    podman("rmi", "--force", rebuilt)

    assert again == inspected(image)["RootFS"]["Layers"]
