"""Task definitions of tiny services: two that answer HTTP, and a worker that does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from local.ecs.taskdefinition import Container, TaskDefinition

if TYPE_CHECKING:
    from pathlib import Path

SERVER = """
import json, os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.endswith("slow"):
            print("slow", flush=True)
            time.sleep(0.5)
        said = {"pid": os.getpid(), "name": sys.argv[1], "environment": dict(os.environ)}
        body = json.dumps(said).encode()
        self.send_response(500 if "ill" in sys.argv else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
address = os.environ["GUNICORN_CMD_ARGS"].removeprefix("--bind=").split(":")
print("listening", flush=True)
if "broken" in sys.argv:
    sys.exit("this is why")
ThreadingHTTPServer((address[0], int(address[1])), Handler).serve_forever()
"""
WORKER = """
import os, signal, sys, time
def stop(*_):
    print("stopped", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print("GUNICORN_CMD_ARGS" in os.environ, os.environ["OF_THE_TASK"], flush=True)
if "broken" in sys.argv:
    sys.exit("this is why")
time.sleep(60)
"""
ROLE = "arn:aws:iam::000000000000:role/task"


def definition(revision: int = 1, *options: str, **changes: Any) -> TaskDefinition:
    """Two containers, as in the template; options change how the main one behaves."""
    containers = tuple(
        Container(
            name=name,
            image=f"registry/{name}:local",
            essential=True,
            command=("python", "server.py", name, *(options if name == "main" else ())),
            environment={"OF_THE_TASK": name},
            stop_timeout=5,
            listens=True,
        )
        for name in ("main", "files")
    )
    return replace(TaskDefinition(f"task:{revision}", ROLE, containers), **changes)


def with_worker(folder: Path, *options: str) -> TaskDefinition:
    """A third container: the files image with another command, and nothing that listens."""
    (folder / "services" / "files" / "worker.py").write_text(WORKER)
    worker = Container(
        name="worker",
        image="registry/files:local",
        essential=True,
        command=("python", "worker.py", *options),
        environment={"OF_THE_TASK": "worker"},
        stop_timeout=5,
        listens=False,
    )
    usual = definition()
    return replace(usual, containers=(*usual.containers, worker))
