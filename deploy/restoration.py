"""What people have lost, put back from a table that DynamoDB has restored beside ours.

DynamoDB restores into a new table only. The deployed one keeps its name, stream, backups and all
that people have made since; deleting from it would tell the worker to remove attachments.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deploy import core, stacks
from deploy.account import CONFIG, Account
from deploy.settings import Settings
from deploy.terminal import say

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client

TABLES = {"todos": "TodosTable", "files": "FilesTable"}
ABSENT = "attribute_not_exists(pk)"

Item = Mapping[str, Any]


def restore(account: Account, settings: Settings, table: str, source: str, *, every: bool) -> None:
    """Put back each missing to-do or attachment; with `every`, changed to-dos as they were too."""
    stack = core.existing(account, settings)
    ids = {name: each.id for name, each in stacks.resources(account, stack).items()}
    dynamodb = account.session.client("dynamodb", config=CONFIG)
    target = ids[TABLES[table]]
    say(f"From {source} to {target}")
    back = 0
    if table == "todos":
        todos = Todos(dynamodb, target)
        for item in _items(dynamodb, source, "T#"):
            back += todos.put_back(item, every=every)
    else:
        files = Files(
            dynamodb, target, account.session.client("s3", config=CONFIG), ids["FilesBucket"]
        )
        for item in _items(dynamodb, source, "F#"):
            back += files.put_back(item)
    say(f"  {back} put back")


@dataclass(frozen=True)
class Todos:
    """The to-dos table."""

    dynamodb: "DynamoDBClient"
    table: str

    def put_back(self, item: Item, *, every: bool) -> bool:
        """Whether it was missing, or is changed back."""
        if int(item.get("expiresAt", {"N": str(2**63)})["N"]) <= time.time():
            return False  # in the trash, and its thirty days are over
        now = self._find(item)
        if now is None:
            return self._put(item, ABSENT, {})
        version = int(now["version"]["N"])
        # Never a version that somebody has already seen with other content.
        newer = {**item, "version": {"N": str(version + 1)}}
        if not every or now == {**item, "version": now["version"]}:
            return False
        return self._put(newer, "version = :seen", {":seen": now["version"]})

    def _find(self, item: Item) -> Item | None:
        key = {"pk": item["pk"], "sk": item["sk"]}
        return self.dynamodb.get_item(TableName=self.table, Key=key, ConsistentRead=True).get(
            "Item"
        )

    def _put(self, item: Item, condition: str, values: Item) -> bool:
        given: Any = {"ExpressionAttributeValues": values} if values else {}
        try:
            self.dynamodb.put_item(
                TableName=self.table, Item=item, ConditionExpression=condition, **given
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return False  # somebody was quicker, and knows what they want
        return True


@dataclass(frozen=True)
class Files:
    """The files table, and the bucket that holds the bytes."""

    dynamodb: "DynamoDBClient"
    table: str
    s3: "S3Client"
    bucket: str

    def put_back(self, item: Item) -> bool:
        """Whether a completed attachment was missing and its bytes are there."""
        user = item["pk"]["S"].removeprefix("U#")
        _, todo, file = item["sk"]["S"].split("#")
        if "completedAt" not in item or not self._uncover(f"u/{user}/{todo}/{file}"):
            return False
        one = {":one": {"N": "1"}}
        files, names = "ADD #files :one", {"#files": "files"}
        row = {"TableName": self.table, "Item": item, "ConditionExpression": ABSENT}
        # The service refuses to remove what its sums do not contain.
        count = self._sum(item, f"N#{todo}", files, names, one)
        quota = self._sum(
            item,
            "QUOTA",
            f"{files}, #bytes :size",
            {**names, "#bytes": "bytes"},
            {**one, ":size": item["size"]},
        )
        changes: Any = [{"Put": row}, {"Update": count}, {"Update": quota}]
        try:
            self.dynamodb.transact_write_items(TransactItems=changes)
        except self.dynamodb.exceptions.TransactionCanceledException as error:
            if error.response["CancellationReasons"][0].get("Code") == "ConditionalCheckFailed":
                return False  # it is there
            raise
        return True

    def _sum(
        self, item: Item, sort_key: str, update: str, names: Mapping[str, str], values: Item
    ) -> dict[str, Any]:
        return {
            "TableName": self.table,
            "Key": {"pk": item["pk"], "sk": {"S": sort_key}},
            "UpdateExpression": update,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }

    def _uncover(self, key: str) -> bool:
        """Take away what marks the object as deleted; whether there are bytes then."""
        found = self.s3.list_object_versions(Bucket=self.bucket, Prefix=key)
        for marker in found.get("DeleteMarkers", []):
            self.s3.delete_object(Bucket=self.bucket, Key=key, VersionId=marker["VersionId"])
        if not found.get("Versions"):
            say(f"  {key}: its bytes are gone, as they are 30 days after their removal")
        return bool(found.get("Versions"))


def _items(dynamodb: "DynamoDBClient", table: str, prefix: str) -> Iterator[Item]:
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    for page in pages:
        yield from (item for item in page["Items"] if item["sk"]["S"].startswith(prefix))
