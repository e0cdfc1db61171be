"""The worker: `python -m files_service.worker`, the same image with another command.

Takes removals from the queue, one at a time, and removes the attachments that go with them. Every
message may come twice, late or never have been meant for us; the work does no harm when repeated.
"""

import logging
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from . import aws, dynamodb, logs, removals, sdk
from .config import read_worker
from .removals import TodoRemoved
from .store import S3_SETTINGS, AttachmentStore
from .variables import ConfigError

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef

WAIT = 20  # seconds that SQS waits for a message before it answers that there is none
LONGEST_PAUSE = 60  # seconds between two attempts while AWS is in trouble
FIRST_DELAY, LONGEST_DELAY = 10, 900  # seconds until a message that failed comes again

logger = logging.getLogger(f"{__package__}.worker")  # its name is __main__ when it runs


class Stop:
    """SIGTERM: ends the process at once where nothing is in hand, and else after the message."""

    def __init__(self) -> None:
        self.requested = self._idle = False

    def __call__(self, *_signal: object) -> None:
        self.requested = True
        if self._idle:
            raise SystemExit(0)

    @contextmanager
    def may_happen(self) -> Iterator[None]:
        """A message that SQS is just handing out comes again after its visibility time-out."""
        self._idle = True
        try:
            if self.requested:
                raise SystemExit(0)
            yield
        finally:
            self._idle = False


class Worker:
    """Works on one message after the other."""

    def __init__(
        self, sqs: "SQSClient", queue_url: str, store: AttachmentStore, stop: Stop
    ) -> None:
        self._sqs, self._queue_url, self._store, self._stop = sqs, queue_url, store, stop
        self._failures = 0

    def run(self) -> None:
        """Until it is told to stop."""
        while not self._stop.requested:
            self.work()

    def work(self) -> None:
        """Wait for a message and do what it says."""
        try:
            messages = self._receive()
        except aws.Unavailable:
            self._pause()
        except Exception:
            logger.exception("the queue cannot be read")
            self._pause()
        else:
            for message in messages:
                self._handle(message)

    def _receive(self) -> "list[MessageTypeDef]":
        with self._stop.may_happen(), sdk.translated_errors():
            answer = self._sqs.receive_message(
                QueueUrl=self._queue_url,
                MaxNumberOfMessages=1,
                WaitTimeSeconds=WAIT,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
        return answer.get("Messages", [])

    def _handle(self, message: "MessageTypeDef") -> None:
        try:
            self._obey(message)
            with sdk.translated_errors():
                self._sqs.delete_message(
                    QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"]
                )
            self._failures = 0
        except aws.Unavailable:
            self._postpone(message)
            self._pause()
        except Exception:
            # Never deleted: after enough attempts the queue sends it to the dead letters.
            fields = {"messageId": message["MessageId"], "message": "a message failed"}
            logger.exception("", extra={"fields": fields})
            self._postpone(message)

    def _obey(self, message: "MessageTypeDef") -> None:
        started = time.perf_counter()
        for removal in removals.read(message["Body"]):
            if isinstance(removal, TodoRemoved):
                removed = self._store.clear(removal.user, removal.todo_id, removal.moment)
            else:
                removed = self._store.settle(removal.user, removal.todo_id, removal.file_id)
            fields: dict[str, Any] = {
                "messageId": message["MessageId"],
                "event": type(removal).__name__,
                "removed": removed,
                "durationMs": round((time.perf_counter() - started) * 1000, 1),
            }
            logger.info("", extra={"fields": fields})

    def _postpone(self, message: "MessageTypeDef") -> None:
        """Let it come again, later each time; failing that, after its visibility time-out."""
        received = int(message["Attributes"]["ApproximateReceiveCount"])
        delay = min(FIRST_DELAY * 2 ** min(received - 1, 10), LONGEST_DELAY)
        try:
            with sdk.translated_errors():
                self._sqs.change_message_visibility(
                    QueueUrl=self._queue_url,
                    ReceiptHandle=message["ReceiptHandle"],
                    VisibilityTimeout=delay,
                )
        except (aws.Unavailable, self._sqs.exceptions.ClientError):
            logger.warning("a message cannot be postponed", exc_info=True)

    def _pause(self) -> None:
        self._failures = min(self._failures + 1, 10)
        longest = min(2**self._failures, LONGEST_PAUSE)
        with self._stop.may_happen():
            time.sleep(random.uniform(longest / 2, longest))  # noqa: S311 - jitter


def main() -> None:
    try:
        config = read_worker()
        clients = (
            dynamodb.client(config.region, config.aws),
            sdk.client("s3", config.region, config.aws, **S3_SETTINGS),
        )
        sqs = sdk.client("sqs", config.region, config.aws, read_timeout=WAIT + 5)
    except ConfigError as error:
        # The one line an operator needs; a traceback would bury it.
        raise SystemExit(f"files_service.worker cannot start: {error}") from None
    logs.configure(config.log_level)
    stop = Stop()
    signal.signal(signal.SIGTERM, stop)
    store = AttachmentStore(*clients, config.files_table, config.files_bucket)
    Worker(sqs, config.queue_url, store, stop).run()


if __name__ == "__main__":
    main()
