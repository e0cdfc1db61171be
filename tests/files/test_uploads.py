"""What a person does with attachments: announce, upload, complete, list, delete."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client

    from tests.files.conftest import Uploads

ALICE = "a11ce000-0000-4000-8000-000000000001"
TODO = "11111111-0000-4000-8000-000000000001"
OTHER_TODO = "11111111-0000-4000-8000-000000000002"
ABSENT = "00000000-0000-4000-8000-00000000dead"
FILES = f"/me/todos/{TODO}/files"
CONTENT = b"%PDF"
FILE = {
    "name": "a.pdf",
    "contentType": "application/pdf",
    "size": len(CONTENT),
    "sha256": hashlib.sha256(CONTENT).hexdigest(),
}
CHECKSUM = base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()


def test_an_announcement_answers_a_pending_file_and_its_place(alice: FlaskClient) -> None:
    answer = alice.post(FILES, json=FILE)

    file = answer.get_json()["file"]
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{FILES}/{file['id']}"
    assert {name: file[name] for name in FILE} == FILE
    assert (file["todoId"], file["status"], file["completedAt"]) == (TODO, "pending", None)
    assert alice.get(f"{FILES}/{file['id']}").get_json() == file


def test_an_upload_is_a_put_of_exactly_the_announced_bytes(
    alice: FlaskClient, bucket: str, uploads: Uploads
) -> None:
    announced = uploads.announce(alice, FILES)

    upload = announced["upload"]
    url, query = urlsplit(upload["url"]), parse_qs(urlsplit(upload["url"]).query)
    assert upload["method"] == "PUT"
    assert url.hostname == f"{bucket}.s3.eu-central-1.amazonaws.com"
    assert url.path == f"/u/{ALICE}/{TODO}/{announced['file']['id']}"
    assert query["X-Amz-Expires"] == ["900"]
    signed = "content-length;content-type;host;if-none-match;x-amz-checksum-sha256"
    assert query["X-Amz-SignedHeaders"] == [signed]
    assert upload["headers"] == {
        "content-type": "application/pdf",
        "if-none-match": "*",
        "x-amz-checksum-sha256": CHECKSUM,
    }


def test_an_upload_says_until_when_it_is_good(alice: FlaskClient, uploads: Uploads) -> None:
    before = datetime.now(UTC)

    expires_at = datetime.fromisoformat(uploads.announce(alice, FILES)["upload"]["expiresAt"])

    assert timedelta(minutes=14) < expires_at - before < timedelta(minutes=16)


def test_the_files_name_is_in_no_key_and_no_upload_url(
    alice: FlaskClient, uploads: Uploads
) -> None:
    upload = uploads.announce(alice, FILES, name="geheim.txt")["upload"]

    assert "geheim" not in unquote(upload["url"])


def test_complete_finishes_an_upload(alice: FlaskClient, uploads: Uploads) -> None:
    announced = uploads.announce(alice, FILES)
    uploads.put(announced["upload"])

    answer = alice.post(f"{FILES}/{announced['file']['id']}/complete")

    file = answer.get_json()
    assert answer.status_code == 200
    assert file == announced["file"] | {"status": "complete", "completedAt": file["completedAt"]}
    assert file["completedAt"] >= file["createdAt"]
    assert alice.get(f"{FILES}/{file['id']}").get_json() == file


def test_complete_is_safe_to_repeat(alice: FlaskClient, uploads: Uploads) -> None:
    file = uploads.attach(alice, FILES)

    answer = alice.post(f"{FILES}/{file['id']}/complete")

    assert answer.status_code == 200
    assert answer.get_json() == file


def test_complete_is_refused_before_the_bytes_have_arrived(
    alice: FlaskClient, uploads: Uploads
) -> None:
    file = uploads.announce(alice, FILES)["file"]

    answer = alice.post(f"{FILES}/{file['id']}/complete")

    assert answer.status_code == 409
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:upload-missing"
    assert alice.get(f"{FILES}/{file['id']}").get_json()["status"] == "pending"


@pytest.mark.parametrize("content", [CONTENT + b"!", CONTENT[:-1], b"", CONTENT.lower()])
def test_complete_is_refused_when_other_bytes_have_arrived(
    alice: FlaskClient, uploads: Uploads, content: bytes
) -> None:
    announced = uploads.announce(alice, FILES)
    uploads.put(announced["upload"], content)

    answer = alice.post(f"{FILES}/{announced['file']['id']}/complete")

    assert answer.status_code == 409
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:upload-mismatch"
    assert alice.get(f"{FILES}/{announced['file']['id']}").get_json()["status"] == "pending"


def test_complete_is_refused_when_s3_has_no_checksum(
    alice: FlaskClient, s3: S3Client, bucket: str, uploads: Uploads
) -> None:
    file = uploads.announce(alice, FILES)["file"]
    s3.put_object(Bucket=bucket, Key=f"u/{ALICE}/{TODO}/{file['id']}", Body=CONTENT)

    answer = alice.post(f"{FILES}/{file['id']}/complete")

    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:upload-mismatch"


def test_the_list_shows_complete_uploads_oldest_first(alice: FlaskClient, uploads: Uploads) -> None:
    first = uploads.attach(alice, FILES)
    uploads.announce(alice, FILES)
    second = uploads.attach(alice, FILES)
    uploads.attach(alice, f"/me/todos/{OTHER_TODO}/files")

    answer = alice.get(FILES)

    assert answer.status_code == 200
    assert answer.get_json() == {"items": [first, second]}


def test_a_list_that_dynamodb_gives_in_pieces_is_whole(
    alice: FlaskClient, uploads: Uploads, dynamodb: DynamoDBClient
) -> None:
    files = [uploads.attach(alice, FILES) for _ in range(3)]

    def one_by_one(params: dict[str, Any], **_: object) -> None:
        params["Limit"] = 1

    dynamodb.meta.events.register("provide-client-params.dynamodb.Query", one_by_one)
    answer = alice.get(FILES)
    dynamodb.meta.events.unregister("provide-client-params.dynamodb.Query", one_by_one)

    assert answer.get_json() == {"items": files}


def test_delete_removes_the_bytes_and_the_file(
    alice: FlaskClient, uploads: Uploads, s3: S3Client, bucket: str
) -> None:
    path = f"{FILES}/{uploads.attach(alice, FILES)['id']}"

    answer = alice.delete(path)

    assert (answer.status_code, answer.data) == (204, b"")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert alice.get(FILES).get_json() == {"items": []}
    assert alice.get(path).status_code == 404
    assert alice.get(f"{path}/content").status_code == 404
    assert alice.post(f"{path}/complete").status_code == 404
    assert alice.delete(path).status_code == 404


def test_delete_goes_on_where_it_was_interrupted(
    alice: FlaskClient, uploads: Uploads, s3: S3Client, bucket: str
) -> None:
    file = uploads.attach(alice, FILES)
    s3.delete_object(Bucket=bucket, Key=f"u/{ALICE}/{TODO}/{file['id']}")

    assert alice.delete(f"{FILES}/{file['id']}").status_code == 204
    assert alice.get(f"{FILES}/{file['id']}").status_code == 404


def test_a_pending_upload_can_be_given_up(alice: FlaskClient, uploads: Uploads) -> None:
    file = uploads.announce(alice, FILES)["file"]

    assert alice.delete(f"{FILES}/{file['id']}").status_code == 204
    assert alice.get(f"{FILES}/{file['id']}").status_code == 404


def test_nobody_else_gets_at_an_attachment(
    alice: FlaskClient, bob: FlaskClient, uploads: Uploads
) -> None:
    file = uploads.attach(alice, FILES)
    path = f"{FILES}/{file['id']}"

    assert bob.get(path).status_code == 404
    assert bob.get(f"{path}/content").status_code == 404
    assert bob.post(f"{path}/complete").status_code == 404
    assert bob.delete(path).status_code == 404
    assert bob.get(FILES).get_json() == {"items": []}
    assert alice.get(path).get_json() == file


def test_an_attachment_is_found_under_its_own_todo_only(
    alice: FlaskClient, uploads: Uploads
) -> None:
    file = uploads.attach(alice, FILES)

    assert alice.get(f"/me/todos/{OTHER_TODO}/files/{file['id']}").status_code == 404


@pytest.mark.parametrize(
    ("method", "rest"), [("GET", ""), ("GET", "/content"), ("POST", "/complete"), ("DELETE", "")]
)
def test_what_does_not_exist_is_not_found(alice: FlaskClient, method: str, rest: str) -> None:
    answer = alice.open(f"{FILES}/{ABSENT}{rest}", method=method)

    assert answer.status_code == 404
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:file-not-found"
