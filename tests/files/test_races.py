"""Requests that meet at one attachment."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest
from files_service import attachments, sdk
from files_service.attachments import Attachment, AttachmentNotFound, Limits, NewFile, TooManyFiles
from files_service.ledger import Ledger
from files_service.store import S3_SETTINGS, AttachmentStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client

    Meanwhile = Callable[[Callable[[], object]], AttachmentStore]

USER = "a11ce000-0000-4000-8000-000000000001"
TODO = "11111111-0000-4000-8000-000000000001"
LIMITS = Limits(file_bytes=10, files_per_todo=10, user_bytes=100)
SHA256_OF_A = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"


@pytest.fixture
def attachment(store: AttachmentStore, s3: S3Client, bucket: str) -> Attachment:
    """Announced and uploaded."""
    fields = {"name": "a", "contentType": "text/plain", "size": 1, "sha256": SHA256_OF_A}
    attachment = attachments.announced(NewFile.model_validate(fields), TODO, LIMITS)
    store.add(USER, attachment, LIMITS)
    s3.put_object(
        Bucket=bucket,
        Key=f"u/{USER}/{TODO}/{attachment.id}",
        Body=b"a",
        ChecksumAlgorithm="SHA256",
    )
    return attachment


@pytest.fixture
def meanwhile(dynamodb: DynamoDBClient, table: str, bucket: str) -> Meanwhile:
    """A store to which another request happens when S3 has shown an object."""

    def store(happens: Callable[[], object]) -> AttachmentStore:
        s3 = sdk.client("s3", "eu-central-1", os.environ, **S3_SETTINGS)
        s3.meta.events.register("after-call.s3.HeadObject", lambda **_: happens() and None)
        return AttachmentStore(dynamodb, s3, table, bucket)

    return store


def test_an_attachment_deleted_while_it_is_completed_is_not_brought_back(
    store: AttachmentStore, attachment: Attachment, meanwhile: Meanwhile
) -> None:
    racing = meanwhile(lambda: store.delete(USER, TODO, attachment.id))

    with pytest.raises(AttachmentNotFound):
        racing.complete(USER, TODO, attachment.id)

    assert store.complete_ones(USER, TODO) == []


def test_two_completions_at_once_agree(
    store: AttachmentStore,
    attachment: Attachment,
    meanwhile: Meanwhile,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = attachments.now()
    moments = (start + timedelta(seconds=number) for number in count())
    monkeypatch.setattr(attachments, "now", lambda: next(moments))
    first: list[Attachment] = []
    racing = meanwhile(lambda: first.append(store.complete(USER, TODO, attachment.id)))

    second = racing.complete(USER, TODO, attachment.id)

    assert second.completed_at
    assert first == [second] == [store.get(USER, TODO, attachment.id)]


def test_what_was_completed_is_not_removed_as_pending(
    store: AttachmentStore, attachment: Attachment, dynamodb: DynamoDBClient, table: str
) -> None:
    completed = store.complete(USER, TODO, attachment.id)

    assert not Ledger(dynamodb, table).remove(USER, attachment)

    assert store.complete_ones(USER, TODO) == [completed]
    assert store.usage(USER).files == 1


def test_a_todo_that_has_attachments_again_keeps_its_sum(
    store: AttachmentStore, attachment: Attachment, dynamodb: DynamoDBClient, table: str
) -> None:
    Ledger(dynamodb, table).forget_count(USER, TODO)

    with pytest.raises(TooManyFiles):
        store.add(USER, replace(attachment, id=TODO), replace(LIMITS, files_per_todo=1))


def test_a_repeated_announcement_makes_one_attachment(
    store: AttachmentStore, attachment: Attachment
) -> None:
    store.add(USER, attachment, LIMITS)
    store.complete(USER, TODO, attachment.id)

    assert len(store.complete_ones(USER, TODO)) == 1
