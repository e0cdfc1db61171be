"""Where attachments are kept: described in DynamoDB, their bytes in S3."""

from datetime import datetime
from typing import TYPE_CHECKING

from . import attachments
from .attachments import (
    Attachment,
    AttachmentNotFound,
    Download,
    Limits,
    QuotaExceeded,
    TooManyFiles,
    Upload,
    UploadPending,
    Usage,
)
from .ledger import Ledger
from .objects import Objects

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client

# Without "virtual", presigned URLs name the global host, which redirects (and so fails in browsers)
# until a new bucket is known everywhere. An endpoint that is an IP address gets paths all the same.
S3_SETTINGS = {
    "signature_version": "s3v4",
    "s3": {"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
}
SETTLED_AT_ONCE = 20  # overdue uploads while a caller waits


class AttachmentStore:
    """One user's attachments at a time: `user` is always the verified subject of a token."""

    def __init__(self, dynamodb: "DynamoDBClient", s3: "S3Client", table: str, bucket: str) -> None:
        self._ledger, self._objects = Ledger(dynamodb, table), Objects(s3, bucket)

    def add(self, user: str, attachment: Attachment, limits: Limits) -> None:
        try:
            self._ledger.add(user, attachment, limits)
        except (QuotaExceeded, TooManyFiles) as refusal:
            # What nobody sees any more may be all that is in the way.
            shelf = attachment.todo_id if isinstance(refusal, TooManyFiles) else None
            if not self._settle_overdue(user, shelf):
                raise
            self._ledger.add(user, attachment, limits)

    def get(self, user: str, todo_id: str, file_id: str) -> Attachment:
        attachment = self._ledger.find(user, todo_id, file_id)
        if attachment is None or attachments.expired(attachment):
            raise AttachmentNotFound
        return attachment

    def complete_ones(self, user: str, todo_id: str) -> list[Attachment]:
        """Oldest first."""
        return [found for found in self._ledger.of_todo(user, todo_id) if found.completed_at]

    def usage(self, user: str) -> Usage:
        return self._ledger.usage(user)

    def complete(self, user: str, todo_id: str, file_id: str) -> Attachment:
        """Finish the upload if S3 holds just what was announced; again does no harm."""
        attachment = self.get(user, todo_id, file_id)
        if attachment.completed_at:
            return attachment
        self._objects.check(user, attachment)
        completed = attachments.completed(attachment)
        if self._ledger.complete(user, completed):
            return completed
        return self.get(user, todo_id, file_id)  # meanwhile completed or deleted by another

    def delete(self, user: str, todo_id: str, file_id: str) -> None:
        self._remove(user, self.get(user, todo_id, file_id))

    def upload(self, user: str, attachment: Attachment) -> Upload:
        return self._objects.upload(user, attachment)

    def download(self, user: str, attachment: Attachment, *, inline: bool) -> Download:
        if not attachment.completed_at:
            raise UploadPending
        return self._objects.download(user, attachment, inline=inline)

    def clear(self, user: str, todo_id: str, before: datetime) -> int:
        """Remove what was attached to a to-do before a moment, and say how many; again does no
        harm."""
        end = attachments.instant(before)
        gone = [each for each in self._ledger.of_todo(user, todo_id) if each.created_at < end]
        for attachment in gone:
            self._remove(user, attachment)
        if gone:
            self._ledger.forget_count(user, todo_id)
        return len(gone)

    def settle(self, user: str, todo_id: str, file_id: str) -> int:
        """Clear away an upload that nobody has completed in time, or bytes without an attachment;
        say how many attachments that were. Again does no harm."""
        attachment = self._ledger.find(user, todo_id, file_id)
        settled = 0
        if attachment is None:  # deleted, and the upload's URL was good for a while longer
            self._objects.delete(user, todo_id, file_id)
        elif not attachment.completed_at:
            if attachments.settled_from(attachment) > attachments.now():
                return 0
            settled = int(self._try_to_remove(user, attachment))
        self._ledger.forget_reminder(user, todo_id, file_id)
        return settled

    def _settle_overdue(self, user: str, todo_id: str | None) -> int:
        overdue = self._ledger.overdue(user, todo_id)[:SETTLED_AT_ONCE]
        return sum(self.settle(user, *ids) for ids in overdue)

    def _remove(self, user: str, attachment: Attachment) -> None:
        left: Attachment | None = attachment
        while left and not self._try_to_remove(user, left):
            # Meanwhile removed or completed by another.
            left = self._ledger.find(user, attachment.todo_id, attachment.id)

    def _try_to_remove(self, user: str, attachment: Attachment) -> bool:
        """The bytes first: if the second step fails, a repetition finds the item and goes on."""
        self._objects.delete(user, attachment.todo_id, attachment.id)
        return self._ledger.remove(user, attachment)
