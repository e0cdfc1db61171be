"""Messages that fail, AWS in trouble, and the end of the worker."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from files_service import aws
from files_service.store import AttachmentStore
from files_service.worker import Stop, Worker

if TYPE_CHECKING:
    from tests.files.worker.conftest import Scene

ALICE = "a11ce000-0000-4000-8000-000000000001"
TODO = "11111111-0000-4000-8000-000000000001"
OTHER_TODO = "11111111-0000-4000-8000-000000000002"
FILES = f"/me/todos/{TODO}/files"


@pytest.mark.parametrize("body", ["", "{", '{"eventName": "REMOVE"}', '{"T#private": 1}'])
def test_a_poison_message_ends_among_the_dead_letters(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, body: str
) -> None:
    monkeypatch.setattr("files_service.worker.FIRST_DELAY", 0)
    sent = scene.sqs.send_message(QueueUrl=scene.queue, MessageBody=body or " ")
    redrive = scene.sqs.get_queue_attributes(QueueUrl=scene.queue, AttributeNames=["RedrivePolicy"])
    dead = json.loads(redrive["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"].split(":")[-1]

    for _ in range(4):
        scene.worker.work()

    letters = scene.sqs.receive_message(
        QueueUrl=scene.sqs.get_queue_url(QueueName=dead)["QueueUrl"]
    )
    assert [letter["MessageId"] for letter in letters["Messages"]] == [sent["MessageId"]]
    assert scene.waiting() == 0
    assert "private" not in caplog.text
    assert [vars(line)["fields"]["messageId"] for line in caplog.records] == [sent["MessageId"]] * 3


def test_a_failed_message_comes_again_later_each_time(scene: Scene) -> None:
    delays: list[int] = []
    scene.sqs.meta.events.register(
        "provide-client-params.sqs.ChangeMessageVisibility",
        handler := lambda params, **_: delays.append(params["VisibilityTimeout"]),
    )
    message: Any = {"MessageId": "1", "Body": "{", "ReceiptHandle": "unknown"}

    for received in (1, 2, 5, 100):
        message["Attributes"] = {"ApproximateReceiveCount": str(received)}
        scene.worker._handle(message)  # noqa: SLF001 - ten attempts would take an hour

    scene.sqs.meta.events.unregister("provide-client-params.sqs.ChangeMessageVisibility", handler)
    assert delays == [10, 20, 160, 900]


def test_a_message_that_cannot_be_postponed_is_told(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    message: Any = {"MessageId": "1", "Body": "{", "ReceiptHandle": "unknown"}
    message["Attributes"] = {"ApproximateReceiveCount": "1"}

    scene.worker._handle(message)  # noqa: SLF001 - SQS knows the handles it gave

    told = caplog.records[-1]
    assert told.getMessage() == "a message cannot be postponed"
    assert "ReceiptHandleIsInvalid" in caplog.text


class Failing:
    """A store, or a queue, that does not do what it is asked for a while."""

    def __init__(self, inner: Any, method: str, *errors: Exception) -> None:
        self.inner, self.method, self.errors = inner, method, list(errors)

    def __getattr__(self, name: str) -> Any:
        if name == self.method and self.errors:
            raise self.errors.pop(0)
        return getattr(self.inner, name)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the worker would have waited."""
    found: list[float] = []
    monkeypatch.setattr("files_service.worker.time.sleep", found.append)
    monkeypatch.setattr("files_service.worker.FIRST_DELAY", 0)
    return found


def test_trouble_with_aws_is_waited_out(scene: Scene, pauses: list[float]) -> None:
    scene.uploads.attach(scene.alice, FILES)
    scene.tell(f"T#{TODO}")
    failing: Any = Failing(scene.store, "clear", aws.Unavailable())
    worker = Worker(scene.sqs, scene.queue, failing, Stop())

    worker.work()
    assert scene.sums() == {ALICE: (4, 1)}
    assert scene.waiting() == 1
    worker.work()

    assert scene.sums() == {ALICE: (0, 0)}
    assert scene.waiting() == 0
    assert len(pauses) == 1


def test_a_queue_in_trouble_is_waited_for_longer_each_time(
    scene: Scene, pauses: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    errors = [aws.Unavailable(), ValueError("what nobody expects")] * 4
    failing: Any = Failing(scene.sqs, "receive_message", *errors)
    worker = Worker(failing, scene.queue, scene.store, Stop())

    for _ in range(9):
        worker.work()

    assert len(pauses) == 8
    assert 1 <= pauses[0] <= 2 <= pauses[1] <= 4
    assert 30 <= pauses[-1] <= 60
    assert caplog.text.count("the queue cannot be read") == 4


def test_a_removal_that_broke_off_is_finished_by_the_next_attempt(
    scene: Scene, pauses: list[float]
) -> None:
    for _ in range(3):
        scene.uploads.attach(scene.alice, FILES)
    scene.tell(f"T#{TODO}")
    s3: Any = Failing(scene.s3, "delete_object", ConnectionResetError())
    dynamodb: Any = Failing(scene.dynamodb, "transact_write_items", ConnectionResetError())
    store = AttachmentStore(dynamodb, s3, scene.table, scene.bucket)
    worker = Worker(scene.sqs, scene.queue, store, Stop())

    for left in (3, 3, 0):
        worker.work()
        assert scene.sums()[ALICE][1] == left

    assert scene.keys() == set()
    assert scene.waiting() == 0
    assert pauses == []


def test_a_line_says_what_was_removed_and_nothing_private(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    file = scene.uploads.attach(scene.alice, FILES, name="private.pdf")
    scene.tell(f"T#{TODO}")
    caplog.set_level(logging.INFO, "files_service.worker")

    scene.worker.work()

    (line,) = (vars(each)["fields"] for each in caplog.records if "fields" in vars(each))
    assert set(line) == {"messageId", "event", "removed", "durationMs"}
    assert (line["event"], line["removed"]) == ("TodoRemoved", 1)
    secrets = ("private", ALICE, TODO, file["id"])
    assert not [secret for secret in secrets if secret in json.dumps(line)]


def test_it_stops_after_the_message_in_hand(scene: Scene) -> None:
    stop = Stop()

    class Interrupting(AttachmentStore):
        def __init__(self) -> None:
            pass

        def clear(self, *arguments: Any) -> int:
            stop()
            return scene.store.clear(*arguments)

    scene.tell(f"T#{TODO}")
    scene.tell(f"T#{OTHER_TODO}")

    Worker(scene.sqs, scene.queue, Interrupting(), stop).run()

    assert scene.waiting() == 1


def test_it_stops_at_once_when_nothing_is_in_hand(scene: Scene) -> None:
    stop = Stop()
    idle = Worker(scene.sqs, scene.queue, scene.store, stop)

    with pytest.raises(SystemExit) as end, stop.may_happen():
        stop()
    with pytest.raises(SystemExit):
        idle.work()

    assert end.value.code == 0
