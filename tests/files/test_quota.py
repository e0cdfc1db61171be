"""The limits of a to-do and of a user, and the sums that they are kept by."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from files_service import aws
from files_service import dynamodb as own
from files_service.app import create_app
from files_service.ledger import Ledger, SumsDisagree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from files_service.config import Config
    from flask.testing import FlaskClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client

    from tests.files.conftest import Uploads

    Sums = Callable[[], dict[str, tuple[int, int]]]
    GrowOlder = Callable[[str, timedelta], None]
    Keys = Callable[[], set[str]]
    DeleteRow = Callable[[str], object]

ALICE = "a11ce000-0000-4000-8000-000000000001"
TODO = "11111111-0000-4000-8000-000000000001"
OTHER_TODO = "11111111-0000-4000-8000-000000000002"
FILES = f"/me/todos/{TODO}/files"
OTHER_FILES = f"/me/todos/{OTHER_TODO}/files"
FILE = {"name": "a", "contentType": "text/plain", "size": 1, "sha256": "0" * 64}
LATE = timedelta(hours=24, minutes=2)


@pytest.fixture
def one_at_a_time(dynamodb: DynamoDBClient) -> Iterator[None]:
    """Calls from several threads take turns: the emulation's transactions are not isolated."""
    lock, events = threading.Lock(), dynamodb.meta.events

    def begin(**_: object) -> None:
        lock.acquire()

    def end(**_: object) -> None:
        lock.release()

    events.register("before-call.dynamodb", begin)
    events.register("after-call.dynamodb", end)
    yield
    events.unregister("before-call.dynamodb", begin)
    events.unregister("after-call.dynamodb", end)


@pytest.fixture
def limited(
    config: Config, dynamodb: DynamoDBClient, s3: S3Client, token: Callable[[str], str]
) -> FlaskClient:
    """Alice, whose files may have 1,000 bytes together and be three to a to-do."""
    few = replace(config, max_user_bytes=1000, max_files_per_todo=3)
    client = create_app(few, dynamodb, s3).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token(ALICE)}"
    return client


@pytest.fixture
def delete_row(dynamodb: DynamoDBClient, table: str) -> DeleteRow:
    """Takes one of Alice's items away, by its sort key."""

    def delete(sort_key: str) -> object:
        key = {"pk": {"S": f"U#{ALICE}"}, "sk": {"S": sort_key}}
        return dynamodb.delete_item(TableName=table, Key=key)

    return delete


def usage(client: FlaskClient) -> tuple[int, int]:
    content = client.get("/me/files/usage").get_json()
    return content["bytes"], content["files"]


def problem(answer: Any) -> str:
    return str(answer.get_json()["type"]).rpartition(":")[2]


def test_usage_counts_pending_and_complete_files_and_not_deleted_ones(
    alice: FlaskClient, bob: FlaskClient, uploads: Uploads, sums: Sums
) -> None:
    assert alice.get("/me/files/usage").get_json() == {
        "bytes": 0,
        "files": 0,
        "limitBytes": 1_073_741_824,
    }
    pending = uploads.announce(alice, FILES, size=100)["file"]
    complete = uploads.attach(alice, OTHER_FILES)
    assert usage(alice) == (104, 2)
    assert usage(bob) == (0, 0)

    alice.delete(f"{FILES}/{pending['id']}")
    assert usage(alice) == (4, 1)
    alice.delete(f"{OTHER_FILES}/{complete['id']}")

    assert usage(alice) == (0, 0)
    assert sums() == {ALICE: (0, 0)}


def test_the_last_byte_of_the_quota_can_be_used_and_none_more(
    limited: FlaskClient, uploads: Uploads, sums: Sums
) -> None:
    uploads.announce(limited, FILES, size=999)

    over = limited.post(OTHER_FILES, json=FILE | {"size": 2})
    fits = limited.post(OTHER_FILES, json=FILE | {"size": 1})

    assert over.status_code == 409
    assert problem(over) == "quota-exceeded"
    assert "1000 bytes" in over.get_json()["detail"]
    assert fits.status_code == 201
    assert sums() == {ALICE: (1000, 2)}


def test_a_file_larger_than_the_whole_quota_is_refused(limited: FlaskClient) -> None:
    answer = limited.post(FILES, json=FILE | {"size": 1001})

    assert (answer.status_code, problem(answer)) == (409, "quota-exceeded")
    assert usage(limited) == (0, 0)


def test_a_todo_has_at_most_20_attachments(
    alice: FlaskClient, uploads: Uploads, sums: Sums
) -> None:
    files = [uploads.announce(alice, FILES)["file"] for _ in range(20)]

    refused = alice.post(FILES, json=FILE)
    elsewhere = alice.post(OTHER_FILES, json=FILE)
    alice.delete(f"{FILES}/{files[0]['id']}")
    again = alice.post(FILES, json=FILE)

    assert (refused.status_code, problem(refused)) == (409, "too-many-files")
    assert "20 files" in refused.get_json()["detail"]
    assert elsewhere.status_code == 201
    assert again.status_code == 201
    assert sums()[ALICE][1] == 21


def test_a_refused_announcement_leaves_nothing(
    limited: FlaskClient, dynamodb: DynamoDBClient, table: str, uploads: Uploads
) -> None:
    for _ in range(3):
        uploads.announce(limited, FILES, size=300)
    before = dynamodb.scan(TableName=table)["Items"]

    assert problem(limited.post(FILES, json=FILE)) == "too-many-files"
    assert problem(limited.post(OTHER_FILES, json=FILE | {"size": 200})) == "quota-exceeded"

    assert dynamodb.scan(TableName=table)["Items"] == before


@pytest.mark.usefixtures("one_at_a_time")
def test_announcements_at_once_never_exceed_a_limit(limited: FlaskClient, sums: Sums) -> None:
    app, authorization = limited.application, limited.environ_base["HTTP_AUTHORIZATION"]

    def announce(number: int) -> int:
        files = FILES if number % 2 else OTHER_FILES
        headers = {"Authorization": authorization}
        body = FILE | {"size": 220}
        return app.test_client().post(files, json=body, headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(announce, range(16)))

    assert sorted(statuses) == [201] * 4 + [409] * 12
    assert sums() == {ALICE: (880, 4)}


@pytest.mark.usefixtures("one_at_a_time")
def test_deletions_at_once_give_the_room_back_once(
    alice: FlaskClient, uploads: Uploads, sums: Sums
) -> None:
    path = f"{FILES}/{uploads.attach(alice, FILES)['id']}"
    uploads.attach(alice, FILES)
    authorization = {"Authorization": alice.environ_base["HTTP_AUTHORIZATION"]}

    def delete(_: int) -> int:
        return alice.application.test_client().delete(path, headers=authorization).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = set(pool.map(delete, range(4)))

    assert 204 in statuses <= {204, 404}
    assert sums() == {ALICE: (4, 1)}


class Cancelled:
    """A DynamoDB that cancels transactions, for the given reasons, one after the other."""

    def __init__(self, *reasons: list[str]) -> None:
        self.reasons, self.calls = list(reasons), 0

    def transact_write_items(self, **_: object) -> dict[str, object]:
        self.calls += 1
        reasons = self.reasons.pop(0) if len(self.reasons) > 1 else self.reasons[0]
        if not reasons:
            return {}
        answer = {
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "CancellationReasons": [{"Code": reason} for reason in reasons],
        }
        raise own.error("TransactWriteItems", 400, answer)


def ledger(cancelled: Cancelled) -> Ledger:
    client: Any = cancelled
    return Ledger(client, "files")


@pytest.mark.parametrize(
    "reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
)
def test_transactions_that_meet_are_tried_again(reason: str) -> None:
    cancelled = Cancelled(["None", reason], [reason], [])

    ledger(cancelled).forget_count(ALICE, TODO)

    assert cancelled.calls == 3


def test_transactions_that_keep_meeting_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("files_service.ledger.CONFLICT_PERIOD", 0.1)
    cancelled = Cancelled(["TransactionConflict"])

    with pytest.raises(aws.Unavailable):
        ledger(cancelled).forget_count(ALICE, TODO)

    assert cancelled.calls > 1


def test_a_cancellation_for_another_reason_is_a_mistake_of_ours() -> None:
    cancelled = Cancelled(["ValidationError"])

    with pytest.raises(own.TransactionCanceled):
        ledger(cancelled).forget_count(ALICE, TODO)

    assert cancelled.calls == 1


@pytest.mark.parametrize("missing", [["QUOTA"], [f"N#{TODO}"], ["QUOTA", f"N#{TODO}"]])
def test_an_attachment_from_before_there_were_sums_can_be_deleted(
    alice: FlaskClient, uploads: Uploads, sums: Sums, delete_row: DeleteRow, missing: list[str]
) -> None:
    file = uploads.attach(alice, FILES)
    for sort_key in missing:
        delete_row(sort_key)

    assert alice.delete(f"{FILES}/{file['id']}").status_code == 204

    assert sums() == {ALICE: (0, 0)}
    uploads.attach(alice, FILES)
    assert sums() == {ALICE: (4, 1)}


@pytest.mark.parametrize(
    ("sort_key", "held"),
    [
        ("QUOTA", {"bytes": "0", "files": "1"}),
        ("QUOTA", {"bytes": "4", "files": "0"}),
        (f"N#{TODO}", {"files": "0"}),
    ],
    ids=str,
)
def test_no_sum_is_brought_below_zero(
    alice: FlaskClient,
    uploads: Uploads,
    dynamodb: DynamoDBClient,
    table: str,
    sort_key: str,
    held: dict[str, str],
) -> None:
    file = uploads.announce(alice, FILES)["file"]
    key: Any = {"pk": {"S": f"U#{ALICE}"}, "sk": {"S": sort_key}}
    row = {**key, **{name: {"N": number} for name, number in held.items()}}
    dynamodb.put_item(TableName=table, Item=row)
    kept = Ledger(dynamodb, table)
    attachment = kept.find(ALICE, TODO, file["id"])
    assert attachment is not None

    with pytest.raises(SumsDisagree):
        kept.remove(ALICE, attachment)

    assert alice.delete(f"{FILES}/{file['id']}").status_code == 500
    assert dynamodb.get_item(TableName=table, Key=key)["Item"] == row
    assert kept.find(ALICE, TODO, file["id"]) == attachment
