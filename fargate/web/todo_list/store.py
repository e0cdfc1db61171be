"""The tasks in PostgreSQL. Everything may be done twice with the effect of once."""

from typing import LiteralString
from uuid import UUID

from psycopg.rows import class_row

from .database import Database
from .tasks import Task

# What is to be done first stands first; what was done last, first of the rest.
ALL = (
    "SELECT id, title, important, completed_at, version FROM tasks"
    " ORDER BY completed_at IS NOT NULL, completed_at DESC, important DESC, created_at, id"
)
ONE = "SELECT id, title, important, completed_at, version FROM tasks WHERE id = %s"
LOCK = 0x70D1  # of PostgreSQL's advisory locks; whoever holds it may count and add


class TaskNotFound(Exception):
    """There is no such task, or no more."""


class TaskChanged(Exception):
    """Somebody else has changed it since it was shown."""


class TaskOpen(Exception):
    """It is not completed, so it is not deleted."""


class ListFull(Exception):
    """The list has as many tasks as it may have."""


class TaskStore:
    def __init__(self, database: Database, limit: int) -> None:
        self._database, self._limit = database, limit

    def all(self) -> list[Task]:
        return self._tasks(ALL, [])

    def find(self, task_id: UUID) -> Task:
        tasks = self._tasks(ONE, [task_id])
        if not tasks:
            raise TaskNotFound
        return tasks[0]

    def add(self, task_id: UUID, title: str, *, important: bool) -> None:
        """Add a task, unless this very one has been added before."""
        with self._database.transaction() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            added = connection.execute(
                "INSERT INTO tasks (id, title, important) SELECT %s, %s, %s"
                " WHERE (SELECT count(*) FROM tasks) < %s ON CONFLICT (id) DO NOTHING",
                [task_id, title, important, self._limit],
            )
            if added.rowcount:
                return
            known = connection.execute("SELECT FROM tasks WHERE id = %s", [task_id])
            if not known.rowcount:
                raise ListFull(self._limit)

    def change(self, task_id: UUID, version: int, title: str, *, important: bool) -> None:
        """Replace what is in it, if it is still the version that was shown."""
        with self._database.transaction() as connection:
            changed = connection.execute(
                "UPDATE tasks SET title = %s, important = %s, version = version + 1"
                " WHERE id = %s AND version = %s",
                [title, important, task_id, version],
            )
            if not changed.rowcount:
                found = connection.execute("SELECT FROM tasks WHERE id = %s", [task_id])
                raise TaskChanged if found.rowcount else TaskNotFound

    def complete(self, task_id: UUID) -> None:
        with self._database.transaction() as connection:
            done = connection.execute(
                "UPDATE tasks SET completed_at = coalesce(completed_at, now()),"
                " version = version + (completed_at IS NULL)::integer WHERE id = %s",
                [task_id],
            )
            if not done.rowcount:
                raise TaskNotFound

    def reopen(self, task_id: UUID) -> None:
        with self._database.transaction() as connection:
            done = connection.execute(
                "UPDATE tasks SET completed_at = NULL,"
                " version = version + (completed_at IS NOT NULL)::integer WHERE id = %s",
                [task_id],
            )
            if not done.rowcount:
                raise TaskNotFound

    def delete(self, task_id: UUID) -> None:
        """Delete a completed task; one that is gone already is no trouble."""
        with self._database.transaction() as connection:
            deleted = connection.execute(
                "DELETE FROM tasks WHERE id = %s AND completed_at IS NOT NULL", [task_id]
            )
            if not deleted.rowcount:
                found = connection.execute("SELECT FROM tasks WHERE id = %s", [task_id])
                if found.rowcount:
                    raise TaskOpen

    def delete_completed(self) -> int:
        """Delete all that are completed; how many they were."""
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM tasks WHERE completed_at IS NOT NULL").rowcount

    def _tasks(self, query: LiteralString, values: list[object]) -> list[Task]:
        with (
            self._database.transaction() as connection,
            connection.cursor(row_factory=class_row(Task)) as cursor,
        ):
            return cursor.execute(query, values).fetchall()
