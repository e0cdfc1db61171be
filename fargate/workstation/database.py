"""What a database on this machine is, wherever it comes from."""

from typing import Protocol

NAME = "todo"
ROLE = "todo"


class DatabaseMissing(Exception):
    """There is no PostgreSQL to be had; the text says what to install."""


class DatabaseFailed(Exception):
    """It does not start, or not stop; the text says what it said."""


class Database(Protocol):
    def start(self) -> None:
        """Start it and wait until it answers."""

    def stop(self) -> None:
        """End it; its data stay."""

    @property
    def environment(self) -> dict[str, str]:
        """What the application has to know to find it."""
