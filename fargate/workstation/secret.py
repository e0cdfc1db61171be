"""Secrets of this machine."""

import secrets
from pathlib import Path


def kept(file: Path) -> str:
    """What the file holds, the same at each start; nobody else may read it."""
    # One that is empty is of a start that was interrupted.
    if not file.exists() or not file.read_text():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    return file.read_text().strip()
