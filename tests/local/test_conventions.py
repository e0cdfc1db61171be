"""What holds for every module of local/."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from local.settings import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

MODULES = sorted((REPOSITORY / "local").rglob("*.py"))
# Its program, a setting, the one interface that is not AWS's (the outbox that it documents), and
# what the endpoint lets nobody at.
NAMED = {"ministack", "MINISTACK_REGION", "/_ministack/ses/messages", "_ministack"}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def strings(path: Path) -> list[str]:
    nodes = ast.walk(ast.parse(path.read_text()))
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_emulator_is_no_library(path: Path) -> None:
    assert not [name for name in imported(path) if name.split(".")[0] == "ministack"]
    named = [text for text in strings(path) if "ministack" in text.lower()]
    assert [text for text in named if text not in NAMED] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_neither_services_nor_tests_are_imported(path: Path) -> None:
    roots = {name.split(".")[0] for name in imported(path)}

    assert roots.isdisjoint({"main_service", "files_service", "services", "tests"})


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_of_deploy_only_the_container_engine_is_shared(path: Path) -> None:
    shared = {name for name in imported(path) if name.split(".")[0] == "deploy"}

    allowed = {"images": {"deploy"}, "commands": {"deploy.terminal"}}
    assert shared <= allowed.get(path.stem, set())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_module_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300
