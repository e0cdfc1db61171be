"""A task is replaced, and the tasks that people wrote down are still there."""

from __future__ import annotations

import json
import secrets
import time
from typing import TYPE_CHECKING

import pytest

from fargate.workstation.containers import IMAGE, Container
from tests.fargate.browsers import Browser
from tests.fargate.rehearsal import STAND_IN, Task, answers, build, podman, settings, wait
from tests.fargate.servers import WEB, Server, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# One worker for them all: the images are built once.
pytestmark = pytest.mark.xdist_group("podman")


@pytest.fixture(scope="module")
def images() -> dict[str, str]:
    return {"application": build(WEB), "database": build(STAND_IN)}


@pytest.fixture
def new_task(images: dict[str, str]) -> Iterator[Callable[[str], Task]]:
    """Makes tasks on one volume, as the service's tasks share the file system."""
    mark = f"todo-list-{secrets.token_hex(4)}"
    known = {"DATABASE_PASSWORD": secrets.token_hex(20), "SECRET_KEY": secrets.token_hex(20)}
    known["PGPASSWORD"] = known["DATABASE_PASSWORD"]
    tasks: list[Task] = []

    def make(name: str) -> Task:
        tasks.append(Task(f"{mark}-{name}", images, mark, known))
        return tasks[-1]

    podman("volume", "create", mark)
    yield make
    for task in tasks:
        task.remove()
    podman("volume", "rm", "--force", mark)


def browser(task: Task) -> Browser:
    return Browser(base_url=task.url, follow_redirects=True)


def test_what_was_written_down_outlives_the_task(new_task: Callable[[str], Task]) -> None:
    old = new_task("old").begin().go_on()
    with browser(old) as ada:
        ada.add("Pay the rent", "yes")
        ada.add("Buy bread")
        ada.submit(f"/tasks/{ada.task('Buy bread').id}/complete")
        before = ada.tasks()

    stopping = time.monotonic()
    codes = old.stop()
    seconds = time.monotonic() - stopping
    new = new_task("new").begin().go_on()

    with browser(new) as ada:
        assert ada.tasks() == before
        ada.add("Buy milk")
    assert len(before) == 2
    assert codes == [0, 0]
    assert seconds < 15, "so long is the list away, before the new task may start at all"
    assert "database system is shut down" in old.logs("database")
    assert "was not properly shut down" not in new.logs("database")


def test_a_second_database_waits_until_the_first_is_gone(new_task: Callable[[str], Task]) -> None:
    first = new_task("first").begin().go_on()
    with browser(first) as ada:
        ada.add("Pay the rent")
        second = new_task("second").begin()

        with pytest.raises(AssertionError):
            wait(lambda: second.healthy("database"), second, seconds=6)
        ada.add("Buy bread")

        before = ada.tasks()
        waited = second.logs("database")
    first.stop()
    second.go_on()

    assert waited == ""
    with browser(second) as ada:
        assert ada.tasks() == before


def test_a_database_that_is_killed_comes_back_within_its_task(
    new_task: Callable[[str], Task],
) -> None:
    task = new_task("killed").begin().go_on()
    with browser(task) as ada:
        ada.add("Pay the rent")

        before = _started(task)
        task.execute("database", "kill -KILL $(head -1 $PGDATA/postmaster.pid)")
        # It may be back before anybody has seen it gone.
        wait(lambda: _started(task) not in {"", before}, task)
        wait(lambda: answers(task.url), task)

        ada.add("Buy bread")
        assert [each.title for each in ada.tasks()] == ["Pay the rent", "Buy bread"]


# Ends all that runs in the container once its files have begun to be, as a lost host would.
CUT = """
until [ -s "$PGDATA.new/PG_VERSION" ]; do
    [ ! -d "$PGDATA" ] || exit 3
    sleep 0.01
done
kill -KILL -1
"""


def test_a_first_start_that_is_killed_is_made_good(new_task: Callable[[str], Task]) -> None:
    killed = new_task("killed-early").begin()
    cut = killed.execute("database", CUT)
    killed.remove()

    task = new_task("next").begin().go_on()

    with browser(task) as ada:
        ada.add("Pay the rent")
        assert [each.title for each in ada.tasks()] == ["Pay the rent"]
    assert cut.returncode != 3, "it was killed too late"
    assert task.execute("database", 'ls "$PGDATA.new"').returncode != 0


def _started(task: Task) -> str:
    """When the database that runs was started, as PostgreSQL notes it; nothing while none does."""
    return task.execute("database", "sed -n 3p $PGDATA/postmaster.pid").stdout


def test_the_database_is_reached_from_within_the_task_alone_and_by_password(
    new_task: Callable[[str], Task],
) -> None:
    task = new_task("asked").begin().go_on()
    listening = task.execute("database", "cat /proc/net/tcp").stdout
    asked = task.execute("database", "PGPASSWORD=x psql -h 127.0.0.1 -U todo -c 'SELECT 1'")

    addresses = [line.split()[1] for line in listening.splitlines()[1:] if line.split()[3] == "0A"]
    assert "0100007F:1538" in addresses  # 127.0.0.1:5432
    assert [address for address in addresses if address.endswith(":1538")] == ["0100007F:1538"]
    assert asked.returncode != 0
    assert "password authentication failed" in asked.stderr


def test_on_a_workstation_an_engine_stands_in_for_packages(
    images: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in settings().items():
        monkeypatch.setenv(name, text)
    podman("tag", images["database"], IMAGE)
    mine = folder / f"todo-list-{secrets.token_hex(4)}"
    postgres = Container("podman", mine, free_port())
    titles = []
    try:
        for title in ("Pay the rent", "Buy bread"):
            postgres.start()
            seen = podman("inspect", postgres.name).stdout
            server = Server(postgres.environment, mine / "server.log").start()
            with Browser(base_url=server.url, follow_redirects=True) as ada:
                ada.add(title)
                titles.append([task.title for task in ada.tasks()])
            server.stop()
            postgres.stop()
    finally:
        podman("rm", "--force", "--time", "0", postgres.name, check=False)
        podman("volume", "rm", "--force", postgres.name)
        podman("untag", images["database"], IMAGE)

    assert titles == [["Pay the rent"], ["Pay the rent", "Buy bread"]]
    (described,) = json.loads(seen)
    assert (mine / "container-password").read_text() not in str(
        described["Config"]["CreateCommand"]
    )
    assert Container("podman", folder, 0).name != postgres.name
