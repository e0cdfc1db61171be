"""Starting, stopping, starting again, and what happens when a process dies."""

from __future__ import annotations

import signal
import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.e2e.attachments import attach
from tests.e2e.stack import START_SECONDS, Person, Stack, free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def processes(stack: Stack) -> list[psutil.Process]:
    return psutil.Process(stack.process.pid).children(recursive=True)


def containers(stack: Stack, service: str) -> set[psutil.Process]:
    """The first process of each of the service's containers."""
    found = set()
    for process in processes(stack):
        with suppress(psutil.NoSuchProcess):
            if f"{service}_service.wsgi" in " ".join(process.cmdline()):
                found.add(process)
    return {process for process in found if process.parent() not in found}


def all_containers(stack: Stack) -> set[psutil.Process]:
    return containers(stack, "main") | containers(stack, "files")


@contextmanager
def steady_requests(person: Person, path: str) -> Iterator[list[int]]:
    """Ask for one path all the time; yields the statuses answered so far."""
    statuses: list[int] = []
    running = True

    def ask() -> None:
        while running:
            statuses.append(person.api.get(path).status_code)

    with ThreadPoolExecutor(1) as pool:
        asking: Future[None] = pool.submit(ask)
        try:
            yield statuses
        finally:
            running = False
            asking.result()


@pytest.mark.parametrize(("killed", "other"), [("main", "files"), ("files", "main")])
def test_a_killed_service_comes_back_and_the_other_never_fails(
    stack: Stack, alice: Person, killed: str, other: str
) -> None:
    todo = alice.api.post("/me/todos", json={"title": "Outlive a process"}).json()
    paths = {"main": f"/me/todos/{todo['id']}", "files": f"/me/todos/{todo['id']}/files"}
    before = all_containers(stack)
    # The newest: what another test has started a moment ago may not be healthy yet.
    victim = max(containers(stack, killed), key=psutil.Process.create_time)

    with steady_requests(alice, paths[other]) as statuses:
        victim.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + 15
        # A task is all its containers: a fresh one comes, and what is left of the old one goes.
        while len(now := all_containers(stack)) != 4 or len(now & before) != 2:
            assert time.monotonic() < deadline, stack.lines
            time.sleep(0.1)
        while alice.api.get(paths[killed]).is_error:
            assert time.monotonic() < deadline, stack.lines
            time.sleep(0.1)

    assert len(statuses) > 10
    assert set(statuses) == {200}
    assert {alice.api.get(paths[killed]).status_code for _ in range(20)} == {200}


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path)
    yield stack
    stack.stop()


def test_ctrl_c_leaves_no_process_and_the_next_start_has_the_data(own_stack: Stack) -> None:
    own_stack.start()
    person = own_stack.new_person()
    todo = person.api.post("/me/todos", json={"title": "Still here tomorrow"}).json()
    file = attach(person.api, todo, b"Still here too")
    children = processes(own_stack)

    own_stack.stop()

    assert own_stack.lines[-1].startswith("Stopped.")
    assert [child for child in children if child.is_running()] == []
    assert not (own_stack.directory / "outputs.json").exists()
    own_stack.start()
    person = Person(own_stack, person.email)
    person.sign_in()
    assert person.api.get(f"/me/todos/{todo['id']}").json() == todo
    content = f"/me/todos/{todo['id']}/files/{file['id']}/content"
    assert person.api.get(content, follow_redirects=True).content == b"Still here too"
    own_stack.stop()
    assert own_stack.make("reset").returncode == 0
    assert [file.name for file in own_stack.directory.iterdir()] == ["lock"]


@pytest.mark.parametrize("moment", ["Starting the AWS", "Deploying", "Starting the services"])
def test_ctrl_c_during_the_start_leaves_no_process(own_stack: Stack, moment: str) -> None:
    own_stack.spawn()
    own_stack.printed(moment, START_SECONDS)
    children = processes(own_stack)

    own_stack.stop()

    assert children

    assert [child for child in children if child.is_running()] == []


@pytest.mark.parametrize("offset", [0, 1, 2], ids=["website", "API", "AWS endpoint"])
def test_a_taken_port_is_named_with_what_to_set(tmp_path: Path, offset: int) -> None:
    stack = Stack(tmp_path, port=free_ports())
    with socket.create_server(("127.0.0.1", stack.port + offset)):
        printed = stack.make("run")

    assert printed.returncode != 0
    message = printed.stdout + printed.stderr
    assert str(stack.port + offset) in message
    assert "LOCAL_PORT" in message
    assert "Traceback" not in message


def test_a_second_run_in_the_same_folder_is_refused(stack: Stack) -> None:
    second = Stack(stack.directory)

    printed = second.make("run")

    assert printed.returncode != 0
    assert "Traceback" not in printed.stdout + printed.stderr
    assert "running" in printed.stdout + printed.stderr
    assert (stack.directory / "outputs.json").exists()


def test_reset_is_refused_while_the_stack_runs(stack: Stack) -> None:
    printed = stack.make("reset")

    assert printed.returncode != 0
    assert "running" in printed.stdout + printed.stderr
    assert (stack.directory / "outputs.json").exists()
