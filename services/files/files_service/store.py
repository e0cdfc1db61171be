"""Where attachments are kept: the only module that knows DynamoDB and S3.

An attachment is one item, `pk = U#<user>`, `sk = F#<todo>#<file>`, and one object,
`u/<user>/<todo>/<file>`. The bytes never come through here: browsers and S3 exchange them
directly, by presigned requests.
"""

import base64
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from . import attachments, aws
from .attachments import (
    Attachment,
    AttachmentNotFound,
    TooManyFiles,
    Upload,
    UploadMismatch,
    UploadMissing,
    UploadPending,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client

Item = Mapping[str, Any]  # as DynamoDB writes it: {"name": {"S": "…"}, …}

# Without "virtual", presigned URLs name the global host, which redirects (and so fails in browsers)
# until a new bucket is known everywhere. An endpoint that is an IP address gets paths all the same.
S3_SETTINGS = {
    "signature_version": "s3v4",
    "s3": {"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
}
UPLOAD_PERIOD = timedelta(minutes=15)
DOWNLOAD_PERIOD = timedelta(seconds=60)

logger = logging.getLogger(__name__)


class AttachmentStore:
    """One user's attachments at a time: `user` is always the verified subject of a token."""

    def __init__(self, dynamodb: "DynamoDBClient", s3: "S3Client", table: str, bucket: str) -> None:
        self._dynamodb, self._s3, self._table, self._bucket = dynamodb, s3, table, bucket

    def add(self, user: str, attachment: Attachment, at_most: int) -> None:
        # Two announcements at once may both find the last place free; the limit is not exact.
        if len(self._live(user, attachment.todo_id)) >= at_most:
            raise TooManyFiles(at_most)
        if not self._write(user, attachment, "attribute_not_exists(pk)"):
            # Nobody else can have made this id: an attempt that seemed to fail had succeeded.
            logger.warning("a repeated attempt to create found its own item")

    def get(self, user: str, todo_id: str, file_id: str) -> Attachment:
        with aws.translated_errors():
            answer = self._dynamodb.get_item(
                TableName=self._table, Key=_key(user, todo_id, file_id), ConsistentRead=True
            )
        attachment = _attachment(answer["Item"]) if "Item" in answer else None
        # DynamoDB deletes expired items a good while after they expired.
        if attachment is None or attachments.expired(attachment):
            raise AttachmentNotFound
        return attachment

    def complete_ones(self, user: str, todo_id: str) -> list[Attachment]:
        """Oldest first."""
        return [found for found in self._live(user, todo_id) if found.completed_at]

    def complete(self, user: str, todo_id: str, file_id: str) -> Attachment:
        """Finish the upload if S3 holds just what was announced; again does no harm."""
        attachment = self.get(user, todo_id, file_id)
        if attachment.completed_at:
            return attachment
        self._check_object(user, attachment)
        completed = attachments.completed(attachment)
        pending = "attribute_exists(pk) AND attribute_not_exists(completedAt)"
        if self._write(user, completed, pending):
            return completed
        return self.get(user, todo_id, file_id)  # meanwhile completed or deleted by another

    def delete(self, user: str, todo_id: str, file_id: str) -> None:
        """The bytes first: if the second step fails, a repetition finds the item and goes on."""
        attachment = self.get(user, todo_id, file_id)
        with aws.translated_errors():
            self._s3.delete_object(Bucket=self._bucket, Key=_object_key(user, attachment))
            self._dynamodb.delete_item(TableName=self._table, Key=_key(user, todo_id, file_id))

    def upload(self, user: str, attachment: Attachment) -> Upload:
        """A PUT for exactly the announced bytes, once: everything that matters is signed."""
        checksum = _base64(attachment.sha256)
        url = self._presigned(
            "put_object",
            UPLOAD_PERIOD,
            Key=_object_key(user, attachment),
            ContentLength=attachment.size,
            ContentType=attachment.content_type,
            ChecksumSHA256=checksum,
            IfNoneMatch="*",
        )
        # Content-Length is signed too, but browsers set it themselves and refuse to be told.
        headers = {
            "content-type": attachment.content_type,
            "if-none-match": "*",
            "x-amz-checksum-sha256": checksum,
        }
        expires_at = attachments.instant(attachments.now() + UPLOAD_PERIOD)
        return Upload("PUT", url, headers, expires_at)

    def download_url(self, user: str, attachment: Attachment) -> str:
        if not attachment.completed_at:
            raise UploadPending
        return self._presigned(
            "get_object",
            DOWNLOAD_PERIOD,
            Key=_object_key(user, attachment),
            ResponseContentDisposition=attachments.disposition(attachment.name),
        )

    def _presigned(self, operation: str, period: timedelta, **parameters: str | int) -> str:
        with aws.translated_errors():  # the credentials may have to be fetched anew
            return self._s3.generate_presigned_url(
                operation,
                Params={"Bucket": self._bucket, **parameters},
                ExpiresIn=int(period.total_seconds()),
            )

    def _check_object(self, user: str, attachment: Attachment) -> None:
        try:
            with aws.translated_errors():
                found = self._s3.head_object(
                    Bucket=self._bucket,
                    Key=_object_key(user, attachment),
                    ChecksumMode="ENABLED",
                )
        except self._s3.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "403":
                # The role may not list the bucket, and then S3 says 403 for what is not there.
                logger.warning("S3: 403 for an upload: it is missing, or the role is")
            elif code != "404":
                raise
            raise UploadMissing from error
        arrived = found["ContentLength"], found.get("ChecksumSHA256")
        if arrived != (attachment.size, _base64(attachment.sha256)):
            raise UploadMismatch

    def _live(self, user: str, todo_id: str) -> list[Attachment]:
        parameters: dict[str, Any] = {
            "TableName": self._table,
            "ConsistentRead": True,  # people see their own writes
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": {"S": f"U#{user}"},
                ":prefix": {"S": f"F#{todo_id}#"},
            },
        }
        items: list[Item] = []
        while True:
            with aws.translated_errors():
                answer = self._dynamodb.query(**parameters)
            items += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                break
            parameters["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        found = [_attachment(item) for item in items]
        return [attachment for attachment in found if not attachments.expired(attachment)]

    def _write(self, user: str, attachment: Attachment, condition: str) -> bool:
        """Write the attachment's attributes, and only them: those of a newer release stay. False
        when the condition does not hold."""
        attributes = _attributes(attachment)
        present = {name: value for name, value in attributes.items() if value is not None}
        absent = [f"#{name}" for name in attributes if name not in present]
        update = "SET " + ", ".join(f"#{name} = :{name}" for name in present)
        try:
            with aws.translated_errors():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=_key(user, attachment.todo_id, attachment.id),
                    UpdateExpression=f"{update} REMOVE {', '.join(absent)}",
                    ConditionExpression=condition,
                    ExpressionAttributeNames={f"#{name}": name for name in attributes},
                    ExpressionAttributeValues={f":{name}": v for name, v in present.items()},
                )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _key(user: str, todo_id: str, file_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"U#{user}"}, "sk": {"S": f"F#{todo_id}#{file_id}"}}


def _object_key(user: str, attachment: Attachment) -> str:
    return f"u/{user}/{attachment.todo_id}/{attachment.id}"


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def _attributes(attachment: Attachment) -> dict[str, Any]:
    """The item without its key; None is for an attribute that it does not have."""
    expiry = attachments.expiry(attachment)
    completed_at = attachment.completed_at
    return {
        "name": {"S": attachment.name},
        "contentType": {"S": attachment.content_type},
        "size": {"N": str(attachment.size)},
        "sha256": {"S": attachment.sha256},
        "createdAt": {"S": attachment.created_at},
        "completedAt": {"S": completed_at} if completed_at else None,
        "expiresAt": {"N": str(int(expiry.timestamp()))} if expiry else None,
    }


def _attachment(item: Item) -> Attachment:
    _, todo_id, file_id = item["sk"]["S"].split("#")
    return Attachment(
        id=file_id,
        todo_id=todo_id,
        name=item["name"]["S"],
        content_type=item["contentType"]["S"],
        size=int(item["size"]["N"]),
        sha256=item["sha256"]["S"],
        created_at=item["createdAt"]["S"],
        completed_at=item["completedAt"]["S"] if "completedAt" in item else None,
    )
