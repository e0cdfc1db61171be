"""What a person does with one to-do."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from types_boto3_dynamodb import DynamoDBClient
    from werkzeug.test import TestResponse

PATCH = "application/merge-patch+json"
ABSENT = "00000000-0000-4000-8000-00000000dead"
FULL: dict[str, Any] = {
    "title": "Grüße 👋 senden",
    "description": "an alle",
    "notes": "Zeile 1\nZeile 2\t…",
    "dueDate": "2026-02-28",
    "completed": False,
    "priority": 3,
    "labels": ["home", "später"],
}


def add(client: FlaskClient, **fields: object) -> dict[str, Any]:
    answer = client.post("/me/todos", json={"title": "Water the plants", **fields})
    assert answer.status_code == 201, answer.text
    todo: dict[str, Any] = answer.get_json()
    return todo


def patch(client: FlaskClient, todo: dict[str, Any], **fields: object) -> TestResponse:
    return client.patch(f"/me/todos/{todo['id']}", json=fields, content_type=PATCH)


def _items(dynamodb: DynamoDBClient, table: str) -> list[dict[str, Any]]:
    """Everything in the table: to-dos first, then the counter."""
    items: list[dict[str, Any]] = dynamodb.scan(TableName=table)["Items"]
    return sorted(items, key=lambda item: item["sk"]["S"], reverse=True)


def test_create_answers_the_todo_its_place_and_its_version(alice: FlaskClient) -> None:
    answer = alice.post("/me/todos", json=FULL)

    todo = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/me/todos/{todo['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert {name: todo[name] for name in FULL} == FULL
    assert todo["completedAt"] is None
    assert todo["version"] == 1
    assert todo["createdAt"] == todo["updatedAt"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", todo["createdAt"])


def test_a_title_alone_is_enough(alice: FlaskClient) -> None:
    todo = add(alice, title="x")

    assert (todo["description"], todo["notes"], todo["dueDate"]) == ("", "", None)
    assert (todo["completed"], todo["priority"], todo["labels"]) == (False, 0, [])


def test_location_keeps_the_name_that_the_caller_used_for_itself(alice: FlaskClient) -> None:
    owner = "a11ce000-0000-4000-8000-000000000001"

    answer = alice.post(f"/{owner}/todos", json={"title": "x"})

    assert answer.headers["Location"] == f"/{owner}/todos/{answer.get_json()['id']}"


def test_a_todo_can_be_created_as_done(alice: FlaskClient) -> None:
    todo = add(alice, completed=True)

    assert todo["completed"] is True
    assert todo["completedAt"] == todo["createdAt"]


def test_get_answers_what_create_answered(alice: FlaskClient) -> None:
    todo = add(alice, **FULL)

    answer = alice.get(f"/me/todos/{todo['id']}")

    assert answer.status_code == 200
    assert answer.get_json() == todo
    assert answer.headers["ETag"] == '"1"'


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"7", "1"', "*"])
def test_get_is_not_repeated_when_the_caller_has_this_version(alice: FlaskClient, tag: str) -> None:
    todo = add(alice)

    answer = alice.get(f"/me/todos/{todo['id']}", headers={"If-None-Match": tag})

    assert answer.status_code == 304
    assert answer.data == b""
    assert answer.headers["ETag"] == '"1"'


def test_get_is_answered_when_the_caller_has_another_version(alice: FlaskClient) -> None:
    todo = add(alice)

    answer = alice.get(f"/me/todos/{todo['id']}", headers={"If-None-Match": '"2"'})

    assert answer.status_code == 200


def test_patch_changes_the_given_fields_only(alice: FlaskClient) -> None:
    todo = add(alice, **FULL)

    answer = patch(alice, todo, title="New", labels=["b", "a"])

    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"2"'
    assert answer.get_json()["updatedAt"] >= todo["updatedAt"]
    changed = {"title": "New", "labels": ["b", "a"], "version": 2}
    assert answer.get_json() == {**todo, **changed, "updatedAt": answer.get_json()["updatedAt"]}
    assert alice.get(f"/me/todos/{todo['id']}").get_json() == answer.get_json()


def test_null_empties_a_field(alice: FlaskClient) -> None:
    todo = add(alice, **FULL)

    emptied = patch(
        alice, todo, description=None, notes=None, labels=None, priority=None, dueDate=None
    ).get_json()

    assert (emptied["description"], emptied["notes"]) == ("", "")
    assert (emptied["labels"], emptied["priority"], emptied["dueDate"]) == ([], 0, None)
    assert emptied["title"] == FULL["title"]


def test_completing_notes_when_and_reopening_forgets_it(alice: FlaskClient) -> None:
    todo = add(alice)

    done = patch(alice, todo, completed=True).get_json()
    again = patch(alice, todo, completed=True).get_json()
    reopened = patch(alice, todo, completed=False).get_json()

    assert (done["completed"], done["completedAt"]) == (True, done["updatedAt"])
    assert again == done
    assert (reopened["completed"], reopened["completedAt"]) == (False, None)


def test_a_patch_that_changes_nothing_keeps_the_version(alice: FlaskClient) -> None:
    todo = add(alice, **FULL)

    answer = patch(alice, todo, **FULL)

    assert answer.get_json() == todo
    assert answer.headers["ETag"] == '"1"'


@pytest.mark.parametrize("condition", ['"1"', "*", '"9", "1"', '"1" ,W/"2"'])
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_write_happens_when_its_condition_holds(
    alice: FlaskClient, method: str, condition: str
) -> None:
    todo = add(alice)

    answer = alice.open(
        f"/me/todos/{todo['id']}",
        method=method,
        data='{"title": "changed"}',
        headers={"If-Match": condition, "Content-Type": PATCH},
    )

    assert answer.status_code == (200 if method == "PATCH" else 204)


@pytest.mark.parametrize("condition", ['"2"', 'W/"1"', '"x"', '"01"', '"", "3"', '"11"'])
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_write_is_refused_when_its_condition_fails(
    alice: FlaskClient, method: str, condition: str
) -> None:
    todo = add(alice)

    answer = alice.open(
        f"/me/todos/{todo['id']}",
        method=method,
        data='{"title": "changed"}',
        headers={"If-Match": condition, "Content-Type": PATCH},
    )

    assert answer.status_code == 412
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:version-mismatch"
    assert alice.get(f"/me/todos/{todo['id']}").get_json() == todo


def test_delete_hides_the_todo_everywhere(alice: FlaskClient) -> None:
    todo = add(alice)
    path = f"/me/todos/{todo['id']}"

    deleted = alice.delete(path)

    assert (deleted.status_code, deleted.data) == (204, b"")
    assert alice.get(path).status_code == 404
    assert patch(alice, todo, title="x").status_code == 404
    assert alice.delete(path).status_code == 404
    assert alice.get("/me/todos?status=all").get_json()["items"] == []


def test_delete_keeps_the_todo_in_the_trash_for_30_days(
    alice: FlaskClient, dynamodb: DynamoDBClient, table: str
) -> None:
    todo = add(alice, **FULL)

    alice.delete(f"/me/todos/{todo['id']}")

    item, _ = _items(dynamodb, table)
    deleted_at = datetime.fromisoformat(item["deletedAt"]["S"])
    expires_at = (deleted_at + timedelta(days=30)).timestamp()
    assert int(item["expiresAt"]["N"]) == int(expires_at)
    assert item["title"] == {"S": FULL["title"]}
    assert item["version"] == {"N": "2"}
    assert item["positionKey"] == {"S": f"D#{item['deletedAt']['S']}#{todo['id']}"}
    assert not {"dueKey", "createdKey"} & set(item)


def test_the_item_is_laid_out_as_designed(
    alice: FlaskClient, dynamodb: DynamoDBClient, table: str
) -> None:
    todo = add(alice, dueDate="2026-03-01")
    done = add(alice, completed=True)

    items = {item["sk"]["S"]: item for item in dynamodb.scan(TableName=table)["Items"]}

    item = items[f"T#{todo['id']}"]
    assert item["pk"] == {"S": "U#a11ce000-0000-4000-8000-000000000001"}
    assert item["dueKey"] == {"S": f"O#2026-03-01#{todo['id']}"}
    assert "expiresAt" not in item
    finished = items[f"T#{done['id']}"]
    assert finished["dueKey"] == {"S": f"C#{done['completedAt']}#{done['id']}"}
    assert finished["positionKey"] == {"S": f"O#{done['position']}#{done['id']}"}
    assert "createdKey" not in finished


def test_a_write_leaves_attributes_of_newer_releases_alone(
    alice: FlaskClient, dynamodb: DynamoDBClient, table: str
) -> None:
    todo = add(alice)
    item, _ = _items(dynamodb, table)
    dynamodb.put_item(TableName=table, Item={**item, "later": {"S": "x"}})

    patch(alice, todo, title="changed")

    item, _ = _items(dynamodb, table)
    assert item["later"] == {"S": "x"}
    assert item["title"] == {"S": "changed"}


def test_nobody_else_sees_or_changes_a_todo(alice: FlaskClient, bob: FlaskClient) -> None:
    todo = add(alice)
    path = f"/me/todos/{todo['id']}"

    assert bob.get(path).status_code == 404
    assert patch(bob, todo, title="mine").status_code == 404
    assert bob.delete(path).status_code == 404
    assert bob.get("/me/todos?status=all").get_json()["items"] == []
    assert alice.get(path).get_json() == todo


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_what_does_not_exist_is_not_found(alice: FlaskClient, method: str) -> None:
    answer = alice.open(
        f"/me/todos/{ABSENT}", method=method, data='{"title": "x"}', content_type=PATCH
    )

    assert answer.status_code == 404
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:todo-not-found"
