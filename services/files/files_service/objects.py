"""Attachments' bytes in S3: one object each, `u/<user>/<todo>/<file>`.

They never come through here: browsers and S3 exchange them directly, by presigned requests.
"""

import base64
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from . import attachments, sdk
from .attachments import Attachment, Download, Upload, UploadMismatch, UploadMissing

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

UPLOAD_PERIOD = timedelta(minutes=15)
DOWNLOAD_PERIOD = timedelta(seconds=60)

logger = logging.getLogger(__name__)


class Objects:
    """The objects of one bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def upload(self, user: str, attachment: Attachment) -> Upload:
        """A PUT for exactly the announced bytes, once: everything that matters is signed."""
        checksum = _base64(attachment.sha256)
        url, expires_at = self._presigned(
            "put_object",
            UPLOAD_PERIOD,
            Key=_key(user, attachment.todo_id, attachment.id),
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
        return Upload("PUT", url, headers, expires_at)

    def download(self, user: str, attachment: Attachment, *, inline: bool) -> Download:
        disposition, media_type = attachments.delivery(attachment, inline=inline)
        url, expires_at = self._presigned(
            "get_object",
            DOWNLOAD_PERIOD,
            Key=_key(user, attachment.todo_id, attachment.id),
            ResponseContentDisposition=disposition,
            ResponseContentType=media_type,
        )
        return Download(url, expires_at)

    def check(self, user: str, attachment: Attachment) -> None:
        """Refuse anything but exactly the announced bytes."""
        try:
            with sdk.translated_errors():
                found = self._s3.head_object(
                    Bucket=self._bucket,
                    Key=_key(user, attachment.todo_id, attachment.id),
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

    def delete(self, user: str, todo_id: str, file_id: str) -> None:
        """What is not there is deleted, too."""
        with sdk.translated_errors():
            self._s3.delete_object(Bucket=self._bucket, Key=_key(user, todo_id, file_id))

    def _presigned(
        self, operation: str, period: timedelta, **parameters: str | int
    ) -> tuple[str, str]:
        """The URL, and until when it is good."""
        expires_at = attachments.instant(attachments.now() + period)
        with sdk.translated_errors():  # the credentials may have to be fetched anew
            url = self._s3.generate_presigned_url(
                operation,
                Params={"Bucket": self._bucket, **parameters},
                ExpiresIn=int(period.total_seconds()),
            )
        return url, expires_at


def _key(user: str, todo_id: str, file_id: str) -> str:
    return f"u/{user}/{todo_id}/{file_id}"


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()
