"""A container engine of this machine: builds images and pushes them to ECR."""

import base64
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy import images, repository
from deploy.account import Account
from deploy.terminal import Refused, say

# podman leaves out a HEALTHCHECK unless told to write Docker's format. All layers are of one time:
# one that has not changed is the same in every build, and is neither pushed nor pulled again.
FORMATS = {"docker": (), "podman": ("--format", "docker", "--timestamp", "0")}
EPOCH = {"SOURCE_DATE_EPOCH": "0"}  # the same, for docker
LABEL = "org.opencontainers.image.{}={}"
PLATFORM = "linux/amd64"
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Engine:
    """docker or podman."""

    name: str

    def build_and_push(self, account: Account, service: str, tag: str, folder: Path) -> None:
        """Build the image of a service's folder and push it under its tag."""
        registry = self._sign_in(account)
        image = f"{registry}/{images.repository_of(service)}:{tag}"
        self._build(image, tag, folder)
        self._push(image)

    def build_and_save(self, image: str, tag: str, folder: Path, archive: Path) -> None:
        """Build the image into a file, for a machine that may push it."""
        self._build(image, tag, folder)
        archive.parent.mkdir(exist_ok=True)
        archive.unlink(missing_ok=True)  # podman adds to one that is there
        self.save(image, archive)

    def push_saved(self, account: Account, image: str, archive: Path) -> None:
        """Push the image that a file holds."""
        self._run("load", "--input", str(archive))
        registry = self._sign_in(account)
        self._run("tag", image, f"{registry}/{image}")
        self._push(f"{registry}/{image}")

    def _build(self, image: str, tag: str, folder: Path) -> None:
        """Build for the instances, with where it comes from."""
        say(f"Building {image} by {self.name}")
        origin = repository.origin(folder) | {"version": tag}
        self.build(image, folder, origin, "--platform", PLATFORM)

    def _push(self, image: str) -> None:
        say(f"Pushing {image}")
        self._run("push", image)

    def build(
        self, image: str, folder: Path, origin: Mapping[str, str] = NOTHING, *options: str
    ) -> str:
        """Build a folder's image under a name, with labels that say where it is from. Its id."""
        given = [word for item in origin.items() for word in ("--label", LABEL.format(*item))]
        with tempfile.TemporaryDirectory() as directory:
            noted = Path(directory) / "id"
            arguments = (*options, *FORMATS[self.name], *given, "--iidfile", str(noted))
            self._run("build", *arguments, "--tag", image, str(folder))
            return noted.read_text().strip()

    def save(self, image: str, archive: Path) -> None:
        """Write an image into a file, in Docker's format."""
        told = ("--format", "docker-archive") if self.name == "podman" else ()
        self._run("save", *told, "--output", str(archive), image)

    def _sign_in(self, account: Account) -> str:
        """Give the engine ECR's password of twelve hours; the registry's name."""
        given = images.client(account).get_authorization_token()["authorizationData"][0]
        user, _, password = base64.b64decode(given["authorizationToken"]).decode().partition(":")
        registry = given["proxyEndpoint"].removeprefix("https://")
        self._run("login", "--username", user, "--password-stdin", registry, typed=password)
        return registry

    def _run(self, *arguments: str, typed: str | None = None) -> None:
        done = subprocess.run(  # noqa: S603  our own arguments
            [self.name, *arguments],
            env={**os.environ, **EPOCH},
            input=typed,
            # A quiet build's only word is the id, which is read elsewhere.
            stdout=subprocess.DEVNULL if "--quiet" in arguments else None,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Refused(
                f"`{self.name} {arguments[0]}` failed with exit code {done.returncode}; what it "
                "said stands above."
            )


def find() -> Engine:
    """The engine that is there and works."""
    for name in FORMATS:
        if works(name):
            return Engine(name)
    raise Refused(
        "Images must be built, and neither docker nor podman works here: install or start one, or "
        "deploy images that ECR has by TAG=…"
    )


def works(name: str) -> bool:
    """Whether an engine is installed, and started where it needs that."""
    if not shutil.which(name):
        return False
    done = subprocess.run([name, "info"], capture_output=True, check=False)  # noqa: S603  of FORMATS
    return done.returncode == 0
