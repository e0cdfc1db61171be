"""A PostgreSQL of our own, from the packages of this machine."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from fargate.workstation import secret
from fargate.workstation.database import ASKED, SCRIPT, DatabaseFailed, DatabaseMissing

# Where packages put the programs, besides the PATH: Debian, Fedora, Homebrew.
FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)
SECONDS = 120  # to start, its files included, and to stop


def programs() -> Path:
    """The folder of the newest PostgreSQL's programs."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    found += [folder for pattern in FOLDERS for folder in Path("/").glob(pattern)]
    complete = [folder for folder in found if (folder / "initdb").is_file()]
    if not complete:
        raise DatabaseMissing("There are no programs of PostgreSQL.")
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
        self.password = secret.kept(self.folder / "password")
        if user := _user():
            shutil.chown(self.folder, user)
        self._process = self._spawn()
        deadline = time.monotonic() + SECONDS
        while not self._answers():
            if not self.runs() or time.monotonic() > deadline:
                self.stop()
                raise DatabaseFailed(f"PostgreSQL does not start: {self._last_words()}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it, by the signal that the container's image stops it with, or another."""
        if self._process:
            self._process.send_signal(how)
            try:
                self._process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                raise DatabaseFailed(f"PostgreSQL has not ended within {SECONDS} s.") from None
            self._process = None

    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def environment(self) -> dict[str, str]:
        """What the application has to know to find it."""
        return {"DATABASE_PORT": str(self.port), "DATABASE_PASSWORD": self.password}

    def _spawn(self) -> subprocess.Popen[bytes]:
        # No socket beside the port: its folder would have to be everybody's.
        options = ["-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        with (self.folder / "log").open("ab") as log:
            try:
                return subprocess.Popen(  # noqa: S603  our own script
                    ["/bin/sh", "-c", SCRIPT, "database", *options],
                    cwd="/",
                    env=self._surroundings(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    user=_user(),
                    extra_groups=None if _user() is None else [],
                    start_new_session=True,  # Ctrl-C is for the application first
                )
            except PermissionError as error:
                raise DatabaseFailed(f"PostgreSQL cannot be started: {error}") from None

    def _surroundings(self) -> dict[str, str]:
        return {
            "PATH": f"{programs()}:{os.environ['PATH']}",
            "LC_ALL": "C",
            "PGDATA": str(self.folder / "data"),
            "PGPASSWORD": self.password,
        }

    def _answers(self) -> bool:
        done = subprocess.run(  # noqa: S603  PostgreSQL's own program
            [programs() / ASKED[0], "-p", str(self.port), *ASKED[1:]],
            env=self._surroundings(),
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    def _last_words(self) -> str:
        lines = (self.folder / "log").read_text(errors="replace").splitlines()
        return " ".join(line.strip() for line in lines[-3:]) or "it said nothing"
