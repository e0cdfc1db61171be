"""How a container of a task runs here: as a process of this machine."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from local import ports
from local.ecs.credentials import Grant
from local.ecs.dockerfile import command_of
from local.ecs.taskdefinition import Container
from local.processes import Guard, Program
from local.settings import HOST, Settings

SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
SHOWN_LINES = 8


@dataclass(frozen=True)
class Surroundings:
    """What a container finds different here from AWS; everything else is the task definition's."""

    endpoint_url: str
    jwks_url: str
    credentials_port: int

    def environment(self, grant: Grant | None) -> dict[str, str]:
        """The variables to set: the endpoint for AWS's, and where the role's credentials are."""
        found = {"AWS_ENDPOINT_URL": self.endpoint_url, "JWKS_URL": self.jwks_url}
        if grant:
            # ECS sets the relative form, which only its own address can answer.
            url = f"http://{HOST}:{self.credentials_port}{grant.path}"
            found["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url
            found["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = grant.token
        return found


class ProgramMissing(OSError):
    """The environment of a service is damaged; the text says what to do."""


class Running(Protocol):
    """A container that runs."""

    @property
    def port(self) -> int | None:
        """The port of this machine that it listens on, if it does."""

    async def ended(self) -> int: ...

    async def stop(self, patience: float) -> None: ...

    def last_lines(self) -> str: ...

    def cpu_seconds(self) -> float:
        """What it has used of a processor so far."""


class Runtime(Protocol):
    """What starts containers."""

    async def start(self, container: Container, surroundings: Mapping[str, str]) -> Running: ...


@dataclass(frozen=True)
class ServerProcess:
    """A container as a process group."""

    program: Program
    port: int | None
    log: Path

    async def ended(self) -> int:
        return await self.program.ended()

    async def stop(self, patience: float) -> None:
        await self.program.stop(patience)

    def last_lines(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-SHOWN_LINES:]
        return "\n".join(f"    {line}" for line in lines)

    def cpu_seconds(self) -> float:
        return self.program.cpu_seconds()


class ProcessRuntime:
    """Runs the image's command from the service's folder, in the service's environment."""

    def __init__(self, settings: Settings, guard: Guard) -> None:
        self._settings = settings
        self._guard = guard

    async def start(self, container: Container, surroundings: Mapping[str, str]) -> ServerProcess:
        folder = self._settings.service(container.image_name)
        port = ports.free_port() if container.listens else None
        log = self._settings.logs / f"{container.name}.log"
        own_programs = self._settings.environment(container.image_name) / "bin"
        command = [*(container.command or command_of(folder))]
        program = await Program.start(
            [_program(own_programs, command[0]), *command[1:]],
            guard=self._guard,
            folder=folder,
            environment={
                **container.environment,
                **surroundings,
                "PATH": f"{own_programs}:{SYSTEM_PATH}",
                # Empty, as in the image: AWS clients would prefer the person's own credentials.
                "HOME": str(self._home()),
                # No proxy of this machine gets in between; macOS cannot even be asked for one after
                # a fork.
                "NO_PROXY": "*",
                **address(port),
            },
            log=log,
        )
        return ServerProcess(program, port, log)

    def _home(self) -> Path:
        home = self._settings.folder / "home"
        home.mkdir(exist_ok=True)
        return home


def address(port: int | None) -> dict[str, str]:
    """Bridge mode maps a port of the host to the container's; a process has no such map."""
    return {"GUNICORN_CMD_ARGS": f"--bind={HOST}:{port}"} if port else {}


def _program(folder: Path, name: str) -> str:
    """The program of the service's own environment, if it has it, or else of this machine."""
    found = shutil.which(name, path=f"{folder}:{SYSTEM_PATH}")
    if found is None:
        raise ProgramMissing(f"{folder} has no {name}: run `make clean`, then `make run`.")
    return found
