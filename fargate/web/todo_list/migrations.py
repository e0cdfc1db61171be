"""The schema: the numbered files of `migrations/`, each applied once, in order, at start."""

import hashlib
import logging
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from .database import SETTINGS, DatabaseUnavailable

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x70D0  # of PostgreSQL's advisory locks; whoever holds it migrates
PAUSE = 0.5  # seconds between two attempts to connect
APPLIED = """
CREATE TABLE IF NOT EXISTS migrations (
    name text PRIMARY KEY,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""

logger = logging.getLogger(__name__)


class MigrationChanged(Exception):
    """A file is not what it was when it was applied; a change belongs into a new file."""


@dataclass(frozen=True, slots=True)
class Migration:
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrate(conninfo: str, seconds: float, folder: Path = FOLDER) -> None:
    """Wait up to `seconds` for PostgreSQL, then bring its tables up to date."""
    migrations = [Migration(file.name, file.read_text()) for file in sorted(folder.glob("*.sql"))]
    # One transaction: a start that fails half-way leaves the tables as they were.
    with connect(conninfo, seconds) as connection:
        # Two servers that start at once: the second finds everything applied.
        connection.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        connection.execute(APPLIED)
        for migration in migrations:
            _apply(connection, migration)


def connect(conninfo: str, seconds: float) -> psycopg.Connection:
    """Connect as soon as PostgreSQL lets us in."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return psycopg.connect(conninfo, **SETTINGS)
        except psycopg.OperationalError as error:
            if time.monotonic() >= deadline:
                reason = " ".join(str(error).split())
                raise DatabaseUnavailable(f"no database after {seconds} s: {reason}") from error
            time.sleep(PAUSE)


def _apply(connection: psycopg.Connection, migration: Migration) -> None:
    found = connection.execute(
        "SELECT sha256 FROM migrations WHERE name = %s", [migration.name]
    ).fetchone()
    if found is None:
        connection.execute(migration.sql.encode())
        connection.execute(
            "INSERT INTO migrations (name, sha256) VALUES (%s, %s)",
            [migration.name, migration.sha256],
        )
        logger.info("applied migration %s", migration.name)
    elif found[0] != migration.sha256:
        raise MigrationChanged(f"{migration.name} has changed since it was applied")
