"""What only the calls themselves show: the database here is consistent whatever it is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from files_service import attachments
from files_service.attachments import Limits, NewFile

if TYPE_CHECKING:
    from files_service.store import AttachmentStore
    from types_boto3_dynamodb import DynamoDBClient

EVENT = "provide-client-params.dynamodb.*"
TODO = "01890000-0000-7000-8000-000000000001"
LIMITS = Limits(file_bytes=1, files_per_todo=20, user_bytes=10)
FIELDS = NewFile.model_validate(
    {"name": "a", "contentType": "text/plain", "size": 1, "sha256": "0" * 64}
)


def test_adding_never_overwrites(store: AttachmentStore) -> None:
    first = attachments.announced(FIELDS, TODO, LIMITS)
    store.add("ada", first, LIMITS)

    store.add("ada", replace(first, name="b"), LIMITS)

    assert store.get("ada", TODO, first.id) == first


def test_every_read_sees_the_latest_write(store: AttachmentStore, dynamodb: DynamoDBClient) -> None:
    reads: list[Any] = []

    def note(params: dict[str, Any], **_: object) -> None:
        reads.append(params.get("ConsistentRead"))

    file = attachments.announced(FIELDS, TODO, LIMITS)
    store.add("ada", file, LIMITS)
    dynamodb.meta.events.register(EVENT, note)
    try:
        store.get("ada", TODO, file.id)
        store.complete_ones("ada", TODO)
    finally:
        dynamodb.meta.events.unregister(EVENT, note)

    assert reads == [True, True]
