"""Attachments in DynamoDB, and the sums over them: changed together or not at all."""

import logging
import random
import time
from typing import TYPE_CHECKING, Any

from . import attachments, aws, dynamodb, items
from .attachments import Attachment, Limits, QuotaExceeded, TooManyFiles, Usage
from .items import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_dynamodb import DynamoDBClient

# All files of a user share one sum, so uploads announced at once meet there.
CONFLICT_PERIOD = 1.5  # seconds in which a transaction is tried again
LONGEST_PAUSE = 0.2  # seconds between two tries
# Why DynamoDB cancels a transaction that may well succeed when tried again.
PASSING = {"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
REFUSED = "ConditionalCheckFailed"

logger = logging.getLogger(__name__)


class SumsDisagree(Exception):
    """There is an attachment that the sums do not contain: somebody has written past the ledger."""


class Ledger:
    """One user's attachments at a time."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def find(self, user: str, todo_id: str, file_id: str) -> Attachment | None:
        item = self._get(items.file_key(user, todo_id, file_id))
        return items.attachment_of(item) if item else None

    def usage(self, user: str) -> Usage:
        item = self._get(items.quota_key(user))
        return items.usage_of(item) if item else Usage(bytes=0, files=0)

    def of_todo(self, user: str, todo_id: str) -> list[Attachment]:
        """Oldest first; expired ones too."""
        return [items.attachment_of(item) for item in self._query(user, f"F#{todo_id}#")]

    def overdue(self, user: str, todo_id: str | None) -> list[tuple[str, str]]:
        """To-do and id of each upload to be settled, of one to-do or of all; some of them may have
        been completed."""
        prefix = f"P#{todo_id}#" if todo_id else "P#"
        moment = {"FilterExpression": "expiresAt <= :now"}
        values = {":now": {"N": str(int(attachments.now().timestamp()))}}
        found = [item["sk"]["S"].split("#") for item in self._query(user, prefix, moment, values)]
        return [(todo, file) for _, todo, file in found]

    def add(self, user: str, attachment: Attachment, limits: Limits) -> None:
        """The attachment, its reminder and the sums, unless that is over a limit."""
        room = limits.user_bytes - attachment.size
        if room < 0:
            raise QuotaExceeded(limits.user_bytes)
        quota = self._sum(
            items.quota_key(user),
            "ADD #bytes :size, #files :one",
            "attribute_not_exists(#bytes) OR #bytes <= :room",
            size=attachment.size,
            room=room,
        )
        count = self._sum(
            items.count_key(user, attachment.todo_id),
            "ADD #files :one",
            "attribute_not_exists(#files) OR #files < :most",
            most=limits.files_per_todo,
        )
        refused = self._commit(
            {"Put": self._new(items.file_item(user, attachment))},
            {"Put": self._new(items.reminder_item(user, attachment))},
            {"Update": quota},
            {"Update": count},
        )
        if 0 in refused:
            # Nobody else can have made this id: an attempt that seemed to fail had succeeded.
            logger.warning("a repeated attempt to create found its own item")
        elif 3 in refused:  # noqa: PLR2004 - the place above
            raise TooManyFiles(limits.files_per_todo)
        elif refused:
            raise QuotaExceeded(limits.user_bytes)

    def complete(self, user: str, attachment: Attachment) -> bool:
        """False when the upload is not pending any more."""
        update = {
            "TableName": self._table,
            "Key": items.file_key(user, attachment.todo_id, attachment.id),
            "UpdateExpression": "SET completedAt = :moment",
            "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(completedAt)",
            "ExpressionAttributeValues": {":moment": {"S": str(attachment.completed_at)}},
        }
        return not self._commit({"Update": update})

    def remove(self, user: str, attachment: Attachment) -> bool:
        """Take an attachment as it was read away, and out of the sums; False when it has been
        removed or completed since. A sum that is missing becomes nought: the first releases kept
        none."""
        state = "attribute_exists" if attachment.completed_at else "attribute_not_exists"
        row = {
            "TableName": self._table,
            "Key": items.file_key(user, attachment.todo_id, attachment.id),
            "ConditionExpression": f"attribute_exists(pk) AND {state}(completedAt)",
        }
        quota = self._sum(
            items.quota_key(user),
            "SET #bytes = if_not_exists(#bytes, :size) - :size,"
            " #files = if_not_exists(#files, :one) - :one",
            "attribute_not_exists(pk) OR (#bytes >= :size AND #files >= :one)",
            size=attachment.size,
        )
        count = self._sum(
            items.count_key(user, attachment.todo_id),
            "SET #files = if_not_exists(#files, :one) - :one",
            "attribute_not_exists(pk) OR #files >= :one",
        )
        refused = self._commit({"Delete": row}, {"Update": quota}, {"Update": count})
        if refused and 0 not in refused:
            raise SumsDisagree
        return not refused

    def forget_reminder(self, user: str, todo_id: str, file_id: str) -> None:
        key = items.reminder_key(user, todo_id, file_id)
        self._commit({"Delete": {"TableName": self._table, "Key": key}})

    def forget_count(self, user: str, todo_id: str) -> None:
        """Drop the sum of a to-do that has no attachments."""
        empty = {
            "TableName": self._table,
            "Key": items.count_key(user, todo_id),
            "ConditionExpression": "#files = :none",
            "ExpressionAttributeNames": {"#files": "files"},
            "ExpressionAttributeValues": {":none": {"N": "0"}},
        }
        self._commit({"Delete": empty})

    def _new(self, item: Item) -> dict[str, Any]:
        condition = "attribute_not_exists(pk)"
        return {"TableName": self._table, "Item": item, "ConditionExpression": condition}

    def _sum(self, key: items.Key, update: str, condition: str, **numbers: int) -> dict[str, Any]:
        names = {f"#{name}": name for name in ("bytes", "files") if f"#{name}" in update}
        values = {f":{name}": {"N": str(number)} for name, number in (numbers | {"one": 1}).items()}
        return {
            "TableName": self._table,
            "Key": key,
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }

    def _get(self, key: items.Key) -> Item | None:
        with aws.translated_errors():
            answer = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return answer.get("Item")

    def _query(
        self, user: str, prefix: str, filters: Item | None = None, values: Item | None = None
    ) -> "Iterator[Item]":
        parameters: dict[str, Any] = {
            "TableName": self._table,
            "ConsistentRead": True,  # people see their own writes
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": {"S": f"U#{user}"},
                ":prefix": {"S": prefix},
                **(values or {}),
            },
            **(filters or {}),
        }
        while True:
            with aws.translated_errors():
                answer = self._dynamodb.query(**parameters)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            parameters["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _commit(self, *writes: dict[str, Any]) -> list[int]:
        """Make all the writes or none; the places of those whose condition does not hold.

        The client gives each call a token, so its own second attempt never writes twice.
        """
        give_up, pause = time.monotonic() + CONFLICT_PERIOD, LONGEST_PAUSE / 16
        while True:
            reasons = self._try(writes)
            refused = [place for place, reason in enumerate(reasons) if reason == REFUSED]
            if refused or not reasons:
                return refused
            if time.monotonic() > give_up:
                logger.warning("AWS: transactions keep meeting")
                raise aws.Unavailable
            time.sleep(random.uniform(0, pause))  # noqa: S311 - jitter
            pause = min(pause * 2, LONGEST_PAUSE)

    def _try(self, writes: Any) -> list[str]:
        """Why the transaction was cancelled, write by write; nothing when it was not."""
        try:
            with aws.translated_errors():
                self._dynamodb.transact_write_items(TransactItems=writes)
        except dynamodb.TransactionCanceled as error:
            reasons = [str(reason["Code"]) for reason in error.answer["CancellationReasons"]]
            if not PASSING | {REFUSED} >= set(reasons):
                raise
            return reasons
        return []
