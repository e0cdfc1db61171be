"""PostgreSQL: connections that come back by themselves after it was away."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

CONNECTIONS = 8  # a thread has one only while it works with it; PATIENCE is for the others
# Seconds. The pool waits twice as long before each further attempt, and begins anew after the
# last: a long absence must not make the way back long.
LAST_ATTEMPT = 3
PATIENCE = 3
SETTINGS: dict[str, Any] = {
    "connect_timeout": 3,
    "application_name": "todo_list",
    # Milliseconds: no request waits longer for a lock or an answer.
    "options": "-c statement_timeout=5000 -c lock_timeout=3000 -c timezone=UTC",
}


class DatabaseUnavailable(Exception):
    """PostgreSQL does not answer, or not in time."""


class Database:
    def __init__(self, conninfo: str) -> None:
        self._pool = ConnectionPool(
            conninfo,
            kwargs=SETTINGS,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=PATIENCE,
            reconnect_timeout=LAST_ATTEMPT,
            # A connection that has died while it waited is replaced before it is used.
            check=ConnectionPool.check_connection,
            open=False,
        )

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection]:
        """A connection; what is done with it is done as a whole, or not at all."""
        # Not before the first request: a server's fork takes no threads along.
        self._pool.open()
        try:
            with self._pool.connection() as connection:
                yield connection
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise DatabaseUnavailable from error

    def close(self) -> None:
        self._pool.close()

    def answers(self) -> bool:
        try:
            with self.transaction() as connection:
                connection.execute("SELECT 1")
        except DatabaseUnavailable:
            return False
        return True
