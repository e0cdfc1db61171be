"""PostgreSQL comes late, goes, crashes and comes back."""

from __future__ import annotations

import json
import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest
from todo_list import health

from fargate.workstation.postgres import Postgres
from tests.fargate.browsers import Browser
from tests.fargate.databases import conninfo_of
from tests.fargate.servers import Server, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BACK_SECONDS = 5  # the pool's last attempt, and some


@pytest.fixture(scope="module")
def own_postgres(folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL that a test may stop."""
    postgres = Postgres(folder / "restarted", free_port())
    postgres.start()
    yield postgres
    postgres.stop()


@pytest.fixture(scope="module")
def own_server(own_postgres: Postgres, folder: Path) -> Iterator[Server]:
    server = Server(own_postgres.environment, folder / "restarted.log").start()
    yield server
    assert server.stop() == 0


@pytest.fixture
def eve(own_server: Server) -> Iterator[Browser]:
    with Browser(base_url=own_server.url, follow_redirects=True) as browser:
        yield browser


@contextmanager
def away(postgres: Postgres, how: signal.Signals = signal.SIGINT) -> Iterator[None]:
    postgres.stop(how)
    try:
        yield
    finally:
        postgres.start()


def wait_until_back(browser: Browser) -> None:
    deadline = time.monotonic() + BACK_SECONDS
    while browser.get("/health").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize(
    "how", [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL], ids=["stop", "abort", "kill"]
)
def test_tasks_survive_the_database(
    own_postgres: Postgres, own_server: Server, eve: Browser, how: signal.Signals
) -> None:
    eve.add(f"Before {how.name}")
    server = own_server.process.pid

    with away(own_postgres, how):
        pass

    eve.add(f"After {how.name}")
    titles = [task.title for task in eve.tasks()]
    assert titles[-2:] == [f"Before {how.name}", f"After {how.name}"]
    assert own_server.process.pid == server
    assert own_server.process.poll() is None


def test_without_its_database_the_application_says_so(own_postgres: Postgres, eve: Browser) -> None:
    form = {**eve.hidden("/tasks"), "title": "In between"}

    with away(own_postgres):
        pages = [eve.get("/"), eve.post("/tasks", data=form)]
        health = eve.get("/health")
    wait_until_back(eve)
    sent_again = eve.post("/tasks", data=form)

    assert [page.status_code for page in pages] == [503, 503]
    for page in pages:
        assert page.headers["Retry-After"] == "5"
        assert "The list cannot be reached just now" in page.text
        assert "psycopg" not in page.text
    assert (health.status_code, health.json()) == (503, {"status": "no database"})
    assert sent_again.status_code == 200
    assert [task.title for task in eve.tasks()].count("In between") == 1


def test_the_log_of_an_unexpected_error_has_nothing_in_it_that_was_typed(
    own_postgres: Postgres, own_server: Server, eve: Browser
) -> None:
    with psycopg.connect(conninfo_of(own_postgres)) as connection:
        connection.execute("ALTER TABLE tasks ADD CONSTRAINT odd CHECK (title !~ 'secret')")
    before = len(own_server.log.read_text())

    answer = eve.add("a secret plan")  # PostgreSQL quotes the row that it refuses

    log = own_server.log.read_text()[before:]
    (told,) = (json.loads(line) for line in log.splitlines() if '"error"' in line)
    assert answer.status_code == 500
    assert "Look at the list before you try again" in answer.text
    assert told["error"] == "CheckViolation"
    assert told["request"] == answer.headers["X-Request-Id"]
    assert "store.py" in told["trace"]
    assert "secret" not in log


def test_the_containers_own_check_fails_when_it_should(
    own_postgres: Postgres, own_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "ADDRESS", f"{own_server.url}/health")

    well = health.main()
    with away(own_postgres):
        without_database = health.main()
    monkeypatch.setattr(health, "ADDRESS", f"http://127.0.0.1:{free_port()}/health")
    without_server = health.main()

    assert (well, without_database, without_server) == (0, 1, 1)


def test_the_way_back_is_short_after_a_long_absence(own_postgres: Postgres, eve: Browser) -> None:
    with away(own_postgres):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            assert eve.get("/health").status_code == 503

    wait_until_back(eve)


def test_the_start_waits_for_the_database(folder: Path) -> None:
    postgres = Postgres(folder / "late", free_port())
    postgres.start()
    postgres.stop()
    server = Server(postgres.environment, folder / "late.log").spawn()
    try:
        time.sleep(2)  # it tries, and finds nobody
        with pytest.raises(httpx.ConnectError):
            httpx.get(server.url)
        postgres.start()
        server.wait()

        assert httpx.get(server.url).status_code == 200
    finally:
        server.stop()
        postgres.stop()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"DATABASE_PORT": "1", "DATABASE_WAIT": "1"}, "no database after 1 s: connection"),
        ({"DATABASE_PASSWORD": "wrong", "DATABASE_WAIT": "1"}, "password authentication failed"),
        ({"DATABASE_PASSWORD": ""}, "DATABASE_PASSWORD is not set; set it to the role's password"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY cannot be what it is set to"),
        ({"HTTPS": "perhaps"}, "HTTPS cannot be 'perhaps'; set it to yes if people reach it"),
        ({"MAX_TASKS": "0"}, "MAX_TASKS cannot be '0'"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL cannot be 'LOUD'"),
    ],
    ids=str,
)
def test_a_start_that_cannot_succeed_says_why_in_one_line(
    postgres: Postgres, tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    server = Server({**postgres.environment, **changes}, tmp_path / "log").spawn()

    status = server.process.wait(30)

    log = server.log.read_text()
    (line,) = (line for line in log.splitlines() if "todo_list cannot start" in line)
    assert status != 0
    assert said in line
    assert "Traceback" not in log
    assert changes.get("DATABASE_PASSWORD") != "wrong" or "wrong" not in log
