"""Where things are: the ports, the folders and the emulated account."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REGION: Final = "eu-central-1"
ACCOUNT = "000000000000"
STACK = "todo-on-ecs"
HOST = "127.0.0.1"
REPOSITORY = Path(__file__).resolve().parent.parent

# What a container of a task runs as.
RUNTIMES = ("process", "docker", "podman")
DEFAULT_PORT = 8000
# Below 1024 only root may listen, and two more ports follow the first.
PORTS = range(1024, 65534)


class SettingRefused(Exception):
    """A variable of the environment cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Settings:
    """What one local stack is told from outside."""

    port: int = DEFAULT_PORT
    folder: Path = REPOSITORY / ".local"
    repository: Path = REPOSITORY
    runtime: str = RUNTIMES[0]

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """The settings of LOCAL_PORT, LOCAL_DIR and RUNTIME."""
        port = environment.get("LOCAL_PORT") or str(DEFAULT_PORT)
        folder = _folder(environment.get("LOCAL_DIR") or REPOSITORY / ".local")
        return cls(_port(port), folder, runtime=_runtime(environment.get("RUNTIME") or RUNTIMES[0]))

    @property
    def engine(self) -> str | None:
        """The container engine that runs the tasks, if they are not processes."""
        return None if self.runtime == RUNTIMES[0] else self.runtime

    @property
    def api_port(self) -> int:
        return self.port + 1

    @property
    def endpoint_port(self) -> int:
        return self.port + 2

    @property
    def website_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def api_url(self) -> str:
        return f"http://{HOST}:{self.api_port}"

    @property
    def endpoint_url(self) -> str:
        return f"http://{HOST}:{self.endpoint_port}"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def state(self) -> Path:
        """What the emulator keeps between runs."""
        return self.folder / "state"

    @property
    def outputs(self) -> Path:
        return self.folder / "outputs.json"

    @property
    def template(self) -> Path:
        return self.repository / "template.yaml"

    @property
    def website_template(self) -> Path:
        return self.repository / "website.yaml"

    @property
    def built_website(self) -> Path:
        return self.repository / "frontend" / "dist"

    def environment(self, name: str) -> Path:
        """The folder of the Python environment `name`."""
        return self.repository / ".venv" / name

    @property
    def services(self) -> Path:
        return self.repository / "services"

    def service(self, name: str) -> Path:
        """The folder that the image `name` is built from."""
        return self.services / name


def _folder(name: str | Path) -> Path:
    try:
        return Path(name).resolve()
    except (OSError, RuntimeError) as error:  # links in a circle
        raise SettingRefused(f"LOCAL_DIR is {str(name)!r}: {error}") from error


def _port(text: str) -> int:
    # int() takes blanks, signs and every script's digits too, which make and the shell do not.
    port = int(text) if re.fullmatch("[0-9]{1,5}", text) else -1
    if port not in PORTS:
        raise SettingRefused(
            f"LOCAL_PORT is {text!r}: it must be a number from {PORTS.start} to {PORTS.stop - 1}."
        )
    return port


def _runtime(text: str) -> str:
    if text not in RUNTIMES:
        raise SettingRefused(f"RUNTIME is {text!r}: it must be one of {', '.join(RUNTIMES)}.")
    return text
