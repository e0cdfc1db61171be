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
# How long after that it is cleared away: no request that began before is still completing it.
SETTLING_DELAY = timedelta(minutes=1)
# What a browser may show in a page. Nothing in them is ever run, unlike in html, svg or pdf.
RASTER_IMAGES = {"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"}
# Blanks in any dialect of regular expressions, and characters without width: api.yaml has the same.
BLANK = re.compile(r"[\s\u0085\u200b-\u200d\u2060\ufeff]*")


class AttachmentNotFound(Exception):
    """The caller has no such attachment."""


class FileTooLarge(Exception):
    """The announced file is larger than files may be here."""


class TooManyFiles(Exception):
    """The to-do has as many attachments as it may have."""


class QuotaExceeded(Exception):
    """The file does not fit into what is left of the room that the user's files may take."""


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


def _visible(text: str) -> str:
    if BLANK.fullmatch(text):
        raise PydanticCustomError("blank", "String should not be blank")
    return text


_NAME_PART = "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*"
Name = Annotated[
    str, Field(min_length=1, max_length=255), AfterValidator(_one_line), AfterValidator(_visible)
]
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
    """How large an attachment may be, how many of them a to-do may have, and how much room all of
    a user's may take."""

    file_bytes: int
    files_per_todo: int
    user_bytes: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What a user's attachments come to, pending uploads included."""

    bytes: int
    files: int


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


@dataclass(frozen=True, slots=True)
class Download:
    """Where the bytes are; good until `expires_at`."""

    url: str
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


def expired(attachment: Attachment) -> bool:
    """Whether the attachment is forgotten; never, once its upload is complete."""
    end = datetime.fromisoformat(attachment.created_at) + PENDING_PERIOD
    return not attachment.completed_at and end <= now()


def settled_from(attachment: Attachment) -> datetime:
    """When the upload is cleared away if it is still pending."""
    return datetime.fromisoformat(attachment.created_at) + PENDING_PERIOD + SETTLING_DELAY


def delivery(attachment: Attachment, *, inline: bool) -> tuple[str, str]:
    """Content-Disposition and Content-Type of a download. Whatever is no raster image is saved,
    and of no type that a browser would run."""
    kind = attachment.content_type.lower()
    if kind not in RASTER_IMAGES:
        return _disposition("attachment", attachment.name), "application/octet-stream"
    return _disposition("inline" if inline else "attachment", attachment.name), kind


def _disposition(kind: str, name: str) -> str:
    """A Content-Disposition for any name (RFC 6266, RFC 8187)."""
    fallback = re.sub(r'[^ -~]|["%/\\]', "_", name)
    return f"{kind}; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"
