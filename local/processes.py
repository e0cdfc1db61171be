"""Child processes, each in a session of its own, so that Ctrl-C at the terminal spares them."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local import guard


class Guard:
    """The process that ends the others when this one is killed."""

    def __init__(self, leftover: Path, *keep_open: int) -> None:
        """`leftover` is deleted at the end; `keep_open` are descriptors to hold until then."""
        command = [sys.executable, "-I", guard.__file__, str(leftover)]
        self._process = subprocess.Popen(  # noqa: S603  our own file
            command,
            stdin=subprocess.PIPE,
            text=True,
            bufsize=1,
            pass_fds=keep_open,
            start_new_session=True,
        )

    def watch(self, group: int) -> None:
        self._write(f"+{group}\n")

    def forget(self, group: int) -> None:
        self._write(f"-{group}\n")

    def close(self) -> None:
        self._process.communicate()

    def _write(self, line: str) -> None:
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.write(line)


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
            )
        guard.watch(process.pid)
        return cls(process, guard)

    async def ended(self) -> int:
        """Wait for the end; the exit code, negative when a signal was the cause."""
        return await self.process.wait()

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
