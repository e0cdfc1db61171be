"""Where things are: the clone's files, and the names of the stacks."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.terminal import Refused

REPOSITORY = Path(__file__).resolve().parent.parent
# One for each account and region: every installation there takes its images from it.
BOOTSTRAP = "todo-on-ecs-bootstrap"
SERVICES = ("main", "files")
# ECS refuses a capacity provider with such a name, and it is named after the stack.
FORBIDDEN = ("aws", "ecs", "fargate")
# bootstrap.yaml takes names of 32 characters, and the website's is this and eight more.
STACK_NAME = re.compile(r"[a-z][a-z0-9-]{0,23}")


@dataclass(frozen=True)
class Settings:
    """One installation: what its stacks are called, and what samconfig.toml says of it."""

    stack: str
    overrides: str | list[str] | dict[str, str]
    repository: Path = REPOSITORY

    @classmethod
    def read(cls, stack: str | None, repository: Path = REPOSITORY) -> "Settings":
        """The settings of STACK, else of samconfig.toml."""
        configured = _samconfig(repository)
        name = stack or configured.get("stack_name") or "todo-on-ecs"
        return cls(_valid(name), configured.get("parameter_overrides", {}), repository)

    @property
    def website(self) -> str:
        """The name of the website's stack."""
        return f"{self.stack}-website"

    def template(self, name: str) -> Path:
        return self.repository / f"{name}.yaml"

    @property
    def built(self) -> Path:
        """Where `make website` puts the website."""
        return self.repository / "frontend" / "dist"

    @property
    def sam(self) -> Path:
        return self.repository / ".venv" / "sam" / "bin" / "sam"


def _samconfig(repository: Path) -> dict[str, Any]:
    file = repository / "samconfig.toml"
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"samconfig.toml is no TOML: {error}") from error
    parameters: dict[str, Any] = values.get("default", {}).get("deploy", {}).get("parameters", {})
    return parameters


def _valid(stack: str) -> str:
    if not STACK_NAME.fullmatch(stack) or stack.startswith(FORBIDDEN):
        raise Refused(
            f"STACK is {stack!r}: it must be at most 24 small letters, digits and hyphens, begin "
            f"with a letter, and not with {', '.join(FORBIDDEN)}."
        )
    if stack == BOOTSTRAP:
        raise Refused(f"STACK is {stack!r}, which is the bootstrap stack's name: take another.")
    return stack
