"""The database, as the application's own role reaches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.conninfo import make_conninfo

if TYPE_CHECKING:
    from fargate.workstation.postgres import Postgres


def conninfo_of(postgres: Postgres) -> str:
    return make_conninfo(
        host="127.0.0.1",
        port=postgres.port,
        user="todo",
        dbname="todo",
        password=postgres.password,
    )
