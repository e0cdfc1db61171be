"""Attachments: their fields, limits and states. Knows neither HTTP, the database nor S3."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import quote

import uuid_utils
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

PENDING_PERIOD = timedelta(hours=24)  # then an upload that was not completed is forgotten


class AttachmentNotFound(Exception):
    """The caller has no such attachment."""


class FileTooLarge(Exception):
    """The announced file is larger than files may be here."""


class TooManyFiles(Exception):
    """The to-do has as many attachments as it may have."""


class UploadPending(Exception):
    """The attachment's upload is not complete, so it has no content."""


class UploadMissing(Exception):
    """The announced bytes have not arrived."""


class UploadMismatch(Exception):
    """Other bytes have arrived than those announced."""


def _one_line(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise PydanticCustomError("one_line", "String should not contain control characters")
    return text


_NAME_PART = "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*"
Name = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_one_line)]
MediaType = Annotated[str, Field(max_length=127, pattern=f"^{_NAME_PART}/{_NAME_PART}$")]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Body(BaseModel):
    """Strict: "1" is not 1, and a field that is not listed is refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, alias_generator=to_camel)


class NewFile(Body):
    """What the caller says of a file before its upload. Its size is in bytes."""

    name: Name
    content_type: MediaType
    size: Annotated[int, Field(ge=1)]
    sha256: Sha256


@dataclass(frozen=True, slots=True)
class Limits:
    """How large an attachment may be, and how many of them a to-do may have."""

    file_bytes: int
    files_per_todo: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment as it is kept. Instants are RFC 3339 in UTC with milliseconds."""

    id: str
    todo_id: str
    name: str
    content_type: str
    size: int
    sha256: str
    created_at: str
    completed_at: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """The request that brings the bytes to S3; good until `expires_at`."""

    method: str
    url: str
    headers: dict[str, str]
    expires_at: str


def instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> datetime:
    return datetime.now(UTC)


def announced(fields: NewFile, todo_id: str, limits: Limits) -> Attachment:
    if fields.size > limits.file_bytes:
        raise FileTooLarge(limits.file_bytes)
    return Attachment(
        id=str(uuid_utils.uuid7()),  # sorts by creation
        todo_id=todo_id,
        name=fields.name,
        content_type=fields.content_type,
        size=fields.size,
        sha256=fields.sha256,
        created_at=instant(now()),
    )


def completed(attachment: Attachment) -> Attachment:
    return replace(attachment, completed_at=instant(now()))


def expiry(attachment: Attachment) -> datetime | None:
    """When the attachment is forgotten; never, once its upload is complete."""
    if attachment.completed_at:
        return None
    return datetime.fromisoformat(attachment.created_at) + PENDING_PERIOD


def expired(attachment: Attachment) -> bool:
    end = expiry(attachment)
    return end is not None and end <= now()


def disposition(name: str) -> str:
    """A Content-Disposition that saves the bytes under any name (RFC 6266, RFC 8187)."""
    fallback = re.sub(r'[^ -~]|["%/\\]', "_", name)
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"
