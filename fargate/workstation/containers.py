"""A PostgreSQL in a container, where an engine is there and no package."""

import json
import secrets
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from fargate.workstation.database import NAME, ROLE, DatabaseFailed

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
    password: str = field(default="", repr=False)
    name: str = "todo-list-fargate"  # of the volume, too: one writer here as well
    _id: str = ""

    @classmethod
    def find(cls, folder: Path, port: int) -> "Container | None":
        for name in ENGINES:
            if shutil.which(name) and _works(name):
                return cls(name, folder, port)
        return None

    def start(self) -> None:
        secret = self.folder / "container-password"
        if not secret.exists() or not secret.read_text():
            self.folder.mkdir(parents=True, exist_ok=True)
            secret.touch(mode=0o600)
            secret.write_text(secrets.token_urlsafe(24))
        self.password = secret.read_text()
        settings = {
            "POSTGRES_USER": ROLE,
            "POSTGRES_DB": NAME,
            "POSTGRES_PASSWORD": self.password,
            "POSTGRES_INITDB_ARGS": "--auth=scram-sha-256 --data-checksums",
            "PGDATA": "/var/lib/postgresql/data/pgdata",
        }
        options = [word for name, text in settings.items() for word in ("--env", f"{name}={text}")]
        options += ["--publish", f"127.0.0.1:{self.port}:5432"]
        options += ["--volume", f"{self.name}:/var/lib/postgresql/data", "--user", USER]
        self._id = self._run(
            "run", "--detach", "--rm", "--name", self.name, *options, IMAGE
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

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_PORT": str(self.port), "DATABASE_PASSWORD": self.password}

    def _answers(self) -> bool:
        # By the address, not the socket: while it makes its files only that one is open.
        asked = [self.engine, "exec", self._id, "pg_isready", "-q", "-h", "127.0.0.1"]
        done = subprocess.run(asked, capture_output=True, check=False)  # noqa: S603  of ENGINES
        return done.returncode == 0

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603  our own arguments
            [self.engine, *arguments], capture_output=True, text=True, check=False
        )
        if done.returncode:
            said = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
            raise DatabaseFailed(f"`{self.engine} {arguments[0]}` has failed: {said[0]}")
        return done.stdout


def _works(name: str) -> bool:
    done = subprocess.run([name, "info"], capture_output=True, check=False)  # noqa: S603  of ENGINES
    return done.returncode == 0
