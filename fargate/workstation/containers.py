"""A PostgreSQL in a container, where an engine is there and no package."""

import hashlib
import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from fargate.workstation import secret
from fargate.workstation.database import ASKED, SCRIPT, DatabaseFailed

ENGINES = ("docker", "podman")
IMAGE = json.loads((Path(__file__).parents[1] / "cdk.json").read_text())["context"]["postgresImage"]
USER = "999:999"  # as on AWS
SECONDS = 120


@dataclass
class Container:
    """The image that runs on AWS, with its data in a volume of the engine."""

    engine: str
    folder: Path
    port: int
    _password: str = field(default="", repr=False)
    _id: str = ""

    @classmethod
    def find(cls, folder: Path, port: int) -> "Container | None":
        for name in ENGINES:
            if shutil.which(name) and _works(name):
                return cls(name, folder, port)
        return None

    def start(self) -> None:
        self._password = secret.kept(self.folder / "container-password")
        # The password by its name alone: who lists the processes sees the arguments.
        options = ["--env", "PGPASSWORD", "--env", "PGDATA=/var/lib/postgresql/data/pgdata"]
        options += ["--publish", f"127.0.0.1:{self.port}:5432", "--user", USER]
        options += ["--volume", f"{self.name}:/var/lib/postgresql/data", "--entrypoint", "sh"]
        command = ["-c", SCRIPT, "database", "-c", "listen_addresses=*"]
        self._id = self._run(
            "run", "--detach", "--rm", "--name", self.name, *options, IMAGE, *command
        ).strip()
        deadline = time.monotonic() + SECONDS
        while not self._answers():
            if time.monotonic() > deadline:
                self.stop()
                raise DatabaseFailed(f"PostgreSQL in {self.engine} does not answer.")
            time.sleep(0.3)

    def stop(self) -> None:
        if self._id:
            self._run("stop", "--time", "60", self._id)
            self._id = ""

    def runs(self) -> bool:
        asked = [self.engine, "container", "inspect", self._id]
        done = subprocess.run(asked, capture_output=True, check=False)  # noqa: S603  of ENGINES
        return done.returncode == 0  # by --rm it is gone once it has ended

    @property
    def name(self) -> str:
        """Of the container and its volume: each folder has its own, and one writer for it."""
        return f"todo-list-{hashlib.sha256(bytes(self.folder)).hexdigest()[:12]}"

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_PORT": str(self.port), "DATABASE_PASSWORD": self._password}

    def _answers(self) -> bool:
        asked = [self.engine, "exec", self._id, *ASKED]
        done = subprocess.run(asked, capture_output=True, check=False)  # noqa: S603  of ENGINES
        return done.returncode == 0

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603  our own arguments
            [self.engine, *arguments],
            env={**os.environ, "PGPASSWORD": self._password},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
            raise DatabaseFailed(f"`{self.engine} {arguments[0]}` has failed: {said[0]}")
        return done.stdout


def _works(name: str) -> bool:
    done = subprocess.run([name, "info"], capture_output=True, check=False)  # noqa: S603  of ENGINES
    return done.returncode == 0
