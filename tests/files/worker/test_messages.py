"""What a message of the queue says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from files_service.removals import MessageMalformed, TodoRemoved, UploadOverdue, read

ALICE = "a11ce000-0000-4000-8000-000000000001"
TODO = "11111111-0000-4000-8000-000000000001"
FILE = "22222222-0000-4000-8000-000000000001"
MOMENT = 1_800_000_000


def record(sort_key: str, name: str = "REMOVE", owner: str = f"U#{ALICE}") -> dict[str, Any]:
    """As EventBridge Pipes passes it on."""
    return {
        "eventID": "1",
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": MOMENT,
            "Keys": {"pk": {"S": owner}, "sk": {"S": sort_key}},
            "SequenceNumber": "1",
            "StreamViewType": "KEYS_ONLY",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:1:table/todos/stream/x",
    }


TODO_REMOVED = TodoRemoved(ALICE, TODO, datetime.fromtimestamp(MOMENT + 1, UTC))
UPLOAD_OVERDUE = UploadOverdue(ALICE, TODO, FILE)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (record(f"T#{TODO}"), [TODO_REMOVED]),
        (record(f"P#{TODO}#{FILE}"), [UPLOAD_OVERDUE]),
        ([record(f"T#{TODO}"), record(f"P#{TODO}#{FILE}")], [TODO_REMOVED, UPLOAD_OVERDUE]),
        ([], []),
        # The emulator filters nothing.
        (record(f"T#{TODO}", "INSERT"), []),
        (record(f"T#{TODO}", "MODIFY"), []),
        (record(f"P#{TODO}#{FILE}", "INSERT"), []),
        (record(f"F#{TODO}#{FILE}"), []),
        (record(f"N#{TODO}"), []),
        (record("QUOTA"), []),
        (record("COUNT"), []),
        (record("T#"), []),
        (record(f"T#{TODO}#1"), []),
        (record(f"T#{TODO.replace('1', 'A')}"), []),
        (record(f"T#{TODO}\n"), []),
        (record(f"T#{TODO}", owner="U#"), []),
        (record(f"T#{TODO}", owner=f"X#{ALICE}"), []),
        (record(f"T#{TODO}", owner="U#a/../b"), []),
    ],
)
def test_only_what_is_gone_and_concerns_us_counts(content: object, expected: list[object]) -> None:
    assert read(json.dumps(content)) == expected


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "null",
        "1",
        '"text"',
        "{}",
        "[1]",
        '{"eventName": "REMOVE"}',
        '{"eventName": "REMOVE", "dynamodb": {}}',
        '{"eventName": "REMOVE", "dynamodb": {"Keys": {"pk": {"S": 1}, "sk": {"S": "T#"}}}}',
        json.dumps(record(f"T#{TODO}")).replace(str(MOMENT), '"today"'),
        json.dumps(record(f"T#{TODO}")).replace(str(MOMENT), "1e300"),
        json.dumps({"Type": "Notification", "Message": json.dumps(record(f"T#{TODO}"))}),
    ],
)
def test_what_is_no_record_of_a_stream_is_refused_without_repeating_it(body: str) -> None:
    with pytest.raises(MessageMalformed) as error:
        read(body)

    assert TODO not in str(error.value)
    assert error.value.__suppress_context__
