"""Creating under the client's own id, and replacing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

ID = "00000000-0000-4000-8000-00000000dead"
CREATE = {"If-None-Match": "*"}
FULL: dict[str, Any] = {
    "title": "Grüße 👋 senden",
    "description": "an alle",
    "notes": "Zeile 1\nZeile 2\t…",
    "dueDate": "2026-02-28",
    "completed": True,
    "priority": 3,
    "labels": ["home", "später"],
    "position": "a1V",
}


def put(
    client: FlaskClient, fields: dict[str, Any], headers: dict[str, str], todo_id: str = ID
) -> TestResponse:
    return client.put(f"/me/todos/{todo_id}", json=fields, headers=headers)


def test_a_todo_is_created_under_the_clients_id(alice: FlaskClient) -> None:
    answer = put(alice, FULL, CREATE)

    todo = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/me/todos/{ID}"
    assert answer.headers["ETag"] == '"1"'
    assert {name: todo[name] for name in FULL} == FULL
    assert (todo["id"], todo["version"]) == (ID, 1)
    assert alice.get(f"/me/todos/{ID}").get_json() == todo


def test_a_repeated_creation_answers_the_todo_that_is_there(alice: FlaskClient) -> None:
    first = put(alice, {"title": "x"}, CREATE)

    again = put(alice, {"title": "x"}, CREATE)

    assert (again.status_code, again.get_json()) == (200, first.get_json())
    assert "Location" not in again.headers
    assert len(alice.get("/me/todos").get_json()["items"]) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"title": "y"},
        {"description": "y"},
        {"notes": "y"},
        {"dueDate": None},
        {"completed": False},
        {"priority": 0},
        {"labels": []},
        {"position": "a2"},
    ],
)
def test_a_creation_with_another_content_is_a_conflict(
    alice: FlaskClient, other: dict[str, Any]
) -> None:
    todo = put(alice, FULL, CREATE).get_json()

    answer = put(alice, FULL | other, CREATE)

    assert answer.status_code == 409
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:id-taken"
    assert alice.get(f"/me/todos/{ID}").get_json() == todo


def test_a_creation_under_an_id_in_the_trash_is_a_conflict(alice: FlaskClient) -> None:
    put(alice, FULL, CREATE)
    alice.delete(f"/me/todos/{ID}")

    assert put(alice, FULL, CREATE).status_code == 409
    assert alice.get(f"/me/todos/{ID}").status_code == 404


def test_the_same_id_may_be_two_persons(alice: FlaskClient, bob: FlaskClient) -> None:
    put(alice, {"title": "alice's"}, CREATE)

    answer = put(bob, {"title": "bob's"}, CREATE)

    assert answer.status_code == 201
    assert alice.get(f"/me/todos/{ID}").get_json()["title"] == "alice's"


@pytest.mark.parametrize(
    ("todo_id", "moment"),
    [
        ("019a0000-0000-7000-8000-000000000000", "2025-10-20T05:03:11.360Z"),
        ("00000000-0000-7000-8000-000000000000", "1970-01-01T00:00:00.000Z"),
    ],
)
def test_what_was_made_offline_keeps_the_time_that_its_id_tells(
    alice: FlaskClient, todo_id: str, moment: str
) -> None:
    todo = put(alice, {"title": "x", "completed": True}, CREATE, todo_id).get_json()

    assert (todo["createdAt"], todo["completedAt"]) == (moment, moment)


@pytest.mark.parametrize(
    "todo_id", [ID, "ffffffff-ffff-7fff-bfff-ffffffffffff", "019a0000-0000-7000-c000-000000000000"]
)
def test_an_id_that_tells_no_time_or_one_to_come_is_taken_for_made_now(
    alice: FlaskClient, todo_id: str
) -> None:
    before = alice.post("/me/todos", json={"title": "x"}).get_json()

    todo = put(alice, {"title": "x"}, CREATE, todo_id).get_json()

    assert before["createdAt"] <= todo["createdAt"] < "2100"


def test_a_replacement_sets_every_field(alice: FlaskClient) -> None:
    todo = put(alice, FULL, CREATE).get_json()

    answer = put(alice, {"title": "new"}, {"If-Match": '"1"'})

    replaced = answer.get_json()
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"2"'
    emptied: dict[str, Any] = {
        "description": "",
        "notes": "",
        "dueDate": None,
        "priority": 0,
        "labels": [],
    }
    done = {"completed": False, "completedAt": None}
    moment = {"version": 2, "updatedAt": replaced["updatedAt"]}
    assert replaced == {**todo, **emptied, **done, **moment, "title": "new"}
    assert replaced["position"] == FULL["position"]


def test_a_replacement_by_the_same_changes_nothing(alice: FlaskClient) -> None:
    todo = put(alice, FULL, CREATE).get_json()

    assert put(alice, FULL, {"If-Match": "*"}).get_json() == todo


def test_a_replacement_of_another_version_is_refused(alice: FlaskClient) -> None:
    todo = put(alice, FULL, CREATE).get_json()

    answer = put(alice, {"title": "new"}, {"If-Match": '"2"'})

    assert answer.status_code == 412
    assert alice.get(f"/me/todos/{ID}").get_json() == todo


@pytest.mark.parametrize("match", ["*", '"1"', '"2"'])
def test_what_does_not_exist_or_is_in_the_trash_is_not_replaced(
    alice: FlaskClient, match: str
) -> None:
    absent = put(alice, FULL, {"If-Match": match}).status_code
    put(alice, FULL, CREATE)
    alice.delete(f"/me/todos/{ID}")

    assert (absent, put(alice, FULL, {"If-Match": match}).status_code) == (404, 404)


@pytest.mark.parametrize(
    ("headers", "status", "slug"),
    [
        ({}, 428, "precondition-required"),
        ({"If-Match": '"1"', "If-None-Match": "*"}, 400, "invalid-request"),
        ({"If-None-Match": '"1"'}, 400, "invalid-request"),
        ({"If-None-Match": ""}, 400, "invalid-request"),
        ({"If-None-Match": "*, *"}, 400, "invalid-request"),
        ({"If-Match": "1"}, 400, "invalid-request"),
    ],
)
def test_a_put_says_whether_it_creates_or_replaces(
    alice: FlaskClient, headers: dict[str, str], status: int, slug: str
) -> None:
    answer = put(alice, FULL, headers)

    assert answer.status_code == status
    assert answer.get_json()["type"] == f"urn:todo-on-ecs:problem:{slug}"
    assert alice.get("/me/todos?status=all").get_json()["items"] == []
