from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fargate.workstation.postgres import Postgres
from tests.browser import chromium
from tests.fargate.browsers import Browser
from tests.fargate.servers import Server, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": chromium.executable(),
        "args": chromium.ARGUMENTS,
    }


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """Nothing: what `opened` is told is what holds."""
    return {}


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL reaches, too: pytest's own are closed to anybody else."""
    made = Path(tempfile.mkdtemp(prefix="todo-list-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def postgres(folder: Path) -> Iterator[Postgres]:
    """PostgreSQL, one for all tests that leave it as it is."""
    postgres = Postgres(folder / "postgres", free_port())
    postgres.start()
    yield postgres
    postgres.stop()


@pytest.fixture(scope="session")
def server(postgres: Postgres, folder: Path) -> Iterator[Server]:
    server = Server(postgres.environment, folder / "server.log").start()
    yield server
    assert server.stop() == 0


@pytest.fixture
def ada(server: Server) -> Iterator[Browser]:
    """Somebody's browser, with an empty list."""
    with Browser(base_url=server.url, follow_redirects=True) as browser:
        empty(browser)
        yield browser


@pytest.fixture
def bob(server: Server) -> Iterator[Browser]:
    """Somebody else's."""
    with Browser(base_url=server.url, follow_redirects=True) as browser:
        yield browser


def empty(browser: Browser) -> None:
    for task in browser.tasks():
        if not task.completed:
            browser.submit(f"/tasks/{task.id}/complete")
    if browser.tasks():
        browser.submit("/tasks/delete-completed")
