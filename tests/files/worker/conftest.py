"""A worker with its queue."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from files_service.worker import Stop, Worker

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from files_service.store import AttachmentStore
    from flask.testing import FlaskClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient

    from tests.files.conftest import Uploads

    Sums = Callable[[], dict[str, tuple[int, int]]]
    GrowOlder = Callable[[str, timedelta], None]
    Keys = Callable[[], set[str]]
    Tell = Callable[..., None]
    Waiting = Callable[[], int]

ALICE = "a11ce000-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def short_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulation waits in earnest."""
    monkeypatch.setattr("files_service.worker.WAIT", 0)


@pytest.fixture
def queue(sqs: SQSClient) -> str:
    """The queue of removals, that gives up a message after three attempts."""
    dead = sqs.create_queue(QueueName=f"dead-{uuid4()}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    redrive = json.dumps({"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": 3})
    attributes: Any = {"RedrivePolicy": redrive}
    return sqs.create_queue(QueueName=f"removals-{uuid4()}", Attributes=attributes)["QueueUrl"]


@pytest.fixture
def worker(sqs: SQSClient, queue: str, store: AttachmentStore) -> Worker:
    return Worker(sqs, queue, store, Stop())


@pytest.fixture
def tell(sqs: SQSClient, queue: str) -> Tell:
    """Sends the removal of an item, which happened now unless told otherwise."""

    def send(sort_key: str, *, user: str = ALICE, age: float = 0, name: str = "REMOVE") -> None:
        change = {
            "ApproximateCreationDateTime": int(time.time() - age),
            "Keys": {"pk": {"S": f"U#{user}"}, "sk": {"S": sort_key}},
        }
        sqs.send_message(
            QueueUrl=queue, MessageBody=json.dumps({"eventName": name, "dynamodb": change})
        )

    return send


@pytest.fixture
def waiting(sqs: SQSClient, queue: str) -> Waiting:
    """How many messages are not deleted."""

    def count() -> int:
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return sum(int(value) for value in found.values())

    return count


@dataclass
class Scene:
    """The worker, what it works on, and the people whose attachments these are."""

    worker: Worker
    sqs: SQSClient
    queue: str
    store: AttachmentStore
    tell: Tell
    waiting: Waiting
    alice: FlaskClient
    bob: FlaskClient
    uploads: Uploads
    grow_older: GrowOlder
    sums: Sums
    keys: Keys
    dynamodb: DynamoDBClient
    s3: S3Client
    table: str
    bucket: str


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> Scene:
    return Scene(**{each.name: request.getfixturevalue(each.name) for each in fields(Scene)})
