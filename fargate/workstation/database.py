"""What a database on this machine is, wherever it comes from."""

from pathlib import Path
from typing import Protocol

SCRIPT = (Path(__file__).parents[1] / "database.sh").read_text()
# As on AWS, and asked of PostgreSQL's port on this machine.
ASKED = ["psql", "-qXw", "-h", "127.0.0.1", "-U", "todo", "-d", "todo", "-c", "SELECT 1"]


class DatabaseMissing(Exception):
    """There is no PostgreSQL to be had; the text says what to install."""


class DatabaseFailed(Exception):
    """It does not start, or not stop; the text says what it said."""


class Database(Protocol):
    def start(self) -> None:
        """Start it and wait until it answers."""

    def stop(self) -> None:
        """End it; its data stay."""

    def runs(self) -> bool:
        """Whether it has not ended by itself."""

    @property
    def environment(self) -> dict[str, str]:
        """What the application has to know to find it."""
