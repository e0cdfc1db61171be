"""One local stack a folder: two would write over each other's data."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# After a run that was killed, its guard holds the lock until the emulator has saved its state.
PATIENCE_SECONDS = 3.0


class AlreadyRunning(Exception):
    """Another process uses the folder; the text says what to do."""


@contextmanager
def locked(folder: Path, patience: float = PATIENCE_SECONDS) -> Iterator[int]:
    """Hold the folder's lock; gives its file descriptor. The system frees it with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as file:
        if not _try(file.fileno(), time.monotonic() + patience):
            raise AlreadyRunning(
                f"The application is running on {folder}. Stop it first (Ctrl-C in its terminal), "
                "or set LOCAL_DIR and LOCAL_PORT for a second one."
            )
        yield file.fileno()


def _try(descriptor: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        else:
            return True
