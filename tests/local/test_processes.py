"""Children: how they are stopped, and that none outlives a run that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from local.lock import AlreadyRunning, locked
from local.processes import Guard, Program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.local.background import Background

# A server with a worker, which says so when both are there; it obeys SIGTERM unless told not to.
LEADER = """
import os, signal, subprocess, sys, time
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("worker", worker.pid, os.getcwd(), sorted(os.environ), flush=True)
time.sleep(600)
"""


@pytest.fixture
def guard(tmp_path: Path) -> Iterator[Guard]:
    guard = Guard(tmp_path / "leftover")
    yield guard
    guard.close()


@pytest.fixture
def start(background: Background, guard: Guard, tmp_path: Path) -> Callable[..., Program]:
    def started(*arguments: str) -> Program:
        program = background.run(
            Program.start(
                [sys.executable, "-c", LEADER, *arguments],
                guard=guard,
                folder=tmp_path,
                environment={"ONLY": "this"},
                log=tmp_path / "log",
            )
        )
        background.closing(lambda: program.stop(0))
        return program

    return started


def worker_of(log: Path) -> psutil.Process:
    deadline = time.monotonic() + 20
    while not (log.exists() and log.read_text().endswith("\n")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return psutil.Process(int(log.read_text().split()[1]))


def killed(guard: Guard) -> None:
    process = psutil.Process(guard.pid)
    process.kill()
    gone(process)


def gone(process: psutil.Process) -> bool:
    """Whether it ends soon; a dead one that nobody has collected yet counts."""
    deadline = time.monotonic() + 20
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_a_child_gets_just_its_environment_and_a_session_of_its_own(
    start: Callable[..., Program], tmp_path: Path
) -> None:
    program = start()

    worker_of(tmp_path / "log")

    said = (tmp_path / "log").read_text()
    assert str(tmp_path) in said
    assert "ONLY" in said
    assert "HOME" not in said
    assert os.getsid(program.process.pid) == program.process.pid


@pytest.mark.parametrize(
    ("arguments", "code"), [([], -signal.SIGTERM), (["stubborn"], -signal.SIGKILL)]
)
def test_stopping_ends_the_whole_group(
    start: Callable[..., Program],
    background: Background,
    tmp_path: Path,
    arguments: list[str],
    code: int,
) -> None:
    program = start(*arguments)
    worker = worker_of(tmp_path / "log")

    background.run(program.stop(0.5))

    assert background.run(program.ended()) == code
    assert gone(worker)


def test_a_killed_run_leaves_nothing_behind(tmp_path: Path) -> None:
    run = textwrap.dedent(
        f"""
        import asyncio, pathlib, sys
        from local.processes import Guard, Program
        async def main():
            folder = pathlib.Path({str(tmp_path)!r})
            await Program.start([sys.executable, "-c", {LEADER!r}], folder=folder, environment={{}},
                                guard=Guard(folder / "leftover"), log=folder / "log")
            await asyncio.sleep(600)
        asyncio.run(main())
        """
    )
    with subprocess.Popen([sys.executable, "-c", run]) as killed:
        worker = worker_of(tmp_path / "log")
        leader = worker.parent()
        assert leader is not None
        (tmp_path / "leftover").write_text("x")
        killed.kill()

    assert gone(leader)
    assert gone(worker)
    assert not (tmp_path / "leftover").exists()


def test_a_killed_guard_is_replaced_once_and_the_new_one_knows_all(tmp_path: Path) -> None:
    # Its own process is killed afterwards, so all of this happens in another one.
    run = textwrap.dedent(
        f"""
        import asyncio, os, pathlib, signal, sys, time
        from local.processes import Guard, Program
        async def start(guard, name):
            folder = pathlib.Path({str(tmp_path)!r})
            await Program.start([sys.executable, "-c", {LEADER!r}], folder=folder, environment={{}},
                                guard=guard, log=folder / name)
        async def main():
            guard = Guard(pathlib.Path({str(tmp_path / "leftover")!r}))
            await start(guard, "first")
            os.kill(guard.pid, signal.SIGKILL)
            time.sleep(0.2)
            await start(guard, "second")
            await start(guard, "third")
            await asyncio.sleep(600)
        asyncio.run(main())
        """
    )
    with subprocess.Popen([sys.executable, "-c", run], stderr=subprocess.PIPE, text=True) as killed:
        workers = [worker_of(tmp_path / name) for name in ("first", "second", "third")]
        killed.kill()
        assert killed.stderr
        said = killed.stderr.read().splitlines()

    assert all(gone(worker) for worker in workers)
    assert len(said) == 1
    assert "a new one starts" in said[0]


def test_stopping_without_a_guard_is_clean(
    start: Callable[..., Program], guard: Guard, background: Background, tmp_path: Path
) -> None:
    program = start()
    worker = worker_of(tmp_path / "log")
    killed(guard)

    background.run(program.stop(5))
    guard.close()

    assert gone(worker)


def test_what_outlives_run_and_guard_keeps_the_lock_and_is_named_in_it(tmp_path: Path) -> None:
    run = textwrap.dedent(
        f"""
        import asyncio, os, pathlib, signal, sys
        from local.lock import locked
        from local.processes import Guard, Program
        async def main():
            folder = pathlib.Path({str(tmp_path)!r})
            with locked(folder) as lock:
                guard = Guard(folder / "leftover", lock)
                await Program.start([sys.executable, "-c", {LEADER!r}], folder=folder,
                                    environment={{}}, guard=guard, log=folder / "log")
                print(guard.pid, flush=True)
                await asyncio.sleep(600)
        asyncio.run(main())
        """
    )
    with subprocess.Popen([sys.executable, "-c", run], stdout=subprocess.PIPE) as process:
        assert process.stdout
        os.kill(int(process.stdout.readline()), signal.SIGKILL)
        worker = worker_of(tmp_path / "log")
        process.kill()
    leader = worker.parent()
    assert leader is not None

    with pytest.raises(AlreadyRunning, match=f"kill -- -{leader.pid}$"), locked(tmp_path, 0):
        pass
    os.killpg(leader.pid, signal.SIGTERM)
    with locked(tmp_path, patience=5):
        pass


def test_the_guards_last_command_runs_when_all_it_watches_has_ended(tmp_path: Path) -> None:
    child = subprocess.Popen(["sleep", "600"], start_new_session=True)
    state = f"ps -o stat= -p {child.pid} >{tmp_path}/said"
    guard = Guard(tmp_path / "leftover", last_command=["/bin/sh", "-c", state])
    guard.watch(child.pid)

    guard.close()

    assert (tmp_path / "said").read_text().startswith("Z")  # it only waits for us
    child.wait()
