"""The schema comes about once, whole, and in order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from todo_list.migrations import MigrationChanged, migrate

from fargate.workstation.postgres import Postgres
from tests.fargate.databases import conninfo_of
from tests.fargate.servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def own_postgres(folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL that nobody else uses."""
    postgres = Postgres(folder / "migrated", free_port())
    postgres.start()
    yield postgres
    postgres.stop()


@pytest.fixture
def conninfo(own_postgres: Postgres) -> str:
    """An empty database, as the application's own role finds it."""
    conninfo = conninfo_of(own_postgres)
    with psycopg.connect(conninfo) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return conninfo


def applied(conninfo: str) -> list[str]:
    with psycopg.connect(conninfo) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM migrations ORDER BY name")]


def tables(conninfo: str) -> list[str]:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    with psycopg.connect(conninfo) as connection:
        return [row[0] for row in connection.execute(query)]


def test_two_starts_at_once_apply_each_migration_once(conninfo: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(migrate, conninfo, 5) for _ in range(4)]:
            done.result()

    assert applied(conninfo) == ["0001_tasks.sql"]
    assert tables(conninfo) == ["migrations", "tasks"]


def test_what_is_new_is_applied_to_what_is_there(conninfo: str, tmp_path: Path) -> None:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (n integer);")
    migrate(conninfo, 5, tmp_path)
    (tmp_path / "0002_second.sql").write_text("ALTER TABLE first ADD m integer;")

    migrate(conninfo, 5, tmp_path)

    assert applied(conninfo) == ["0001_first.sql", "0002_second.sql"]


def test_a_migration_that_fails_leaves_nothing_behind(conninfo: str, tmp_path: Path) -> None:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (n integer);")
    (tmp_path / "0002_second.sql").write_text("CREATE TABLE second (n integer); SELECT 1/0;")

    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(conninfo, 5, tmp_path)

    assert tables(conninfo) == []


def test_a_migration_that_was_applied_may_not_change(conninfo: str, tmp_path: Path) -> None:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (n integer);")
    migrate(conninfo, 5, tmp_path)
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (n bigint);")

    with pytest.raises(MigrationChanged, match=r"0001_first\.sql has changed since"):
        migrate(conninfo, 5, tmp_path)


def test_the_database_itself_refuses_an_unfit_title(conninfo: str) -> None:
    migrate(conninfo, 5)

    with psycopg.connect(conninfo) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(
            "INSERT INTO tasks (id, title, important) VALUES (%s, %s, false)", [uuid4(), "x" * 201]
        )
