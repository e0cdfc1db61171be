"""The images of the working tree, and the engine that builds and runs them."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from deploy import engines
from local.settings import SettingRefused, Settings
from local.terminal import say

# Whose container it is: the folder of its run, which no other run uses at the same time.
LABEL = "todo-on-ecs.local"
AT_ONCE = {"docker": (), "podman": ("--time", "0")}
REMOVAL = """engine=$1 label=$2; shift 2
found=$("$engine" ps --all --quiet --filter "label=$label")
[ -z "$found" ] || "$engine" rm --force "$@" $found
"""


@dataclass(frozen=True)
class Images:
    """What `docker` or `podman` is to run: the image's name (`main`) → its id."""

    engine: str
    ids: Mapping[str, str]


def check_engine(settings: Settings) -> None:
    """Refuse an engine that cannot run the tasks."""
    name = settings.engine
    if name and sys.platform != "linux":
        raise SettingRefused(
            f"RUNTIME is {name!r}, which needs Linux: elsewhere containers run in a virtual "
            "machine, whose 127.0.0.1 is not this machine's. Without RUNTIME it works here too."
        )
    if name and not engines.works(name):
        raise SettingRefused(
            f"RUNTIME is {name!r}, but {name} is not installed or not started; `{name} info` says "
            "more. Without RUNTIME no container engine is needed."
        )


def build(settings: Settings) -> Images | None:
    """The images of the services' folders; None where processes stand for containers."""
    if not settings.engine:
        return None
    say(f"Building the images by {settings.engine} …")
    engine = engines.Engine(settings.engine)
    names = sorted(path.parent.name for path in settings.services.glob("*/Dockerfile"))
    ids = {
        name: engine.build(f"todo-on-ecs/{name}:local", settings.service(name), {}, "--quiet")
        for name in names
    }
    return Images(settings.engine, ids)


def label(settings: Settings) -> str:
    return f"{LABEL}={settings.folder}"


def removal(settings: Settings) -> list[str]:
    """The command that removes the containers of this folder's runs, however those ended."""
    if not settings.engine:
        return []
    words = (settings.engine, label(settings), *AT_ONCE[settings.engine])
    return ["/bin/sh", "-c", REMOVAL, "sh", *words]


def remove_containers(settings: Settings) -> None:
    """Remove what a run has left whose guard was killed too."""
    if command := removal(settings):
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)  # noqa: S603  our own
