from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from infrastructure.settings import Settings
from infrastructure.stack import TodoListStack

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
CONTEXT = json.loads((ROOT / "fargate" / "cdk.json").read_text())["context"]


@pytest.fixture(scope="session")
def synthesised() -> Callable[..., Template]:
    """The template for a context that differs by `changes` from cdk.json's."""

    def synthesise(**changes: str) -> Template:
        app = cdk.App(context={**CONTEXT, **changes})
        stack = TodoListStack(app, "Tested", Settings.read(app.node))
        return Template.from_stack(stack)

    return synthesise


@pytest.fixture(scope="session")
def template(synthesised: Callable[..., Template]) -> Template:
    """The template as it is without being told anything."""
    return synthesised()


@pytest.fixture(scope="session")
def resources(template: Template) -> dict[str, Any]:
    found: dict[str, Any] = template.to_json()["Resources"]
    return found
