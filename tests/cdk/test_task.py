"""The task: what each container gets, and what not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Match
from infrastructure.settings import Settings
from infrastructure.stack import TodoListStack
from infrastructure.task import ASKED

from fargate.workstation import database as workstation
from tests.cdk.conftest import CONTEXT, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aws_cdk.assertions import Template


@pytest.fixture(scope="session")
def task(resources: dict[str, Any]) -> dict[str, Any]:
    (found,) = (
        resource["Properties"]
        for resource in resources.values()
        if resource["Type"] == "AWS::ECS::TaskDefinition"
    )
    return dict(found)


@pytest.fixture(scope="session")
def containers(task: dict[str, Any]) -> dict[str, Any]:
    return {container["Name"]: container for container in task["ContainerDefinitions"]}


def test_the_task_has_a_quarter_of_a_processor(template: Template) -> None:
    template.has_resource_properties(
        "AWS::ECS::TaskDefinition",
        {
            "Cpu": "256",
            "Memory": "1024",
            "NetworkMode": "awsvpc",
            "RequiresCompatibilities": ["FARGATE"],
            "RuntimePlatform": {
                "CpuArchitecture": "X86_64",
                "OperatingSystemFamily": "LINUX",
            },
        },
    )


def test_the_containers_share_its_memory(containers: dict[str, Any]) -> None:
    memory = {name: container["Memory"] for name, container in containers.items()}

    assert memory == {"application": 384, "database": 640}
    assert sum(memory.values()) == 1024


def test_the_application_waits_for_a_healthy_database(containers: dict[str, Any]) -> None:
    assert containers["application"]["DependsOn"] == [
        {"Condition": "HEALTHY", "ContainerName": "database"}
    ]
    assert "DependsOn" not in containers["database"]


def test_a_task_ends_when_one_of_its_containers_does(containers: dict[str, Any]) -> None:
    assert [container["Essential"] for container in containers.values()] == [True, True]


def test_only_the_application_has_a_port(containers: dict[str, Any]) -> None:
    assert containers["application"]["PortMappings"] == [{"ContainerPort": 5000, "Protocol": "tcp"}]
    assert "PortMappings" not in containers["database"]
    assert "listen_addresses=127.0.0.1" in containers["database"]["Command"]


def test_a_workstation_asks_the_database_the_same() -> None:
    assert workstation.ASKED == ASKED


def test_both_are_asked_for_their_health(containers: dict[str, Any]) -> None:
    database = containers["database"]["HealthCheck"]
    application = containers["application"]["HealthCheck"]

    assert database["Command"] == [
        "CMD", "psql", "-qXw", "-h", "127.0.0.1", "-U", "todo", "-d", "todo", "-c", "SELECT 1",
    ]  # fmt: skip
    assert application["Command"] == ["CMD", "python", "-m", "todo_list.health"]


def test_the_lock_and_a_first_start_fit_into_what_fargate_waits(
    containers: dict[str, Any],
) -> None:
    lock = int(containers["database"]["EntryPoint"][4])
    first_start = 90  # files on EFS, and a health check after them

    # Three minutes without a startTimeout; with one, no more than two.
    assert "StartTimeout" not in containers["database"]
    assert lock + first_start <= 180
    assert containers["database"]["HealthCheck"]["StartPeriod"] == 180
    # One that has waited in vain is started again in its place.
    assert containers["database"]["RestartPolicy"]["RestartAttemptPeriod"] < lock


def test_nobody_is_root_or_may_become_it(containers: dict[str, Any]) -> None:
    for container in containers.values():
        user, _, group = container["User"].partition(":")
        assert int(user) > 0
        assert int(group) > 0
        assert container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
        assert not container.get("Privileged")
    assert containers["application"]["ReadonlyRootFilesystem"] is True


def test_passwords_come_from_secrets_manager_alone(containers: dict[str, Any]) -> None:
    secrets = {
        name: {secret["Name"]: secret["ValueFrom"]["Ref"] for secret in container["Secrets"]}
        for name, container in containers.items()
    }
    password = secrets["database"]["PGPASSWORD"]

    assert secrets["database"] == {"PGPASSWORD": password}
    assert secrets["application"]["DATABASE_PASSWORD"] == password
    assert sorted(secrets["application"]) == ["DATABASE_PASSWORD", "SECRET_KEY"]
    assert secrets["application"]["SECRET_KEY"] != password
    for container in containers.values():
        for variable in container["Environment"]:
            assert "PASSWORD" not in variable["Name"]
            assert "SECRET" not in variable["Name"]


def test_the_database_works_in_a_folder_within_the_mounted_one(
    containers: dict[str, Any], task: dict[str, Any]
) -> None:
    environment = {each["Name"]: each["Value"] for each in containers["database"]["Environment"]}
    mounts = [point for each in containers.values() for point in each.get("MountPoints", [])]

    assert mounts == [
        {"ContainerPath": "/var/lib/postgresql/data", "ReadOnly": False, "SourceVolume": "files"}
    ]
    assert environment["PGDATA"] == "/var/lib/postgresql/data/pgdata"
    assert [volume["Name"] for volume in task["Volumes"]] == ["files"]


def test_a_second_database_would_wait_for_the_lock(containers: dict[str, Any]) -> None:
    assert containers["database"]["EntryPoint"] == [
        "flock", "--no-fork", "--exclusive", "--timeout", "75", "/var/lib/postgresql/data/lock",
        "sh", "-c", (ROOT / "fargate" / "database.sh").read_text(), "database",
    ]  # fmt: skip
    assert containers["database"]["LinuxParameters"]["InitProcessEnabled"] is True


def test_both_have_the_time_to_stop(containers: dict[str, Any]) -> None:
    stop = {name: container["StopTimeout"] for name, container in containers.items()}

    assert stop == {"application": 40, "database": 120}


def test_a_container_that_ends_is_started_again_in_its_place(containers: dict[str, Any]) -> None:
    for container in containers.values():
        assert container["RestartPolicy"] == {"Enabled": True, "RestartAttemptPeriod": 60}


def test_each_has_a_log_that_is_kept_for_a_month(
    template: Template, containers: dict[str, Any]
) -> None:
    groups = template.find_resources("AWS::Logs::LogGroup")
    logs = [each["LogConfiguration"] for each in containers.values()]

    assert {group["Properties"]["RetentionInDays"] for group in groups.values()} == {30}
    assert {log["LogDriver"] for log in logs} == {"awslogs"}
    assert {log["Options"]["awslogs-group"]["Ref"] for log in logs} == set(groups)
    assert {log["Options"]["mode"] for log in logs} == {"non-blocking"}


def test_images_are_exact(containers: dict[str, Any]) -> None:
    assert containers["database"]["Image"] == "public.ecr.aws/docker/library/postgres:17.7-trixie"
    tag = containers["application"]["Image"]["Fn::Sub"].rpartition(":")[2]
    assert len(tag) == 64  # the hash of what it is built from
    assert int(tag, 16)


def test_the_base_of_the_applications_image_can_be_pinned(tmp_path: Path) -> None:
    base = f"python:3.13.9-slim@sha256:{'0' * 64}"
    app = cdk.App(context={**CONTEXT, "pythonImage": base}, outdir=str(tmp_path))
    TodoListStack(app, "Tested", Settings.read(app.node))

    app.synth()

    assets = json.loads((tmp_path / "Tested.assets.json").read_text())
    (image,) = assets["dockerImages"].values()
    dockerfile = (ROOT / "fargate" / "web" / "Dockerfile").read_text()
    assert image["source"]["dockerBuildArgs"] == {"BASE": base}
    assert f"\nARG BASE={CONTEXT['pythonImage']}\n" in dockerfile


def test_the_image_can_be_pinned_by_its_digest(synthesised: Callable[..., Template]) -> None:
    image = f"public.ecr.aws/docker/library/postgres@sha256:{'0' * 64}"

    synthesised(postgresImage=image).has_resource_properties(
        "AWS::ECS::TaskDefinition",
        {"ContainerDefinitions": Match.array_with([Match.object_like({"Image": image})])},
    )
