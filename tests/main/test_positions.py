"""A person's own order."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from fractional_indexing import generate_key_between  # type: ignore[import-untyped]
from hypothesis import example, given
from hypothesis import strategies as st
from main_service import positions, todos
from main_service.todos import NewTodo
from uuid_utils import UUID, uuid7

if TYPE_CHECKING:
    from flask.testing import FlaskClient

API = Path(__file__).parents[2] / "api.yaml"
PATCH = "application/merge-patch+json"
POSITION = yaml.safe_load(API.read_text())["components"]["schemas"]["Position"]
DIGITS = st.text(alphabet="019AZaz", max_size=10)


def test_new_todos_come_last_and_no_two_are_equal() -> None:
    made = [todos.created(NewTodo(title="x")).position for _ in range(1_000)]

    assert made == sorted(set(made))
    assert all(positions.is_position(each) for each in made)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("00000000-0000-7000-8000-000000000000", "g000000000000000V"),
        ("00000000-003e-7000-8000-000000000000", "g000001000000000V"),
        ("00000000-0000-7fff-bfff-ffffffffffff", "g00000001FQfCxG3V"),
        ("03300000-0000-7000-8000-000000000000", "gzhWpyme00000000V"),
    ],
)
def test_a_place_tells_the_time_and_the_counter_of_a_uuid(made: str, expected: str) -> None:
    assert positions.last(UUID(made)) == expected


def test_what_is_moved_to_the_end_comes_before_what_is_created_later() -> None:
    now = uuid7().timestamp
    earlier, later = (
        positions.last(UUID(f"{ms:012x}"[:8] + f"-{ms & 0xFFFF:04x}-7000-8000-000000000000"))
        for ms in (now, now + 2)
    )

    assert earlier < generate_key_between(earlier, None) < later
    assert earlier < generate_key_between(earlier, later) < later


@given(st.sampled_from("SYZabghRizA0"), DIGITS)
@example("a", "")
@example("a", "00")
@example("b", "1")
@example("Z", "0" * 127)
@example("Z", "z" * 127)
@example("Z", "z" * 128)
def test_code_and_contract_allow_the_same_positions(head: str, digits: str) -> None:
    text = head + digits
    allowed = re.fullmatch(POSITION["pattern"], text) and 2 <= len(text) <= POSITION["maxLength"]

    assert positions.is_position(text) == bool(allowed)


def test_a_todo_is_moved_between_two_others(alice: FlaskClient) -> None:
    first, second, third = (
        alice.post("/me/todos", json={"title": title}).get_json() for title in "abc"
    )
    between = generate_key_between(first["position"], second["position"])

    answer = alice.patch(f"/me/todos/{third['id']}", json={"position": between}, content_type=PATCH)

    assert answer.get_json()["position"] == between
    items = alice.get("/me/todos?sort=position").get_json()["items"]
    assert [todo["title"] for todo in items] == ["a", "c", "b"]


def test_equal_positions_are_no_trouble(alice: FlaskClient) -> None:
    made = [
        alice.post("/me/todos", json={"title": str(n), "position": "a0"}).get_json()["id"]
        for n in range(3)
    ]

    found = []
    path = "/me/todos?sort=position&limit=1"
    while path:
        answer = alice.get(path)
        found += [todo["id"] for todo in answer.get_json()["items"]]
        path = answer.headers.get("Link", "").removeprefix("<").removesuffix('>; rel="next"')

    assert found == sorted(made)
