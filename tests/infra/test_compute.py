"""The task and what runs it."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

PORTS = {"main": 8080, "files": 8081}
# What the two services differ in; everything else of their container definitions is the same.
DIFFERENCES = ("Name", "Image", "PortMappings", "Environment")
SIZES = ("Cpu", "Memory", "MemoryReservation")


def without(container: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in container.items() if key not in keys}


def environment(container: dict[str, Any]) -> dict[str, Any]:
    return {each["Name"]: each["Value"] for each in container["Environment"]}


def declared(config: Path) -> dict[str, bool]:
    """The variables that a service's config.py reads, and whether each has to be set.

    They are the keys of its VARIABLES; one that is made with a default may be left out.
    """
    for node in ast.parse(config.read_text()).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(each, ast.Name) and each.id == "VARIABLES" for each in targets):
            assert isinstance(node, ast.Assign)
            assert isinstance(node.value, ast.Dict)
            pairs = zip(node.value.keys, node.value.values, strict=True)
            return dict(_variable(key, value) for key, value in pairs)
    raise AssertionError(f"{config} has no VARIABLES")


def _variable(key: ast.expr | None, value: ast.expr) -> tuple[str, bool]:
    assert isinstance(key, ast.Constant)
    assert isinstance(value, ast.Call)
    defaults = value.args[2:] + [each for each in value.keywords if each.arg == "default"]
    return str(key.value), not defaults


def test_a_task_is_one_container_of_each_service_and_a_worker(containers: dict[str, Any]) -> None:
    assert list(containers) == ["main", "files", "worker"]
    # A release whose worker cannot start is taken back, instead of looking healthy.
    assert all(container["Essential"] is True for container in containers.values())


def test_containers_differ_only_in_what_the_services_differ_in(containers: dict[str, Any]) -> None:
    main, files, worker = (
        without(containers[name], *DIFFERENCES) for name in ("main", "files", "worker")
    )
    groups = [
        each["LogConfiguration"]["Options"].pop("awslogs-group") for each in (main, files, worker)
    ]

    assert groups == [{"Ref": f"{name}LogGroup"} for name in ("Main", "Files", "Worker")]
    assert main == files
    assert without(worker, "Command", *SIZES) == without(main, *SIZES)


def test_the_worker_is_the_image_of_files_with_another_command(containers: dict[str, Any]) -> None:
    worker = containers["worker"]

    assert worker["Image"] == containers["files"]["Image"]
    # In exec form the worker gets the SIGTERM, not a shell that drops it.
    assert worker["Command"] == ["python", "-m", "files_service.worker"]
    assert set(worker) == set(containers["files"]) - {"PortMappings"} | {"Command"}


def test_a_container_has_its_share_of_the_instance(containers: dict[str, Any]) -> None:
    sizes = {name: tuple(each[size] for size in SIZES) for name, each in containers.items()}

    assert sizes == {"main": (256, 512, 256), "files": (256, 512, 256), "worker": (64, 256, 96)}


def test_the_worker_has_exactly_the_variables_that_it_reads(
    containers: dict[str, Any], root: Path
) -> None:
    config = root / "services" / "files" / "files_service" / "config.py"
    text = config.read_text().split("WORKER_VARIABLES = {")[1].split("\n}")[0]
    given, files = environment(containers["worker"]), environment(containers["files"])

    assert set(given) == set(re.findall(r'"([A-Z_]+)"', text)) - {"LOG_LEVEL"}
    assert given.pop("REMOVALS_QUEUE_URL") == {"Ref": "RemovalsQueue"}
    assert given == {name: files[name] for name in given}


def test_a_container_has_exactly_the_variables_that_its_service_reads(
    containers: dict[str, Any], root: Path, service: str
) -> None:
    variables = declared(root / "services" / service / f"{service}_service" / "config.py")
    required = {name for name, must in variables.items() if must}
    given = set(environment(containers[service]))

    assert required - given == set(), "missing: the container would not start"
    assert given - set(variables) == set(), "unknown to the service"


def test_variables_that_both_services_read_have_one_value(containers: dict[str, Any]) -> None:
    main, files = (environment(containers[name]) for name in ("main", "files"))

    shared = set(main) & set(files)

    assert shared == {"AWS_REGION", "JWT_ISSUER", "JWT_AUDIENCE"}
    assert {name: main[name] for name in shared} == {name: files[name] for name in shared}


def test_variables_name_the_service_s_own_data(containers: dict[str, Any]) -> None:
    main, files = (environment(containers[name]) for name in ("main", "files"))

    assert main["TODOS_TABLE"] == {"Ref": "TodosTable"}
    assert files["FILES_TABLE"] == {"Ref": "FilesTable"}
    assert files["FILES_BUCKET"] == {"Ref": "FilesBucket"}


def test_a_container_runs_the_image_of_its_tag(containers: dict[str, Any], service: str) -> None:
    image = containers[service]["Image"]["Fn::Sub"]

    assert image.endswith(f"/todo-on-ecs/{service}:${{{service.capitalize()}ImageTag}}")


def test_a_container_gets_any_free_port_of_the_instance(
    containers: dict[str, Any], service: str
) -> None:
    mapping = {"ContainerPort": PORTS[service], "HostPort": 0, "Protocol": "tcp"}

    assert containers[service]["PortMappings"] == [mapping]


def test_a_container_may_change_nothing_but_its_own_memory(
    containers: dict[str, Any], service: str
) -> None:
    container = containers[service]
    memory = {
        "ContainerPath": "/tmp",  # noqa: S108, in the container
        "Size": 16,
        "MountOptions": ["noexec", "nosuid", "nodev"],
    }

    assert container["ReadonlyRootFilesystem"] is True
    assert container["LinuxParameters"] == {"Capabilities": {"Drop": ["ALL"]}, "Tmpfs": [memory]}


def test_a_container_has_no_setting_but_these(containers: dict[str, Any], service: str) -> None:
    # So no Privileged, no MountPoints, no Secrets, no Command.
    assert set(containers[service]) == {
        *DIFFERENCES,
        *("Essential", "Cpu", "MemoryReservation", "Memory", "StopTimeout"),
        *("User", "ReadonlyRootFilesystem", "LinuxParameters", "LogConfiguration"),
    }


def test_a_task_shares_nothing_with_its_instance(properties: dict[str, Any]) -> None:
    roles_and_containers = {"TaskRoleArn", "ExecutionRoleArn", "ContainerDefinitions"}

    rest = without(properties["TaskDefinition"], *roles_and_containers)

    # So no Volumes, no PidMode, no IpcMode.
    assert rest == {"RequiresCompatibilities": ["EC2"], "NetworkMode": "bridge"}


def test_a_container_has_time_to_finish_its_requests(
    containers: dict[str, Any], properties: dict[str, Any], server: dict[str, Any], service: str
) -> None:
    (delay,) = properties[f"{service.capitalize()}TargetGroup"]["TargetGroupAttributes"]

    # The balancer lets go after 30 s, the service ends within 30 s, ECS kills after 45 s.
    assert delay == {"Key": "deregistration_delay.timeout_seconds", "Value": "30"}
    assert server["graceful_timeout"] == 30
    assert containers[service]["StopTimeout"] == 45


def test_a_full_log_buffer_never_stops_a_container(
    containers: dict[str, Any], service: str
) -> None:
    logs = containers[service]["LogConfiguration"]

    assert logs["LogDriver"] == "awslogs"
    assert logs["Options"]["mode"] == "non-blocking"


def test_the_service_puts_both_containers_behind_the_balancer(properties: dict[str, Any]) -> None:
    behind = [
        (each["ContainerName"], each["ContainerPort"], each["TargetGroupArn"]["Ref"])
        for each in properties["Service"]["LoadBalancers"]
    ]

    assert behind == [("main", 8080, "MainTargetGroup"), ("files", 8081, "FilesTargetGroup")]
    # The service-linked role is what registers targets in more than one group.
    assert "Role" not in properties["Service"]


def test_a_deployment_neither_undoes_a_scale_out_nor_keeps_a_bad_release(
    properties: dict[str, Any],
) -> None:
    deployment = properties["Service"]["DeploymentConfiguration"]

    assert "DesiredCount" not in properties["Service"]
    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert deployment["MinimumHealthyPercent"] == 100


def test_the_service_starts_after_and_ends_before_what_it_needs(resources: dict[str, Any]) -> None:
    needed = {"CapacityProviderAssociation", "MainListenerRule", "FilesListenerRule"}

    assert set(resources["Service"]["DependsOn"]) == needed


def test_tasks_are_between_two_and_sixteen_and_spread_over_the_zones(
    properties: dict[str, Any],
) -> None:
    target = properties["ServiceScalableTarget"]

    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 16)
    assert target["ResourceId"] == {"Fn::Sub": "service/${Cluster}/${Service.Name}"}
    assert properties["Service"]["PlacementStrategies"][0] == {
        "Type": "spread",
        "Field": "attribute:ecs.availability-zone",
    }


def test_instances_hold_the_most_tasks_that_a_deployment_makes(
    properties: dict[str, Any], containers: dict[str, Any]
) -> None:
    twice = properties["Service"]["DeploymentConfiguration"]["MaximumPercent"] / 100
    tasks = properties["ServiceScalableTarget"]["MaxCapacity"] * twice
    # What a t3.small, the smallest type, registers: 2 virtual CPUs and its 2 GiB less the system's.
    by_cpu = 2048 // sum(each["Cpu"] for each in containers.values())
    by_memory = 1850 // sum(each["MemoryReservation"] for each in containers.values())

    room = int(properties["AutoScalingGroup"]["MaxSize"]) * min(by_cpu, by_memory)

    assert room >= tasks


def test_instances_keep_their_credentials_from_containers(properties: dict[str, Any]) -> None:
    data = properties["InstanceLaunchTemplate"]["LaunchTemplateData"]

    assert data["MetadataOptions"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}


def test_instances_run_no_privileged_container(properties: dict[str, Any]) -> None:
    script = properties["InstanceLaunchTemplate"]["LaunchTemplateData"]["UserData"]["Fn::Base64"]

    assert script["Fn::Sub"].splitlines() == [
        "#!/bin/sh",
        "echo ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config",
        "echo ECS_DISABLE_PRIVILEGED=true >> /etc/ecs/ecs.config",
    ]


def test_instances_keep_one_encrypted_disk_that_goes_with_them(properties: dict[str, Any]) -> None:
    data = properties["InstanceLaunchTemplate"]["LaunchTemplateData"]
    disk = {
        "VolumeType": "gp3",
        "VolumeSize": 30,
        "Encrypted": True,
        "DeleteOnTermination": True,
    }

    assert data["BlockDeviceMappings"] == [{"DeviceName": "/dev/xvda", "Ebs": disk}]


def test_instances_have_no_setting_but_these(properties: dict[str, Any]) -> None:
    # So no KeyName, whose holder could sign in, and no NetworkInterfaces with public addresses.
    assert set(properties["InstanceLaunchTemplate"]["LaunchTemplateData"]) == {
        *("ImageId", "InstanceType", "IamInstanceProfile", "SecurityGroupIds", "MetadataOptions"),
        *("BlockDeviceMappings", "TagSpecifications", "UserData"),
    }


def test_instances_come_from_the_newest_image_of_ecs(
    template: dict[str, Any], properties: dict[str, Any]
) -> None:
    parameter = template["Parameters"]["EcsAmi"]
    data = properties["InstanceLaunchTemplate"]["LaunchTemplateData"]

    assert parameter["Type"] == "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"
    assert parameter["Default"].startswith("/aws/service/ecs/optimized-ami/amazon-linux-2023/")
    assert data["ImageId"] == {"Ref": "EcsAmi"}


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("ManagedDraining", "ENABLED"), ("ManagedTerminationProtection", "DISABLED")],
)
def test_the_capacity_provider_drains_an_instance_before_it_goes(
    properties: dict[str, Any], setting: str, expected: str
) -> None:
    provider = properties["CapacityProvider"]["AutoScalingGroupProvider"]

    assert provider[setting] == expected
    assert provider["ManagedScaling"]["Status"] == "ENABLED"
