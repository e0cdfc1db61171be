"""Outlives `make run`: when that is killed, ends the processes that it leaves behind.

Run as a script with a pipe as its input: `+<group>` and `-<group>` lines tell the process groups
to end when the pipe closes; its first argument names a file to delete then, the others are a
command to run at last, which removes containers. The pipe closes however its
writer ends, SIGKILL included, on every system. Linux's parent-death signal would do this only
there, and without the SIGTERM that the emulator needs to save its state.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PATIENCE_SECONDS = 8.0


def main() -> None:
    groups: set[int] = set()
    for line in sys.stdin:
        sign, group = line[0], int(line[1:])
        groups = groups | {group} if sign == "+" else groups - {group}
    Path(sys.argv[1]).unlink(missing_ok=True)
    _end(groups)
    if sys.argv[2:]:
        subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL, check=False)  # noqa: S603  told by us


def _end(groups: set[int]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    alive = {group for group in groups if send(group, signal.SIGTERM)}
    while alive and time.monotonic() < deadline:
        time.sleep(0.1)
        alive = {group for group in alive if send(group, 0)}
    for group in alive:
        send(group, signal.SIGKILL)


def send(group: int, number: int) -> bool:
    """Signal a process group; whether there is one (0 only asks)."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
