"""Task definitions and services, as ECS describes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from local import aws

if TYPE_CHECKING:
    from types_boto3_ecs import ECSClient

DEFAULT_STOP_SECONDS = 30


@dataclass(frozen=True)
class Container:
    """One container of a task definition; `cpu` in 1024ths of a processor, memory in MiB."""

    name: str
    image: str
    essential: bool
    command: tuple[str, ...]
    environment: Mapping[str, str]
    stop_timeout: float
    listens: bool
    cpu: int = 0
    memory: int = 0
    memory_reservation: int = 0
    user: str = ""
    read_only: bool = False

    @property
    def image_name(self) -> str:
        """The last part of the image's repository: `main` of `…/todo-on-ecs/main:tag`."""
        return self.image.rsplit("/", 1)[-1].partition("@")[0].partition(":")[0]


@dataclass(frozen=True)
class TaskDefinition:
    """What a task consists of."""

    arn: str
    role: str | None
    containers: tuple[Container, ...]

    @property
    def cpu(self) -> int:
        """What its containers reserve together, in 1024ths of a processor."""
        return sum(container.cpu for container in self.containers)


@dataclass(frozen=True)
class Registration:
    """Which container is registered in which target group (ARN)."""

    container: str
    group: str


@dataclass(frozen=True)
class Wanted:
    """What the service asks for."""

    count: int
    definition: str
    registrations: tuple[Registration, ...]


class ServiceGone(Exception):
    """The deployed service is not there any more; the text says what to do."""


class Service:
    """The deployed ECS service, by the public API."""

    def __init__(self, session: boto3.Session, endpoint_url: str, arn: str) -> None:
        self._ecs: ECSClient = session.client("ecs", endpoint_url=endpoint_url, config=aws.CONFIG)
        self._arn = arn
        self.cluster, self.name = arn.split("/")[-2:]

    async def wanted(self) -> Wanted:
        answer = await aws.call(
            self._ecs.describe_services, cluster=self.cluster, services=[self._arn]
        )
        if not answer["services"]:
            raise ServiceGone("The ECS service is gone; `make reset` starts anew.")
        service = answer["services"][0]
        registrations = tuple(
            Registration(entry["containerName"], entry["targetGroupArn"])
            for entry in service["loadBalancers"]
        )
        return Wanted(service["desiredCount"], service["taskDefinition"], registrations)

    async def definition(self, arn: str) -> TaskDefinition:
        answer = await aws.call(self._ecs.describe_task_definition, taskDefinition=arn)
        return read_definition(answer["taskDefinition"])

    async def set_count(self, count: int) -> None:
        await aws.call(
            self._ecs.update_service,
            cluster=self.cluster,
            service=self._arn,
            desiredCount=count,
        )


def read_definition(described: Mapping[str, Any]) -> TaskDefinition:
    """A task definition of `describe_task_definition`."""
    containers = tuple(map(_container, described["containerDefinitions"]))
    return TaskDefinition(
        described["taskDefinitionArn"], described.get("taskRoleArn") or None, containers
    )


def _container(described: Mapping[str, Any]) -> Container:
    return Container(
        name=described["name"],
        image=described["image"],
        essential=described.get("essential", True),
        command=(*described.get("entryPoint", ()), *described.get("command", ())),
        environment={pair["name"]: pair["value"] for pair in described.get("environment", ())},
        stop_timeout=float(described.get("stopTimeout", DEFAULT_STOP_SECONDS)),
        listens=bool(described.get("portMappings")),
        cpu=int(described.get("cpu", 0)),
        memory=int(described.get("memory", 0)),
        memory_reservation=int(described.get("memoryReservation", 0)),
        user=described.get("user", ""),
        read_only=described.get("readonlyRootFilesystem", False),
    )
