"""A PostgreSQL of our own, from the packages of this machine."""

import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from fargate.workstation.database import NAME, ROLE, DatabaseFailed, DatabaseMissing

# Where packages put the programs, besides the PATH: Debian, Fedora, Homebrew.
FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)
# As the database's container has it on AWS: passwords are asked for here, too.
INITDB = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--data-checksums")
SECONDS = 60  # to start, and to stop


def programs() -> Path:
    """The folder of the newest PostgreSQL's programs."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    found += [folder for pattern in FOLDERS for folder in Path("/").glob(pattern)]
    complete = [folder for folder in found if (folder / "initdb").is_file()]
    if not complete:
        raise DatabaseMissing(
            "PostgreSQL is needed: apt-get install postgresql (or your system's package), "
            "or start docker or podman."
        )
    return max(complete, key=_release)


def _release(folder: Path) -> int:
    numbers = re.findall(r"\d+", str(folder))
    return int(numbers[0]) if numbers else 0


def _user() -> str | None:
    """Whom PostgreSQL runs as, if not ourselves: it refuses root."""
    if os.geteuid():
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise DatabaseMissing(
            "PostgreSQL does not run as root, and there is no user postgres: "
            "useradd --system postgres, or run this as somebody else."
        ) from None


@dataclass
class Postgres:
    """A cluster in `folder`, listening on 127.0.0.1 only."""

    folder: Path
    port: int
    password: str = field(default="", repr=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it, once it has its files, and wait until it answers."""
        if not self._data.exists():
            self._create()
        self.password = self._secret.read_text()
        with (self.folder / "log").open("ab") as log:
            # No socket beside the port: its folder would have to be everybody's.
            options = ["-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
            self._process = self._spawn(["postgres", "-D", str(self._data), *options], log)
        deadline = time.monotonic() + SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise DatabaseFailed(f"PostgreSQL does not start: {self._last_words()}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it, by the signal that the container's image stops it with, or another."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait(SECONDS)
            self._process = None

    @property
    def environment(self) -> dict[str, str]:
        """What the application has to know to find it."""
        return {"DATABASE_PORT": str(self.port), "DATABASE_PASSWORD": self.password}

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _secret(self) -> Path:
        return self.folder / "password"

    def _create(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._secret.touch(mode=0o600)
        self._secret.write_text(secrets.token_urlsafe(24))
        if user := _user():
            shutil.chown(self.folder, user)
            shutil.chown(self._secret, user)
        new = self.folder / "new"  # until it is complete
        shutil.rmtree(new, ignore_errors=True)
        with (self.folder / "log").open("ab") as log:
            secret = f"--pwfile={self._secret}"
            self._run(["initdb", *INITDB, f"--username={ROLE}", secret, str(new)], log)
            statement = f"CREATE DATABASE {NAME}".encode()
            self._run(["postgres", "--single", "-D", str(new), "postgres"], log, statement)
        new.rename(self._data)

    def _run(self, command: Sequence[str], log: IO[bytes], typed: bytes = b"") -> None:
        process = self._spawn(command, log, subprocess.PIPE)
        process.communicate(typed)
        if process.returncode:
            raise DatabaseFailed(f"{command[0]} has failed: {self._last_words()}")

    def _spawn(
        self, command: Sequence[str], log: IO[bytes], stdin: int = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603  PostgreSQL's own programs
                [programs() / command[0], *command[1:]],
                cwd="/",
                env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
                stdin=stdin,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=_user(),
                extra_groups=None if _user() is None else [],
                start_new_session=True,  # Ctrl-C is for the application first
            )
        except PermissionError as error:
            raise DatabaseFailed(f"{command[0]} cannot be started: {error}") from None

    def _answers(self) -> bool:
        asked = [f"{programs()}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(asked, check=False).returncode == 0  # noqa: S603  as above

    def _last_words(self) -> str:
        lines = (self.folder / "log").read_text(errors="replace").splitlines()
        return " ".join(line.strip() for line in lines[-3:]) or "it said nothing"
