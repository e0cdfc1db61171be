"""One local stack a folder: two would write over each other's data."""

import fcntl
import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

# After a run that was killed, its guard holds the lock until the emulator has saved its state.
PATIENCE_SECONDS = 3.0
NAME = "lock"
# `make fargate-run` keeps its data beside ours, and may have been first.
NEIGHBOUR = "fargate"


class AlreadyRunning(Exception):
    """Another process uses the folder; the text says what to do."""


class FolderRefused(Exception):
    """The folder cannot be used; the text says why."""


@contextmanager
def locked(folder: Path, patience: float = PATIENCE_SECONDS) -> Iterator[int]:
    """Hold the folder's lock; gives its file descriptor.

    The system frees it with the last process that has the descriptor.
    """
    _check_ours(folder)
    descriptor = _open(folder)
    try:
        if not _try(descriptor, time.monotonic() + patience):
            raise AlreadyRunning(_in_use(folder, descriptor))
        note(descriptor, ())
        yield descriptor
    finally:
        os.close(descriptor)


def note(descriptor: int, groups: Iterable[int]) -> None:
    """Write into the lock who holds it: this process, and the process groups it has started."""
    text = json.dumps({"process": os.getpid(), "groups": sorted(groups)}).encode()
    os.pwrite(descriptor, text, 0)
    os.ftruncate(descriptor, len(text))


def _check_ours(folder: Path) -> None:
    """A folder with other things in it is somebody's: `reset` would delete what is named alike."""
    try:
        found = {entry.name for entry in folder.iterdir()} if folder.exists() else set()
        if found - {NEIGHBOUR} and not (folder / NAME).is_file():
            raise FolderRefused(
                f"{folder} holds other files and no data of this application. "
                "Set LOCAL_DIR to an empty folder, or to a new one."
            )
    except OSError as error:
        raise _unusable(folder, error) from error


def _open(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise _unusable(folder, error) from error


def _unusable(folder: Path, error: OSError) -> FolderRefused:
    return FolderRefused(f"The folder {folder} (LOCAL_DIR) cannot be used: {error.strerror}.")


def _in_use(folder: Path, descriptor: int) -> str:
    """Who is in the way. Ending a group here would be unsafe: its number may be another's now."""
    try:
        holder = json.loads(os.pread(descriptor, 65536, 0))
        process, groups = int(holder["process"]), [int(group) for group in holder["groups"]]
    except (ValueError, TypeError, KeyError):
        process, groups = os.getpid(), []  # a lock of another making
    if groups and not _alive(process):
        named = " ".join(f"-{group}" for group in groups)
        return (
            f"A run on {folder} was killed and has left processes behind. "
            f"End them, then try again: kill -- {named}"
        )
    return (
        f"The application is running on {folder}. Stop it first (Ctrl-C in its terminal), "
        "or set LOCAL_DIR and LOCAL_PORT for a second one."
    )


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


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
