"""`reset`: forget the local data."""

import shutil

from local.lock import locked
from local.settings import Settings


def reset(settings: Settings) -> None:
    """Delete everything in the folder but the lock; refused while the application runs."""
    with locked(settings.folder, patience=0):
        for entry in settings.folder.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != "lock":
                entry.unlink()
