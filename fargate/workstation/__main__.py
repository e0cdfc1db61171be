"""`make fargate-run`: the application's production server beside a PostgreSQL of its own."""

import fcntl
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from fargate.workstation import secret
from fargate.workstation.containers import Container
from fargate.workstation.database import Database, DatabaseFailed, DatabaseMissing
from fargate.workstation.postgres import Postgres, programs

REPOSITORY = Path(__file__).parents[2]
WEB = REPOSITORY / "fargate" / "web"
INSTALLER = REPOSITORY / "scripts" / "postgresql"
HOST = "127.0.0.1"
LAST_PORT = 65535
PAUSES = (0.2, 2)  # seconds between two looks, before it answers and after


class PortTaken(Exception):
    """Another program listens there; the text says what to set."""


class SettingRefused(Exception):
    """A variable cannot be used, or not now; the text says which and why."""


def main() -> int:
    folder = Path(os.environ.get("LOCAL_DIR") or REPOSITORY / ".local").resolve() / "fargate"
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    try:
        port = port_of(os.environ.get("FARGATE_PORT") or "5000")
        check(port)
        with alone(folder):
            return run(folder, port, stop)
    except (PortTaken, SettingRefused, DatabaseMissing, DatabaseFailed) as trouble:
        say(str(trouble), sys.stderr)
        return 1


def run(folder: Path, port: int, stop: threading.Event) -> int:
    database = find(folder)
    database.start()
    try:
        return serve(database, folder, port, stop)
    finally:
        database.stop()


def port_of(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= LAST_PORT:
        raise SettingRefused(f"FARGATE_PORT is {text!r}: it must be a number up to {LAST_PORT}.")
    return int(text)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder: two that start at once would both make its database."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("a")
    except OSError as error:
        raise SettingRefused(f"{folder} (LOCAL_DIR) cannot be used: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingRefused(
                f"It is running on {folder} already: stop it, or set LOCAL_DIR for a second one."
            ) from None
        yield


def find(folder: Path) -> Database:
    """PostgreSQL of this machine's packages, or in a container."""
    try:
        programs()
    except DatabaseMissing:
        if container := Container.find(folder, free_port()):
            return container
        install()
    return Postgres(folder, free_port())


def install() -> None:
    """Have root's apt-get bring PostgreSQL; elsewhere nothing is installed for anybody."""
    if os.geteuid() or not shutil.which("apt-get"):
        raise DatabaseMissing(
            "PostgreSQL is needed: apt-get install postgresql (or your system's package), "
            "or start docker or podman."
        )
    if subprocess.run([INSTALLER], check=False).returncode:  # noqa: S603  our own script
        raise DatabaseMissing("PostgreSQL is needed, and apt-get could not install it.")


def serve(database: Database, folder: Path, port: int, stop: threading.Event) -> int:
    """Run the server until it is told to stop, or ends by itself; the exit code."""
    key = secret.kept(folder / "secret-key")
    environment = {**os.environ, **database.environment, "SECRET_KEY": key}
    command = [str(Path(sys.executable).parent / "gunicorn"), "--bind", f"{HOST}:{port}"]
    # A session of its own: Ctrl-C must not reach it beside our SIGTERM.
    server = subprocess.Popen(  # noqa: S603  our own arguments
        [*command, "todo_list.wsgi:app"], cwd=WEB, env=environment, start_new_session=True
    )
    try:
        return attend(server, database, port, stop)
    finally:
        if server.poll() is None:
            server.terminate()
            server.wait()


def attend(
    server: "subprocess.Popen[bytes]", database: Database, port: int, stop: threading.Event
) -> int:
    told = False
    while server.poll() is None:
        if not database.runs():
            raise DatabaseFailed("PostgreSQL has ended by itself.")
        if not told and answers(port):
            say(f"To-Do List Manager: http://{HOST}:{port}/ (Ctrl-C stops it and keeps the data)")
            told = True
        if stop.wait(PAUSES[told]):
            return 0
    return server.returncode or 1


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=1)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def check(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise PortTaken(
                f"Port {port} is taken by another program: FARGATE_PORT=5001 make fargate-run"
            ) from None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def say(text: str, stream: TextIO = sys.stdout) -> None:
    stream.write(text + "\n")
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())
