"""Uploads that are announced and never completed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from files_service.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from files_service.config import Config
    from flask.testing import FlaskClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client

    from tests.files.conftest import Uploads

    Sums = Callable[[], dict[str, tuple[int, int]]]
    GrowOlder = Callable[[str, timedelta], None]
    Keys = Callable[[], set[str]]

ALICE = "a11ce000-0000-4000-8000-000000000001"
TODO = "11111111-0000-4000-8000-000000000001"
OTHER_TODO = "11111111-0000-4000-8000-000000000002"
FILES = f"/me/todos/{TODO}/files"
OTHER_FILES = f"/me/todos/{OTHER_TODO}/files"
FILE = {"name": "a", "contentType": "text/plain", "size": 1, "sha256": "0" * 64}
LATE = timedelta(hours=24, minutes=2)


@pytest.fixture
def limited(
    config: Config, dynamodb: DynamoDBClient, s3: S3Client, token: Callable[[str], str]
) -> FlaskClient:
    """Alice, whose files may have 1,000 bytes together and be three to a to-do."""
    few = replace(config, max_user_bytes=1000, max_files_per_todo=3)
    client = create_app(few, dynamodb, s3).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token(ALICE)}"
    return client


def test_a_reminder_of_the_upload_expires_when_it_is_over(
    alice: FlaskClient, dynamodb: DynamoDBClient, table: str, uploads: Uploads
) -> None:
    file = uploads.announce(alice, FILES)["file"]

    items = {item["sk"]["S"]: item for item in dynamodb.scan(TableName=table)["Items"]}

    assert set(items) == {
        f"F#{TODO}#{file['id']}",
        f"N#{TODO}",
        f"P#{TODO}#{file['id']}",
        "QUOTA",
    }
    expiring = {name for name, item in items.items() if "expiresAt" in item}
    assert expiring == {f"P#{TODO}#{file['id']}"}, "what else expired would leave the sums wrong"


def test_an_upload_that_nobody_completes_expires_after_a_day(
    alice: FlaskClient, uploads: Uploads, grow_older: GrowOlder
) -> None:
    announced = uploads.announce(alice, FILES)
    uploads.put(announced["upload"])
    path = f"{FILES}/{announced['file']['id']}"
    grow_older(announced["file"]["id"], timedelta(hours=23, minutes=59))
    assert alice.get(path).status_code == 200

    grow_older(announced["file"]["id"], timedelta(hours=24))

    assert alice.get(path).status_code == 404
    assert alice.post(f"{path}/complete").status_code == 404
    assert alice.get(f"{path}/content").status_code == 404
    assert alice.delete(path).status_code == 404


def test_a_complete_attachment_never_expires(
    alice: FlaskClient, uploads: Uploads, grow_older: GrowOlder
) -> None:
    file = uploads.attach(alice, FILES)

    grow_older(file["id"], timedelta(days=400))

    assert alice.get(f"{FILES}/{file['id']}").status_code == 200


@pytest.mark.parametrize(
    ("files", "size"), [(FILES, 1), (OTHER_FILES, 500)], ids=["files of a to-do", "bytes of a user"]
)
def test_expired_uploads_are_cleared_away_when_they_are_in_the_way(
    limited: FlaskClient,
    uploads: Uploads,
    grow_older: GrowOlder,
    sums: Sums,
    keys: Keys,
    files: str,
    size: int,
) -> None:
    announced = [uploads.announce(limited, FILES, size=300) for _ in range(3)]
    for each in announced:
        uploads.put(each["upload"])
    assert limited.post(files, json=FILE | {"size": size}).status_code == 409
    for each in announced[:2]:
        grow_older(each["file"]["id"], LATE)

    answer = limited.post(files, json=FILE | {"size": size})

    assert answer.status_code == 201
    assert sums() == {ALICE: (300 + size, 2)}
    assert len(keys()) == 1


def test_what_has_just_expired_is_not_cleared_away_yet(
    limited: FlaskClient, uploads: Uploads, grow_older: GrowOlder
) -> None:
    """A request to complete it may have begun before."""
    for _ in range(3):
        grow_older(uploads.announce(limited, FILES)["file"]["id"], timedelta(hours=24))

    assert limited.post(FILES, json=FILE).status_code == 409
