"""`make fargate-run`: the application's production server beside a PostgreSQL of its own."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TextIO

from fargate.workstation.containers import Container
from fargate.workstation.database import Database, DatabaseFailed, DatabaseMissing
from fargate.workstation.postgres import Postgres, programs

REPOSITORY = Path(__file__).parents[2]
WEB = REPOSITORY / "fargate" / "web"
HOST = "127.0.0.1"


class PortTaken(Exception):
    """Another program listens there; the text says what to set."""


def main() -> int:
    port = int(os.environ.get("FARGATE_PORT") or "5000")
    folder = Path(os.environ.get("LOCAL_DIR") or REPOSITORY / ".local").resolve() / "fargate"
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    try:
        check(port)
        database = find(folder)
        database.start()
    except (PortTaken, DatabaseMissing, DatabaseFailed) as trouble:
        say(str(trouble), sys.stderr)
        return 1
    try:
        return serve(database, folder, port, stop)
    finally:
        database.stop()


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
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    return file.read_text()


def say(text: str, stream: TextIO = sys.stdout) -> None:
    stream.write(text + "\n")
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())
