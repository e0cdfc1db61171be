from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.stack import Person, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One running stack for every test that only uses it."""
    stack = Stack(tmp_path_factory.mktemp("local"))
    try:
        yield stack.start()
    finally:
        stack.stop()


@pytest.fixture(scope="session")
def alice(stack: Stack) -> Person:
    return stack.new_person()


@pytest.fixture(scope="session")
def bob(stack: Stack) -> Person:
    return stack.new_person()


@pytest.fixture
def todo(alice: Person) -> dict[str, Any]:
    """A to-do of Alice's."""
    answer = alice.api.post("/me/todos", json={"title": "Call the plumber (private)"})
    assert answer.status_code == 201, answer.text
    todo: dict[str, Any] = answer.json()
    return todo
