"""`reset`: forget the local data."""

import shutil

from local.lock import locked
from local.settings import Settings

# What a run makes in its folder, besides the lock.
MADE = ("home", "logs", "outputs.draft", "outputs.json", "state", "tmp")


def reset(settings: Settings) -> None:
    """Delete what runs have made; refused while the application runs, and in a foreign folder."""
    with locked(settings.folder, patience=0):
        for path in (settings.folder / name for name in MADE):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
