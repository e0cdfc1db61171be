"""What a person does with attachments: announce, upload, complete, list, download, delete."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client

ALICE = "a11ce000-0000-4000-8000-000000000001"
TODO = "11111111-0000-4000-8000-000000000001"
OTHER_TODO = "11111111-0000-4000-8000-000000000002"
ABSENT = "00000000-0000-4000-8000-00000000dead"
FILES = f"/me/todos/{TODO}/files"
CONTENT = b"the bytes of a file"
FILE = {
    "name": "Übersicht 2026.pdf",
    "contentType": "application/pdf",
    "size": len(CONTENT),
    "sha256": hashlib.sha256(CONTENT).hexdigest(),
}
CHECKSUM = base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()


def announce(client: FlaskClient, files: str = FILES, **fields: object) -> dict[str, Any]:
    answer = client.post(files, json=FILE | fields)
    assert answer.status_code == 201, answer.text
    announced: dict[str, Any] = answer.get_json()
    return announced


class Browser:
    """Sends bytes to where an upload's URL points. What S3 checks, the local stack's tests see."""

    def __init__(self, s3: S3Client) -> None:
        self.s3 = s3

    def put(self, upload: dict[str, Any], content: bytes = CONTENT) -> None:
        url = urlsplit(upload["url"])
        self.s3.put_object(
            Bucket=str(url.hostname).partition(".")[0],
            Key=url.path.removeprefix("/"),
            Body=content,
            ChecksumAlgorithm="SHA256",
        )


@pytest.fixture
def browser(s3: S3Client) -> Browser:
    return Browser(s3)


def attach(client: FlaskClient, browser: Browser, files: str = FILES) -> dict[str, Any]:
    """An attachment whose upload is complete."""
    announced = announce(client, files)
    browser.put(announced["upload"])
    answer = client.post(f"{files}/{announced['file']['id']}/complete")
    assert answer.status_code == 200, answer.text
    file: dict[str, Any] = answer.get_json()
    return file


def test_an_announcement_answers_a_pending_file_and_its_place(alice: FlaskClient) -> None:
    answer = alice.post(FILES, json=FILE)

    file = answer.get_json()["file"]
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{FILES}/{file['id']}"
    assert {name: file[name] for name in FILE} == FILE
    assert (file["todoId"], file["status"], file["completedAt"]) == (TODO, "pending", None)
    assert alice.get(f"{FILES}/{file['id']}").get_json() == file


def test_an_upload_is_a_put_of_exactly_the_announced_bytes(alice: FlaskClient, bucket: str) -> None:
    announced = announce(alice)

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


def test_an_upload_says_until_when_it_is_good(alice: FlaskClient) -> None:
    before = datetime.now(UTC)

    expires_at = datetime.fromisoformat(announce(alice)["upload"]["expiresAt"])

    assert timedelta(minutes=14) < expires_at - before < timedelta(minutes=16)


def test_the_files_name_is_in_no_key_and_no_upload_url(alice: FlaskClient) -> None:
    upload = announce(alice, name="geheim.txt")["upload"]

    assert "geheim" not in unquote(upload["url"])


def test_complete_finishes_an_upload(alice: FlaskClient, browser: Browser) -> None:
    announced = announce(alice)
    browser.put(announced["upload"])

    answer = alice.post(f"{FILES}/{announced['file']['id']}/complete")

    file = answer.get_json()
    assert answer.status_code == 200
    assert file == announced["file"] | {"status": "complete", "completedAt": file["completedAt"]}
    assert file["completedAt"] >= file["createdAt"]
    assert alice.get(f"{FILES}/{file['id']}").get_json() == file


def test_complete_is_safe_to_repeat(alice: FlaskClient, browser: Browser) -> None:
    file = attach(alice, browser)

    answer = alice.post(f"{FILES}/{file['id']}/complete")

    assert answer.status_code == 200
    assert answer.get_json() == file


def test_complete_is_refused_before_the_bytes_have_arrived(alice: FlaskClient) -> None:
    file = announce(alice)["file"]

    answer = alice.post(f"{FILES}/{file['id']}/complete")

    assert answer.status_code == 409
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:upload-missing"
    assert alice.get(f"{FILES}/{file['id']}").get_json()["status"] == "pending"


@pytest.mark.parametrize("content", [CONTENT + b"!", CONTENT[:-1], b"", CONTENT.upper()])
def test_complete_is_refused_when_other_bytes_have_arrived(
    alice: FlaskClient, browser: Browser, content: bytes
) -> None:
    announced = announce(alice)
    browser.put(announced["upload"], content)

    answer = alice.post(f"{FILES}/{announced['file']['id']}/complete")

    assert answer.status_code == 409
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:upload-mismatch"
    assert alice.get(f"{FILES}/{announced['file']['id']}").get_json()["status"] == "pending"


def test_complete_is_refused_when_s3_has_no_checksum(
    alice: FlaskClient, s3: S3Client, bucket: str
) -> None:
    file = announce(alice)["file"]
    s3.put_object(Bucket=bucket, Key=f"u/{ALICE}/{TODO}/{file['id']}", Body=CONTENT)

    answer = alice.post(f"{FILES}/{file['id']}/complete")

    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:upload-mismatch"


def test_the_list_shows_complete_uploads_oldest_first(alice: FlaskClient, browser: Browser) -> None:
    first = attach(alice, browser)
    announce(alice)
    second = attach(alice, browser)
    attach(alice, browser, f"/me/todos/{OTHER_TODO}/files")

    answer = alice.get(FILES)

    assert answer.status_code == 200
    assert answer.get_json() == {"items": [first, second]}


def test_content_is_downloaded_from_s3_within_a_minute_as_an_attachment(
    alice: FlaskClient, browser: Browser, bucket: str
) -> None:
    file = attach(alice, browser)

    answer = alice.get(f"{FILES}/{file['id']}/content")

    url = urlsplit(answer.headers["Location"])
    query = parse_qs(url.query)
    assert (answer.status_code, answer.data) == (302, b"")
    assert url.hostname == f"{bucket}.s3.eu-central-1.amazonaws.com"
    assert url.path == f"/u/{ALICE}/{TODO}/{file['id']}"
    assert query["X-Amz-Expires"] == ["60"]
    assert query["response-content-disposition"] == [
        "attachment; filename=\"_bersicht 2026.pdf\"; filename*=UTF-8''%C3%9Cbersicht%202026.pdf"
    ]


@pytest.mark.parametrize(
    "name",
    ['a"b.txt', "a\\b", "50%.txt", "..", "../../etc/passwd", "日本語.txt", "👩‍💻", "a;b'c", " "],
)
def test_any_name_survives_the_download(alice: FlaskClient, browser: Browser, name: str) -> None:
    announced = announce(alice, name=name)
    browser.put(announced["upload"])
    path = f"{FILES}/{announced['file']['id']}"
    alice.post(f"{path}/complete")

    url = urlsplit(alice.get(f"{path}/content").headers["Location"])

    (disposition,) = parse_qs(url.query)["response-content-disposition"]
    kind, fallback, extended = disposition.split("; filename")
    assert kind == "attachment"
    assert fallback.isascii()
    assert not set(fallback.removeprefix('="').removesuffix('"')) & set('"\\/%')
    assert unquote(extended.removeprefix("*=UTF-8''")) == name
    assert re.fullmatch(r"\*=UTF-8''[A-Za-z0-9_.~%-]*", extended)


def test_there_is_no_content_before_the_upload_is_complete(
    alice: FlaskClient, browser: Browser
) -> None:
    announced = announce(alice)
    browser.put(announced["upload"])

    answer = alice.get(f"{FILES}/{announced['file']['id']}/content")

    assert answer.status_code == 409
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:upload-pending"


def test_delete_removes_the_bytes_and_the_file(
    alice: FlaskClient, browser: Browser, s3: S3Client, bucket: str
) -> None:
    path = f"{FILES}/{attach(alice, browser)['id']}"

    answer = alice.delete(path)

    assert (answer.status_code, answer.data) == (204, b"")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert alice.get(FILES).get_json() == {"items": []}
    assert alice.get(path).status_code == 404
    assert alice.get(f"{path}/content").status_code == 404
    assert alice.post(f"{path}/complete").status_code == 404
    assert alice.delete(path).status_code == 404


def test_delete_goes_on_where_it_was_interrupted(
    alice: FlaskClient, browser: Browser, s3: S3Client, bucket: str
) -> None:
    file = attach(alice, browser)
    s3.delete_object(Bucket=bucket, Key=f"u/{ALICE}/{TODO}/{file['id']}")

    assert alice.delete(f"{FILES}/{file['id']}").status_code == 204
    assert alice.get(f"{FILES}/{file['id']}").status_code == 404


def test_a_pending_upload_can_be_given_up(alice: FlaskClient) -> None:
    file = announce(alice)["file"]

    assert alice.delete(f"{FILES}/{file['id']}").status_code == 204
    assert alice.get(f"{FILES}/{file['id']}").status_code == 404


def test_a_todo_has_at_most_20_attachments(alice: FlaskClient) -> None:
    files = [announce(alice)["file"] for _ in range(20)]

    refused = alice.post(FILES, json=FILE)
    elsewhere = alice.post(f"/me/todos/{OTHER_TODO}/files", json=FILE)
    alice.delete(f"{FILES}/{files[0]['id']}")
    again = alice.post(FILES, json=FILE)

    assert refused.status_code == 409
    assert refused.get_json()["type"] == "urn:todo-on-ecs:problem:too-many-files"
    assert "20 files" in refused.get_json()["detail"]
    assert elsewhere.status_code == 201
    assert again.status_code == 201


def test_an_upload_that_nobody_completes_expires_after_a_day(
    alice: FlaskClient, dynamodb: DynamoDBClient, table: str
) -> None:
    file = announce(alice)["file"]
    (item,) = dynamodb.scan(TableName=table)["Items"]

    assert abs(int(item["expiresAt"]["N"]) - time.time() - 24 * 3600) < 60
    yesterday = (datetime.now(UTC) - timedelta(hours=24)).isoformat(timespec="milliseconds")
    dynamodb.put_item(TableName=table, Item={**item, "createdAt": {"S": yesterday}})
    path = f"{FILES}/{file['id']}"
    assert alice.get(path).status_code == 404
    assert alice.post(f"{path}/complete").status_code == 404
    assert alice.delete(path).status_code == 404


def test_an_expired_upload_leaves_its_place_to_another(
    alice: FlaskClient, dynamodb: DynamoDBClient, table: str
) -> None:
    for _ in range(20):
        announce(alice)
    item = dynamodb.scan(TableName=table)["Items"][0]
    yesterday = (datetime.now(UTC) - timedelta(hours=24)).isoformat(timespec="milliseconds")
    dynamodb.put_item(TableName=table, Item={**item, "createdAt": {"S": yesterday}})

    assert alice.post(FILES, json=FILE).status_code == 201


def test_a_complete_attachment_never_expires(
    alice: FlaskClient, browser: Browser, dynamodb: DynamoDBClient, table: str
) -> None:
    file = attach(alice, browser)

    (item,) = dynamodb.scan(TableName=table)["Items"]
    assert item["pk"] == {"S": f"U#{ALICE}"}
    assert item["sk"] == {"S": f"F#{TODO}#{file['id']}"}
    assert "expiresAt" not in item


def test_nobody_else_gets_at_an_attachment(
    alice: FlaskClient, bob: FlaskClient, browser: Browser
) -> None:
    file = attach(alice, browser)
    path = f"{FILES}/{file['id']}"

    assert bob.get(path).status_code == 404
    assert bob.get(f"{path}/content").status_code == 404
    assert bob.post(f"{path}/complete").status_code == 404
    assert bob.delete(path).status_code == 404
    assert bob.get(FILES).get_json() == {"items": []}
    assert alice.get(path).get_json() == file


def test_an_attachment_is_found_under_its_own_todo_only(
    alice: FlaskClient, browser: Browser
) -> None:
    file = attach(alice, browser)

    assert alice.get(f"/me/todos/{OTHER_TODO}/files/{file['id']}").status_code == 404


@pytest.mark.parametrize(
    ("method", "rest"), [("GET", ""), ("GET", "/content"), ("POST", "/complete"), ("DELETE", "")]
)
def test_what_does_not_exist_is_not_found(alice: FlaskClient, method: str, rest: str) -> None:
    answer = alice.open(f"{FILES}/{ABSENT}{rest}", method=method)

    assert answer.status_code == 404
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:file-not-found"
