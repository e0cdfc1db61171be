"""Child processes, each in a session of its own, so that Ctrl-C at the terminal spares them."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from local import guard, lock
from local.terminal import complain


class Guard:
    """The process that ends the others when this one is killed."""

    def __init__(
        self, leftover: Path, lock: int | None = None, last_command: Sequence[str] = ()
    ) -> None:
        """`leftover` is deleted at the end; `lock` is the descriptor of the folder's lock.

        The last command runs when all that is watched has ended.

        The guard and all that it watches hold the lock: whatever of a run is left, even without a
        guard, keeps the next one from starting on the same data.
        """
        self._command = [sys.executable, "-I", guard.__file__, str(leftover), *last_command]
        self._lock = lock
        self._groups: set[int] = set()
        self._closed = False
        self._process = self._start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def held(self) -> tuple[int, ...]:
        """The descriptors that a child is to hold."""
        return () if self._lock is None else (self._lock,)

    def watch(self, group: int) -> None:
        self._groups.add(group)
        self._write(f"+{group}\n")

    def forget(self, group: int) -> None:
        self._groups.discard(group)
        self._write(f"-{group}\n")

    def close(self) -> None:
        self._closed = True
        self._end()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  our own file
            self._command,
            stdin=subprocess.PIPE,
            bufsize=0,  # nothing is left to be written when the guard is gone
            pass_fds=self.held,
            start_new_session=True,
        )

    def _end(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def _write(self, line: str) -> None:
        if self._closed:
            return
        if self._lock is not None:
            lock.note(self._lock, self._groups)
        try:
            self._tell(line)
        except BrokenPipeError:
            complain("The guard, which ends what a killed run leaves, has ended: a new one starts.")
            self._end()
            self._process = self._start()
            self._tell("".join(f"+{group}\n" for group in self._groups))

    def _tell(self, lines: str) -> None:
        if self._process.stdin:
            self._process.stdin.write(lines.encode())


@dataclass(frozen=True)
class Program:
    """A running child and everything it has started."""

    process: asyncio.subprocess.Process
    guard: Guard

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        *,
        guard: Guard,
        folder: Path,
        environment: Mapping[str, str],
        log: Path,
    ) -> "Program":
        """Start `command` with exactly this environment; its output is added to the log file."""
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=folder,
                env=dict(environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                pass_fds=guard.held,
            )
        guard.watch(process.pid)
        return cls(process, guard)

    async def ended(self) -> int:
        """Wait for the end; the exit code, negative when a signal was the cause."""
        return await self.process.wait()

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.process.pid)

    async def stop(self, patience: float) -> None:
        """SIGTERM, `patience` seconds to finish, SIGKILL for whatever is left of the group."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), patience)
        self.kill()
        await self.process.wait()

    def kill(self) -> None:
        """End the group at once: an ended leader may have left workers behind."""
        guard.send(self.process.pid, signal.SIGKILL)
        self.guard.forget(self.process.pid)


def cpu_seconds(pid: int) -> float:
    """What a process and all that it has started have used of a processor so far."""
    seconds = 0.0
    with suppress(psutil.NoSuchProcess):
        leader = psutil.Process(pid)
        for process in (leader, *leader.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                seconds += sum(process.cpu_times()[:4])
    return seconds
