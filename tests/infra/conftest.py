"""The template, the API's contract and the services' folders, read as data.

The template is read as the local stack reads it: `!Ref X` comes out as {"Ref": "X"}, `!GetAtt X.Y`
as {"Fn::GetAtt": ["X", "Y"]}, and what it includes is in its place.
"""

import ast
import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.cloudformation.template import read
from tests.infra.network_model import Network
from tests.infra.network_reading import read_network
from tests.infra.transformed import COMBINATIONS, decided, transformed

ROOT = Path(__file__).parents[2]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def _operations(api: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation of everything that the contract offers."""
    return [
        (method, path, item[method])
        for path, item in api["paths"].items()
        for method in METHODS
        if method in item
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeats a test for each operation, each service, or each way to deploy the network."""
    if {"method", "path", "operation"} <= set(metafunc.fixturenames):
        found = _operations(yaml.safe_load((ROOT / "api.yaml").read_text()))
        ids = [f"{method} {path}" for method, path, _ in found]
        metafunc.parametrize(("method", "path", "operation"), found, ids=ids)
    if "service" in metafunc.fixturenames:
        metafunc.parametrize("service", ["main", "files"])
    if {"mode", "scheme"} <= set(metafunc.fixturenames):
        metafunc.parametrize(("mode", "scheme"), COMBINATIONS, ids=map("-".join, COMBINATIONS))


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def template_text() -> str:
    return (ROOT / "template.yaml").read_text()


@pytest.fixture(scope="session")
def loaded_template() -> dict[str, Any]:
    return read(ROOT / "template.yaml").body


@pytest.fixture
def template(loaded_template: dict[str, Any]) -> dict[str, Any]:
    """A copy for each test, which may take it apart."""
    return copy.deepcopy(loaded_template)


@pytest.fixture(scope="session")
def plain_template(loaded_template: dict[str, Any]) -> dict[str, Any]:
    """The template after SAM's transformation; what is decided from it is a copy."""
    return transformed(loaded_template)


@pytest.fixture
def deployed(plain_template: dict[str, Any], mode: str, scheme: str) -> dict[str, Any]:
    """The resources of one way to deploy the network."""
    found: dict[str, Any] = decided(plain_template, mode, scheme)["Resources"]
    return found


@pytest.fixture
def network(deployed: dict[str, Any]) -> Network:
    return read_network(deployed)


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


@pytest.fixture(scope="session")
def operations(api: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return _operations(api)


@pytest.fixture
def server(service: str) -> dict[str, Any]:
    """The plain settings of a service's gunicorn: numbers, texts, truths."""
    body = ast.parse((ROOT / "services" / service / "gunicorn.conf.py").read_text()).body
    return {
        ast.unparse(node.targets[0]): node.value.value
        for node in body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
