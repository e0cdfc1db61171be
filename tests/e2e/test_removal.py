"""What is gone for good takes its attachments along: stream, pipe, topic, queue and worker."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import httpx
import pytest

from tests.e2e import attachments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.stack import Person, Stack

SECONDS = 30


class Account:
    """The emulated account itself, past the API and every role."""

    def __init__(self, stack: Stack) -> None:
        self._made: list[Any] = []
        self._settings = {
            "region_name": stack.outputs["Region"],
            "endpoint_url": stack.outputs["AwsEndpoint"],
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
        }
        self.dynamodb, self.s3, self.sqs = (
            self._client(service) for service in ("dynamodb", "s3", "sqs")
        )
        tables = self.dynamodb.list_tables()["TableNames"]
        self.todos, self.files = (
            next(name for name in tables if f"-{kind}Table-" in name) for kind in ("Todos", "Files")
        )

    def _client(self, service: str) -> Any:
        self._made.append(boto3.client(service, **self._settings))  # type: ignore[call-overload]
        return self._made[-1]

    def close(self) -> None:
        for client in self._made:
            client.close()

    def queue(self, part: str) -> str:
        urls = self.sqs.list_queues()["QueueUrls"]
        return str(next(url for url in urls if f"-{part}-" in url))

    def expire(self, table: str, person: Person, sort_key: str) -> None:
        """What DynamoDB does with an item whose time is over; the emulator does not."""
        key = {"pk": {"S": f"U#{person.sub}"}, "sk": {"S": sort_key}}
        self.dynamodb.delete_item(TableName=table, Key=key)

    def objects(self, person: Person) -> list[str]:
        bucket = next(
            each["Name"] for each in self.s3.list_buckets()["Buckets"] if "files" in each["Name"]
        )
        found = self.s3.list_objects_v2(Bucket=bucket, Prefix=f"u/{person.sub}/")
        return [each["Key"] for each in found.get("Contents", [])]


@pytest.fixture(scope="module")
def account(stack: Stack) -> Iterator[Account]:
    account = Account(stack)
    yield account
    account.close()


@pytest.fixture
def person(stack: Stack) -> Person:
    return stack.new_person()


def create(person: Person, title: str) -> dict[str, Any]:
    answer = person.api.post("/me/todos", json={"title": title})
    assert answer.status_code == 201, answer.text
    todo: dict[str, Any] = answer.json()
    return todo


def usage(person: Person) -> tuple[int, int]:
    content = person.api.get("/me/files/usage").json()
    return content["bytes"], content["files"]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_an_emptied_trash_takes_its_attachments_along(person: Person, account: Account) -> None:
    gone, kept = create(person, "The old flat"), create(person, "The new flat")
    for number in range(3):
        attachments.attach(person.api, gone, b"lease %d" % number)
    file = attachments.attach(person.api, kept, b"another lease")
    path = f"/me/todos/{gone['id']}/files"
    bytes_url = person.api.get(f"/me/todos/{kept['id']}/files/{file['id']}/content")

    person.api.delete(f"/me/todos/{gone['id']}")
    assert len(person.api.get(path).json()["items"]) == 3, "the trash keeps them"
    assert person.api.delete("/me/todos?status=trashed").status_code == 204

    wait_for(lambda: usage(person) == (13, 1))
    assert person.api.get(path).json() == {"items": []}
    assert account.objects(person) == [f"u/{person.sub}/{kept['id']}/{file['id']}"]
    assert httpx.get(bytes_url.headers["Location"]).content == b"another lease"


def test_an_expired_todo_takes_its_attachments_along(person: Person, account: Account) -> None:
    todo = create(person, "Long forgotten")
    attachments.attach(person.api, todo, b"lease")

    account.expire(account.todos, person, f"T#{todo['id']}")

    wait_for(lambda: usage(person) == (0, 0))
    assert account.objects(person) == []


def test_an_upload_that_nobody_completes_is_cleared_away(person: Person, account: Account) -> None:
    todo = create(person, "Send the lease")
    announced = attachments.announce(person.api, todo, b"lease")
    assert attachments.send(announced["upload"], b"lease").status_code == 200
    row, reminder = (f"{kind}#{todo['id']}#{announced['file']['id']}" for kind in "FP")
    long_ago = (datetime.now(UTC) - timedelta(days=2)).isoformat(timespec="milliseconds")
    account.dynamodb.update_item(
        TableName=account.files,
        Key={"pk": {"S": f"U#{person.sub}"}, "sk": {"S": row}},
        UpdateExpression="SET createdAt = :long_ago",
        ExpressionAttributeValues={":long_ago": {"S": long_ago.replace("+00:00", "Z")}},
    )

    account.expire(account.files, person, reminder)

    wait_for(lambda: usage(person) == (0, 0))
    assert account.objects(person) == []


def test_uploads_announced_at_once_never_exceed_the_limit_of_a_todo(person: Person) -> None:
    todo = create(person, "Many hands")
    body = attachments.announcement(b"lease")

    def announce(_: int) -> int:
        return person.api.post(f"/me/todos/{todo['id']}/files", json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(announce, range(30)))

    assert sorted(statuses) == [201] * 20 + [409] * 10
    assert usage(person) == (100, 20)


def test_no_removal_has_failed(account: Account) -> None:
    names = ["ApproximateNumberOfMessages"]

    dead = account.sqs.get_queue_attributes(
        QueueUrl=account.queue("RemovalsDeadLetterQueue"), AttributeNames=names
    )

    assert dead["Attributes"] == {"ApproximateNumberOfMessages": "0"}
