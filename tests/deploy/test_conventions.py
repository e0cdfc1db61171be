"""What holds for every module of deploy/."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.deploy.scratch import ROOT

if TYPE_CHECKING:
    from pathlib import Path

MODULES = sorted((ROOT / "deploy").glob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_module_is_short_and_stands_alone(path: Path) -> None:
    text = path.read_text()
    names = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert len(text.splitlines()) <= 300
    assert names.isdisjoint({"local", "services", "tests", "main_service", "files_service"})
