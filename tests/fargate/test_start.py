"""How the database starts: wherever a first start is cut short, the next one is usable."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import psycopg
import pytest

from fargate.workstation import postgres
from fargate.workstation.database import SCRIPT
from fargate.workstation.postgres import Postgres, programs
from tests.fargate.databases import conninfo_of
from tests.fargate.servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What stands before one of the programs, and ends the start.
CUTS = {
    "initdb begins": ("initdb", 'mkdir "$PGDATA.new"; echo 17 >"$PGDATA.new/PG_VERSION"; exit 1'),
    "a statement is refused": ("postgres", '{ echo nonsense; cat; } | "$REAL/postgres" "$@"'),
    "all is done but the password": ("mv", '/bin/mv "$@"; exit 1'),
}


@pytest.fixture
def new(folder: Path) -> Iterator[Postgres]:
    """A cluster that has never been started."""
    port = free_port()
    cluster = Postgres(folder / f"new-{port}", port)
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def finished(folder: Path) -> Iterator[Postgres]:
    """One that has been started and stopped."""
    cluster = Postgres(folder / "finished", free_port())
    cluster.start()
    cluster.stop()
    yield cluster
    cluster.stop()


def start_and_fail(cluster: Postgres, program: str, text: str) -> str:
    """A start in which a program is another; what it said."""
    place = cluster.folder / "programs"
    place.mkdir(parents=True)
    cluster.folder.chmod(0o777)
    (place / program).write_text(f"#!/bin/sh\n{text}\n")
    (place / program).chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", "-c", SCRIPT, "database"],
        env={
            "PATH": f"{place}:{programs()}:{os.environ['PATH']}",
            "REAL": str(programs()),
            "PGDATA": str(cluster.folder / "data"),
            "PGPASSWORD": "of another start",
        },
        cwd="/",
        user=None if os.geteuid() else "postgres",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    return done.stdout + done.stderr


@pytest.mark.parametrize(("program", "text"), CUTS.values(), ids=CUTS)
def test_a_first_start_that_was_cut_short_is_made_good(
    new: Postgres, program: str, text: str
) -> None:
    said = start_and_fail(new, program, text)

    new.start()

    with psycopg.connect(conninfo_of(new)) as connection:
        connection.execute("CREATE TABLE usable (n integer)")
    assert not (new.folder / "data.new").exists()
    assert "of another start" not in said


def test_a_cluster_that_was_complete_once_keeps_its_data(finished: Postgres) -> None:
    finished.start()
    with psycopg.connect(conninfo_of(finished)) as connection:
        connection.execute("CREATE TABLE kept (n integer)")
    finished.stop()
    start_and_fail(finished, "postgres", "exit 1")

    finished.start()

    with psycopg.connect(conninfo_of(finished)) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    finished.stop()


# In a container each start has the number that the one before had.
KILLED = """printf '%s\\n' $$ "$PGDATA" 1 5432 '' '' '' >"$PGDATA/postmaster.pid"\n"""


def test_a_start_that_was_killed_holds_up_no_later_one(
    finished: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "SCRIPT", KILLED + SCRIPT)

    finished.start()

    psycopg.connect(conninfo_of(finished)).close()
    finished.stop()


def test_another_password_takes_the_place_of_the_one_before(finished: Postgres) -> None:
    (finished.folder / "password").write_text("another")

    finished.start()

    assert finished.password == "another"
    psycopg.connect(conninfo_of(finished)).close()
    finished.stop()


def test_the_application_is_no_superuser(finished: Postgres) -> None:
    finished.start()

    with psycopg.connect(conninfo_of(finished)) as connection:
        rights = connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
            " FROM pg_roles WHERE rolname = 'todo'"
        ).fetchone()
    finished.stop()

    assert rights == (False, False, False, False, False)
