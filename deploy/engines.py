"""A container engine of this machine: builds images and pushes them to ECR."""

import base64
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy import images
from deploy.account import Account
from deploy.terminal import Refused, say

# podman leaves out a HEALTHCHECK unless told to write Docker's format.
FORMATS = {"docker": (), "podman": ("--format", "docker")}
PLATFORM = "linux/amd64"


@dataclass(frozen=True)
class Engine:
    """docker or podman."""

    name: str

    def build_and_push(self, account: Account, service: str, tag: str, folder: Path) -> None:
        """Build the image of a service's folder and push it under its tag."""
        registry = self._sign_in(account)
        image = f"{registry}/{images.repository_of(service)}:{tag}"
        options = ("--platform", PLATFORM, *FORMATS[self.name], "--tag", image)
        say(f"Building {image} by {self.name}")
        self._run("build", *options, str(folder))
        say(f"Pushing {image}")
        self._run("push", image)

    def _sign_in(self, account: Account) -> str:
        """Give the engine ECR's password of twelve hours; the registry's name."""
        given = images.client(account).get_authorization_token()["authorizationData"][0]
        user, _, password = base64.b64decode(given["authorizationToken"]).decode().partition(":")
        registry = given["proxyEndpoint"].removeprefix("https://")
        self._run("login", "--username", user, "--password-stdin", registry, typed=password)
        return registry

    def _run(self, *arguments: str, typed: str | None = None) -> None:
        done = subprocess.run(  # noqa: S603  our own arguments
            [self.name, *arguments], input=typed, text=True, check=False
        )
        if done.returncode:
            raise Refused(
                f"`{self.name} {arguments[0]}` failed with exit code {done.returncode}; what it "
                "said stands above."
            )


def find() -> Engine:
    """The engine that is there and works."""
    for name in FORMATS:
        if shutil.which(name) and _works(name):
            return Engine(name)
    raise Refused(
        "Images must be built, and neither docker nor podman works here: install or start one, or "
        "deploy images that ECR has by TAG=…"
    )


def _works(name: str) -> bool:
    done = subprocess.run([name, "info"], capture_output=True, check=False)  # noqa: S603  of FORMATS
    return done.returncode == 0
