"""The items of the files table: their keys and their attributes.

Of a user, `pk = U#<user>`, with these sort keys:

- `F#<todo>#<file>`: an attachment.
- `P#<todo>#<file>`: the reminder of an announced upload. It expires, its removal comes back by the
  table's stream, and then the worker clears away what was never completed.
- `N#<todo>`: how many attachments the to-do has.
- `QUOTA`: how many attachments the user has, and how many bytes they come to.
"""

from collections.abc import Mapping
from typing import Any

from . import attachments
from .attachments import Attachment, Usage

Item = Mapping[str, Any]  # as DynamoDB writes it: {"name": {"S": "…"}, …}
Key = dict[str, Any]


def file_key(user: str, todo_id: str, file_id: str) -> Key:
    return _key(user, f"F#{todo_id}#{file_id}")


def reminder_key(user: str, todo_id: str, file_id: str) -> Key:
    return _key(user, f"P#{todo_id}#{file_id}")


def count_key(user: str, todo_id: str) -> Key:
    return _key(user, f"N#{todo_id}")


def quota_key(user: str) -> Key:
    return _key(user, "QUOTA")


def _key(user: str, sort_key: str) -> Key:
    return {"pk": {"S": f"U#{user}"}, "sk": {"S": sort_key}}


def file_item(user: str, attachment: Attachment) -> dict[str, Any]:
    """The item of an attachment whose upload is pending."""
    return {
        **file_key(user, attachment.todo_id, attachment.id),
        "name": {"S": attachment.name},
        "contentType": {"S": attachment.content_type},
        "size": {"N": str(attachment.size)},
        "sha256": {"S": attachment.sha256},
        "createdAt": {"S": attachment.created_at},
    }


def reminder_item(user: str, attachment: Attachment) -> dict[str, Any]:
    moment = int(attachments.settled_from(attachment).timestamp()) + 1
    return {
        **reminder_key(user, attachment.todo_id, attachment.id),
        "expiresAt": {"N": str(moment)},
    }


def attachment_of(item: Item) -> Attachment:
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


def usage_of(item: Item) -> Usage:
    return Usage(bytes=int(item["bytes"]["N"]), files=int(item["files"]["N"]))
