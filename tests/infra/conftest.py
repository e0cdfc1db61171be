"""The template, the API's contract and the services' folders, read as data.

CloudFormation's short forms come out as their long ones: `!Ref X` is {"Ref": "X"}, `!GetAtt X.Arn`
is {"Fn::GetAtt": ["X", "Arn"]}.
"""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class TemplateLoader(yaml.SafeLoader):
    """YAML with CloudFormation's short-form intrinsics."""


def _intrinsic(loader: TemplateLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.SequenceNode):
        value: Any = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    else:
        value = node.value
    if tag == "GetAtt":
        value = value.split(".", 1)
    return {tag if tag in {"Ref", "Condition"} else f"Fn::{tag}": value}


TemplateLoader.add_multi_constructor("!", _intrinsic)


def operations(api: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation of everything that the contract offers."""
    return [
        (method, path, item[method])
        for path, item in api["paths"].items()
        for method in METHODS
        if method in item
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeats a test for each operation of the contract, or for each service."""
    if {"method", "path", "operation"} <= set(metafunc.fixturenames):
        found = operations(yaml.safe_load((ROOT / "api.yaml").read_text()))
        ids = [f"{method} {path}" for method, path, _ in found]
        metafunc.parametrize(("method", "path", "operation"), found, ids=ids)
    if "service" in metafunc.fixturenames:
        metafunc.parametrize("service", ["main", "files"])


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def template_text() -> str:
    return (ROOT / "template.yaml").read_text()


@pytest.fixture(scope="session")
def loaded_template(template_text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = TemplateLoader(template_text).get_single_data()
    return loaded


@pytest.fixture
def template(loaded_template: dict[str, Any]) -> dict[str, Any]:
    """A copy for each test, which may take it apart."""
    return copy.deepcopy(loaded_template)


@pytest.fixture
def resources(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"]
    return found


@pytest.fixture
def properties(resources: dict[str, Any]) -> dict[str, Any]:
    """The properties of each resource, by its logical id."""
    return {name: resource.get("Properties", {}) for name, resource in resources.items()}


@pytest.fixture
def containers(properties: dict[str, Any]) -> dict[str, Any]:
    """The task's container definitions, by their names."""
    return {each["Name"]: each for each in properties["TaskDefinition"]["ContainerDefinitions"]}


@pytest.fixture(scope="session")
def api() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "api.yaml").read_text())
    return loaded
