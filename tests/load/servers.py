"""The processes of the bench: what is measured, what answers it, and how much of a core it has."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil

from local.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
DEV = Path(sys.executable).parent
MEASURED_CORE, OTHER_CORE = 0, -1  # the last core: stub and load
QUARTER, PERIOD = 25_000, 100_000  # microseconds
START_SECONDS = 60


@dataclass
class Server:
    """A running server and its processes."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    seconds_to_first_answer: float = 0.0
    _parts: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        times = [process.cpu_times() for process in self._processes()]
        return sum(found.user + found.system for found in times)

    def memory_mb(self) -> float:
        """Proportional: what processes share counts once."""
        full = [process.memory_full_info() for process in self._processes()]
        return sum(float(found.pss) for found in full) / 1e6

    def log_bytes(self) -> int:
        return self.log.stat().st_size

    def stop(self) -> None:
        """Again does no harm."""
        self._parts.close()  # before the end: nothing may stay halted
        if self.process.returncode is not None:
            return
        for process in reversed(self._processes()):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()

    def _processes(self) -> list[psutil.Process]:
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]


class Quota:
    """A quarter of a core: by a control group where that may be made, else by halting the processes
    for three quarters of the time."""

    def __init__(self) -> None:
        self.folder = self._group()
        self.how = "control group" if self.folder else "halted 75 ms of every 100 ms"

    def close(self) -> None:
        if self.folder:
            with suppress(OSError):
                self.folder.rmdir()

    def command(self, command: list[str]) -> list[str]:
        """The command, started inside of the group."""
        if not self.folder:
            return command
        enter = f'echo $$ >{self.folder}/cgroup.procs && exec "$@"'
        return ["sh", "-c", enter, "sh", *command]

    def watch(self, server: Server, parts: ExitStack) -> None:
        if self.folder:
            return
        ended = threading.Event()
        halting = threading.Thread(target=_halt, args=(server, ended))
        halting.start()
        parts.callback(halting.join)
        parts.callback(ended.set)

    def _group(self) -> Path | None:
        name = f"todo-bench-{os.getpid()}"
        with suppress(OSError):
            folder = Path("/sys/fs/cgroup/cpu") / name  # version 1
            folder.mkdir()
            (folder / "cpu.cfs_period_us").write_text(str(PERIOD))
            (folder / "cpu.cfs_quota_us").write_text(str(QUARTER))
            return folder
        with suppress(OSError):
            folder = Path("/sys/fs/cgroup") / name  # version 2
            folder.mkdir()
            (folder / "cpu.max").write_text(f"{QUARTER} {PERIOD}")
            return folder
        return None


def _halt(server: Server, ended: threading.Event) -> None:
    group = os.getpgid(server.process.pid)
    while not ended.is_set():
        os.killpg(group, signal.SIGSTOP)
        time.sleep((PERIOD - QUARTER) / 1e6)
        os.killpg(group, signal.SIGCONT)
        time.sleep(QUARTER / 1e6)


class Servers:
    """Starts them, each on a port of its own, and stops what is left."""

    def __init__(self, folder: Path, settings: Mapping[str, str], keys: Path) -> None:
        self._folder, self._running = folder, ExitStack()
        self._environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **settings}
        # A copy, as the image has one: with its bytecode, and without what is being edited.
        self._service = folder / "main"
        shutil.copytree(ROOT / "services/main", self._service)
        self.stub = self._stub(keys)
        self._environment["AWS_ENDPOINT_URL"] = self.stub.url
        self._environment["JWKS_URL"] = f"{self.stub.url}/jwks.json"

    def close(self) -> None:
        self._running.close()

    def ours(self, quota: Quota | None = None) -> Server:
        port = free_port()
        command = [str(ROOT / ".venv/main/bin/gunicorn"), "main_service.wsgi:app"]
        bind = {"GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{port}"}
        return self._start(command, port, "/health", quota, self._service, bind)

    def original(self, quota: Quota | None = None) -> Server:
        port = free_port()
        command = [f"{DEV}/python", str(HERE / "baseline/app.py"), str(port)]
        return self._start(command, port, "/", quota)

    def floor(self) -> Server:
        port = free_port()
        command = [f"{DEV}/granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(port), "--blocking-threads", "8", "--no-ws"]
        command += ["--log-level", "warning", "tests.load.floor:app"]
        return self._start(command, port, "/me/todos/1", None)

    def delay(self, seconds: float) -> None:
        """How long the stub takes for an answer from now on."""
        httpx.put(self.stub.url, content=str(seconds))

    def _stub(self, keys: Path) -> Server:
        port = free_port()
        command = [f"{DEV}/python", str(HERE / "stub.py"), str(port), str(keys)]
        return self._start(command, port, "/", None, core=OTHER_CORE)

    def _start(
        self,
        command: list[str],
        port: int,
        path: str,
        quota: Quota | None,
        folder: Path = ROOT,
        more: Mapping[str, str] | None = None,
        *,
        core: int = MEASURED_CORE,
    ) -> Server:
        log = self._folder / f"{port}.log"
        started = time.perf_counter()
        with log.open("wb") as output:
            process = subprocess.Popen(
                quota.command(command) if quota else command,
                cwd=folder,
                env={**self._environment, **(more or {})},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        psutil.Process(process.pid).cpu_affinity([sorted(os.sched_getaffinity(0))[core]])
        server = Server(process, port, log)
        self._running.callback(server.stop)
        if quota:
            quota.watch(server, server._parts)  # noqa: SLF001 - ends with it
        _wait(server, path)
        server.seconds_to_first_answer = time.perf_counter() - started
        return server


def _wait(server: Server, path: str) -> None:
    last = time.monotonic() + START_SECONDS
    while not _answers(f"{server.url}{path}"):
        if server.process.poll() is not None or time.monotonic() > last:
            raise RuntimeError(f"no server: {server.log.read_text()[-2000:]}")
        time.sleep(0.005)


def _answers(url: str) -> bool:
    try:
        httpx.get(url, timeout=10)
    except httpx.TransportError:
        return False
    return True
