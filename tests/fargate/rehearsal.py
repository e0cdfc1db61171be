"""The task of the synthesised template, run by podman as Fargate runs it."""

from __future__ import annotations

import atexit
import json
import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from tests.fargate.servers import ROOT

SECONDS = 60
STAND_IN = ROOT / "tests" / "fargate" / "database"


def podman(
    *arguments: str, check: bool = True, mounts: bool = False
) -> subprocess.CompletedProcess[str]:
    """`mounts` is for builds: what they need of this machine no container of a pod may have."""
    environment = _environment() if mounts else {**_environment(), **settings()}
    done = subprocess.run(
        ["podman", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 or not check, f"podman {arguments}: {done.stderr}"
    return done


@cache
def _environment() -> dict[str, str]:
    """What podman needs to be called with on this machine."""
    command = 'ready=$(scripts/podman-ready) && eval "$ready" && env -0'
    done = subprocess.run(
        ["sh", "-c", command], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return dict(pair.split("=", 1) for pair in done.stdout.split("\0") if "=" in pair)


@cache
def _without_mounts(settings: str) -> str:
    text = re.sub(r"(?m)^volumes = .*$", "volumes = []", Path(settings).read_text())
    with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as file:
        file.write(text)
    atexit.register(os.unlink, file.name)
    return file.name


def settings() -> dict[str, str]:
    """What whoever calls podman has to have in the environment."""
    chosen = {name: text for name, text in _environment().items() if name.startswith("CONTAINERS_")}
    if "CONTAINERS_CONF" in chosen:
        chosen["CONTAINERS_CONF"] = _without_mounts(chosen["CONTAINERS_CONF"])
    return chosen


def build(folder: Path) -> str:
    """The id of an image."""
    built = podman(
        "build", "--quiet", "--pull=never", "--format", "docker", str(folder), mounts=True
    )
    return built.stdout.strip().splitlines()[-1]


def containers() -> dict[str, dict[str, Any]]:
    """The container definitions, by their names."""
    template = json.loads(Path(os.environ["FARGATE_TEMPLATE"]).read_text())
    (task,) = (
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::ECS::TaskDefinition"
    )
    return {each["Name"]: each for each in task["ContainerDefinitions"]}


@dataclass
class Task:
    """A task: its containers share a network, and the database's files come from a volume."""

    name: str
    images: dict[str, str]
    volume: str
    secrets: dict[str, str]  # by the variables' names
    started: list[str] = field(default_factory=list)

    def begin(self) -> Task:
        """Start the database alone."""
        podman("pod", "create", "--name", self.name, "--publish", "127.0.0.1::5000")
        self._run("database")
        return self

    def go_on(self) -> Task:
        """Start the application once the database is healthy, and wait until it answers."""
        assert containers()["application"]["DependsOn"] == [
            {"Condition": "HEALTHY", "ContainerName": "database"}
        ]
        wait(lambda: self.healthy("database"), self)
        self._run("application")
        wait(lambda: self.healthy("application"), self)
        return self

    @property
    def url(self) -> str:
        infra = podman("pod", "inspect", "--format", "{{.InfraContainerID}}", self.name).stdout
        return "http://" + podman("port", infra.strip(), "5000/tcp").stdout.strip()

    def healthy(self, container: str) -> bool:
        """What ECS asks: the health check's command within the container."""
        kind, *command = containers()[container]["HealthCheck"]["Command"]
        assert kind == "CMD"
        return podman("exec", self._id(container), *command, check=False).returncode == 0

    def stop(self) -> list[int]:
        """As ECS does: what depends on the other first; the containers' exit codes."""
        codes = []
        while self.started:
            container = self.started.pop()
            patience = str(containers()[container]["StopTimeout"])
            podman("stop", "--time", patience, self._id(container))
            inspected = podman("inspect", "--format", "{{.State.ExitCode}}", self._id(container))
            codes.append(int(inspected.stdout))
        return codes

    def remove(self) -> None:
        podman("pod", "rm", "--force", "--time", "0", self.name, check=False)

    def execute(self, container: str, script: str) -> subprocess.CompletedProcess[str]:
        return podman("exec", self._id(container), "sh", "-c", script, check=False)

    def logs(self, container: str) -> str:
        done = podman("logs", self._id(container), check=False)
        return done.stdout + done.stderr

    def _run(self, container: str) -> None:
        definition = containers()[container]
        options = ["--detach", "--pod", self.name, "--name", self._id(container)]
        options += ["--user", definition["User"], "--memory", f"{definition['Memory']}m"]
        options += _linux(definition["LinuxParameters"])
        options += _restart(definition["RestartPolicy"])
        if definition.get("ReadonlyRootFilesystem"):
            options += ["--read-only", "--read-only-tmpfs=false"]
        for variable in definition.get("Environment", []):
            options += ["--env", f"{variable['Name']}={_known(variable['Value'])}"]
        for secret in definition["Secrets"]:
            options += ["--env", f"{secret['Name']}={self.secrets[secret['Name']]}"]
        for mount in definition.get("MountPoints", []):
            options += ["--volume", f"{self.volume}:{mount['ContainerPath']}:U"]
        if "EntryPoint" in definition:
            options += ["--entrypoint", json.dumps(definition["EntryPoint"])]
        podman("run", *options, self.images[container], *definition.get("Command", []))
        self.started.append(container)

    def _id(self, container: str) -> str:
        return f"{self.name}-{container}"


def _known(value: Any) -> str:
    """A value of the template; what AWS puts in is how people reach it, here this machine."""
    return value if isinstance(value, str) else "127.0.0.1"


def _linux(parameters: dict[str, Any]) -> list[str]:
    dropped = [f"--cap-drop={name}" for name in parameters["Capabilities"]["Drop"]]
    return [*dropped, "--init"] if parameters.get("InitProcessEnabled") else dropped


def _restart(policy: dict[str, Any]) -> list[str]:
    assert policy["Enabled"]
    return ["--restart=on-failure"]


def wait(condition: Any, task: Task, seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, [task.logs(name) for name in task.started]
        time.sleep(0.2)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health").status_code == 200
    except httpx.TransportError:
        return False
