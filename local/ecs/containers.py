"""How a container of a task runs here with RUNTIME: as a container of docker or podman."""

import asyncio
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local import ports, processes
from local.cloudformation.template import TemplateRefused
from local.ecs.images import AT_ONCE, Images, label
from local.ecs.runtime import ServerProcess, address
from local.ecs.taskdefinition import Container
from local.processes import Guard, Program
from local.settings import Settings

# Container name → LinuxParameters as the template has them: the emulator forgets them.
Linux = Mapping[str, Mapping[str, Any]]
HONOURED = {"Capabilities", "Tmpfs"}
# podman would make /run, /tmp and /var/tmp writable by itself.
READ_ONLY = {"docker": ("--read-only",), "podman": ("--read-only", "--read-only-tmpfs=false")}
POLL_SECONDS = 0.1


def linux_parameters(task_definition: Mapping[str, Any]) -> Linux:
    """The Linux parameters of each container of a template's task definition."""
    containers = task_definition["ContainerDefinitions"]
    return {each["Name"]: each.get("LinuxParameters", {}) for each in containers}


def options(engine: str, container: Container, linux: Mapping[str, Any]) -> list[str]:
    """What ECS tells an engine of a container: its user, limits, rights and file systems."""
    if linux.keys() - HONOURED:
        unknown = ", ".join(sorted(linux.keys() - HONOURED))
        raise TemplateRefused(f"{container.name}: RUNTIME honours no LinuxParameters {unknown}.")
    return [*_limits(container), *_rights(engine, container, linux), *_file_systems(linux)]


def _limits(container: Container) -> Iterator[str]:
    yield f"--stop-timeout={container.stop_timeout:.0f}"
    if container.cpu:
        yield f"--cpu-shares={container.cpu}"
    if container.memory:
        yield f"--memory={container.memory}m"
    if container.memory_reservation:
        yield f"--memory-reservation={container.memory_reservation}m"


def _rights(engine: str, container: Container, linux: Mapping[str, Any]) -> Iterator[str]:
    if container.user:
        yield f"--user={container.user}"
    if container.read_only:
        yield from READ_ONLY[engine]
    capabilities = linux.get("Capabilities", {})
    yield from (f"--cap-drop={name}" for name in capabilities.get("Drop", ()))
    yield from (f"--cap-add={name}" for name in capabilities.get("Add", ()))


def _file_systems(linux: Mapping[str, Any]) -> Iterator[str]:
    for tmpfs in linux.get("Tmpfs", ()):
        flags = ",".join([f"size={tmpfs['Size']}m", *tmpfs.get("MountOptions", ())])
        yield f"--tmpfs={tmpfs['ContainerPath']}:{flags}"


@dataclass(frozen=True)
class ServerContainer(ServerProcess):
    """A container, and the engine's client that runs as long and passes signals on."""

    engine: str
    name: str
    leader: int

    async def stop(self, patience: float) -> None:
        await self.program.stop(patience)
        # What did not end in time has lost its client only.
        await _silent(self.engine, "rm", "--force", *AT_ONCE[self.engine], self.name)

    def cpu_seconds(self) -> float:
        return processes.cpu_seconds(self.leader)


class ContainerRuntime:
    """Runs the image with the task definition's limits, in the network of this machine.

    A bridge network would keep it from the emulator, which listens on 127.0.0.1.
    """

    def __init__(self, settings: Settings, guard: Guard, images: Images, linux: Linux) -> None:
        self._settings = settings
        self._guard = guard
        self._images = images
        self._linux = linux

    async def start(self, container: Container, surroundings: Mapping[str, str]) -> ServerContainer:
        engine, name = self._images.engine, f"todo-on-ecs-{container.name}-{uuid.uuid4().hex[:12]}"
        port = ports.free_port() if container.listens else None
        log = self._settings.logs / f"{container.name}.log"
        environment = {**container.environment, **surroundings, **address(port)}
        program = await Program.start(
            [engine, "run", *self._options(name, container, environment), *self._what(container)],
            guard=self._guard,
            folder=self._settings.folder,
            # By name on the command line, which every user of this machine can read.
            environment={**os.environ, **environment},
            log=log,
        )
        leader = await _leader(engine, name, program)
        return ServerContainer(program, port, log, engine, name, leader)

    def _options(
        self, name: str, container: Container, environment: Mapping[str, str]
    ) -> Iterator[str]:
        yield from ("--rm", "--pull=never", "--network=host", "--log-driver=none")
        yield "--no-healthcheck"  # as on ECS, which only looks at the task definition's own
        yield from (f"--name={name}", f"--label={label(self._settings)}")
        yield from options(self._images.engine, container, self._linux.get(container.name, {}))
        yield from (f"--env={variable}" for variable in environment)

    def _what(self, container: Container) -> Sequence[str]:
        return [self._images.ids[container.image_name], *container.command]


async def _leader(engine: str, name: str, program: Program) -> int:
    """The first process of a container, as this machine numbers it; 0 once it has ended."""
    question = ("inspect", "--type=container", "--format={{.State.Pid}}", name)
    while program.process.returncode is None:
        answer = await _silent(engine, *question)
        if answer.strip() not in ("", "0"):
            return int(answer)
        await asyncio.sleep(POLL_SECONDS)
    return 0


async def _silent(*command: str) -> str:
    """What a command prints; that a container is not there, or not any more, is no failure."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return (await process.communicate())[0].decode()
