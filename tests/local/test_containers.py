"""What an engine is told of a container."""

from __future__ import annotations

import pytest

from local.cloudformation.template import TemplateRefused
from local.ecs.containers import linux_parameters, options
from local.ecs.taskdefinition import read_definition

(CONTAINER,) = read_definition(
    {
        "taskDefinitionArn": "task:1",
        "containerDefinitions": [
            {
                "name": "main",
                "image": "registry/todo-on-ecs/main:1",
                "cpu": 256,
                "memory": 512,
                "memoryReservation": 128,
                "user": "10001:10001",
                "readonlyRootFilesystem": True,
                "stopTimeout": 45,
            }
        ],
    }
).containers
LINUX = linux_parameters(
    {
        "ContainerDefinitions": [
            {
                "Name": "main",
                "LinuxParameters": {
                    "Capabilities": {"Drop": ["ALL"], "Add": ["NET_BIND_SERVICE"]},
                    "Tmpfs": [{"ContainerPath": "/tmp", "Size": 16, "MountOptions": ["noexec"]}],  # noqa: S108
                },
            },
            {"Name": "bare"},
        ]
    }
)


@pytest.mark.parametrize(
    ("engine", "read_only"),
    [("docker", ["--read-only"]), ("podman", ["--read-only", "--read-only-tmpfs=false"])],
)
def test_an_engine_is_told_all_that_the_task_definition_says(
    engine: str, read_only: list[str]
) -> None:
    assert options(engine, CONTAINER, LINUX["main"]) == [
        "--stop-timeout=45",
        "--cpu-shares=256",
        "--memory=512m",
        "--memory-reservation=128m",
        "--user=10001:10001",
        *read_only,
        "--cap-drop=ALL",
        "--cap-add=NET_BIND_SERVICE",
        "--tmpfs=/tmp:size=16m,noexec",
    ]


def test_what_the_task_definition_does_not_say_is_the_engines_default() -> None:
    (bare,) = read_definition(
        {"taskDefinitionArn": "task:1", "containerDefinitions": [{"name": "bare", "image": "x"}]}
    ).containers

    assert options("docker", bare, LINUX["bare"]) == ["--stop-timeout=30"]


def test_what_no_engine_is_told_is_refused_by_name() -> None:
    with pytest.raises(TemplateRefused, match=r"main: .* no LinuxParameters SharedMemorySize"):
        options("docker", CONTAINER, {"SharedMemorySize": 64, "Tmpfs": []})
