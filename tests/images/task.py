"""The containers of the template's task definition, as the images are run with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from local.cloudformation.template import read
from local.ecs.containers import Linux, linux_parameters
from local.ecs.taskdefinition import Container, read_definition
from tests.pair.issuer import AUDIENCE, ISSUER, REGION

ROOT = Path(__file__).parents[2]
# What stands for the resources that the template refers to.
VALUES = {
    "AWS_REGION": REGION,
    "TODOS_TABLE": "todos",
    "FILES_TABLE": "files",
    "FILES_BUCKET": "files",
    "REMOVALS_QUEUE_URL": "http://127.0.0.1:9/000000000000/removals",
    "JWT_ISSUER": ISSUER,
    "JWT_AUDIENCE": AUDIENCE,
}


def _described(value: Any) -> Any:
    """A part of the template as ECS describes it: its keys begin with a small letter."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: _described(each) for key, each in value.items()}
    return [_described(each) for each in value] if isinstance(value, list) else value


def _definition() -> dict[str, Any]:
    resources = read(ROOT / "template.yaml").body["Resources"].values()
    (found,) = (each for each in resources if each["Type"] == "AWS::ECS::TaskDefinition")
    properties: dict[str, Any] = found["Properties"]
    for container in properties["ContainerDefinitions"]:
        container["Image"] = container["Image"]["Fn::Sub"]
        for pair in container["Environment"]:
            pair["Value"] = VALUES[pair["Name"]]
    return properties


DEFINITION = _definition()
TASK = read_definition({"taskDefinitionArn": "task:1", **_described(DEFINITION)})
CONTAINERS: dict[str, Container] = {each.name: each for each in TASK.containers}
LINUX: Linux = linux_parameters(DEFINITION)
PORTS = {
    each["Name"]: each["PortMappings"][0]["ContainerPort"]
    for each in DEFINITION["ContainerDefinitions"]
    if "PortMappings" in each
}
