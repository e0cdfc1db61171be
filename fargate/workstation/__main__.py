"""`make fargate-run`: the application's production server beside a PostgreSQL of its own."""

import fcntl
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from fargate.workstation.containers import Container
from fargate.workstation.database import Database, DatabaseFailed, DatabaseMissing
from fargate.workstation.postgres import Postgres, programs

REPOSITORY = Path(__file__).parents[2]
WEB = REPOSITORY / "fargate" / "web"
HOST = "127.0.0.1"
LAST_PORT = 65535


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
        raise
    return Postgres(folder, free_port())


def serve(database: Database, folder: Path, port: int, stop: threading.Event) -> int:
    """Run the server until it is told to stop, or ends by itself; the exit code."""
    environment = {**os.environ, **database.environment, "SECRET_KEY": secret_key(folder)}
    command = [str(Path(sys.executable).parent / "gunicorn"), "--bind", f"{HOST}:{port}"]
    # A session of its own: Ctrl-C must not reach it beside our SIGTERM.
    server = subprocess.Popen(  # noqa: S603  our own arguments
        [*command, "todo_list.wsgi:app"], cwd=WEB, env=environment, start_new_session=True
    )
    say(f"To-Do List Manager: http://{HOST}:{port}/ (Ctrl-C stops it and keeps the data)")
    while server.poll() is None and not stop.wait(0.2):
        pass
    if server.poll() is None:
        server.terminate()
        server.wait()
        return 0
    return server.returncode or 1


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


def secret_key(folder: Path) -> str:
    """The same at each start, or pages that are open would be refused."""
    file = folder / "secret-key"
    # One that is empty is of a start that was interrupted.
    if not file.exists() or not file.read_text():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    return file.read_text()


def say(text: str, stream: TextIO = sys.stdout) -> None:
    stream.write(text + "\n")
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())
