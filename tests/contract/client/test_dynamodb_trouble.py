"""The client of DynamoDB (the same module in both services) and an endpoint in trouble: what passes
is tried once more, and no request waits longer than its budget."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from files_service import aws as files_aws
from files_service import sdk

from tests.contract.client.package import aws, dynamodb
from tests.contract.client.told import (
    FOUND,
    Endpoint,
    Last,
    Reset,
    Silence,
    Told,
    Trickle,
    Twice,
    answer,
    serving,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REGION = "eu-central-1"
PUT = {"Put": {"TableName": "todos", "Item": {"pk": {"S": "U#1"}, "sk": {"S": "T#1"}}}}
QUERY = {
    "TableName": "todos",
    "KeyConditionExpression": "pk = :pk",
    "ExpressionAttributeValues": {":pk": {"S": "U#1"}},
}
TYPE = "com.amazonaws.dynamodb.v20120810#"
FAILED = answer({"__type": f"{TYPE}InternalServerError", "message": "secret"}, 500)
THROTTLED = answer({"__type": f"{TYPE}ProvisionedThroughputExceededException"}, 400)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with serving(monkeypatch) as endpoint:
        yield endpoint


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits as tests have time for."""
    monkeypatch.setattr(aws, "READ_TIMEOUT", 0.5)
    monkeypatch.setattr(aws, "BUDGET", 1.2)


@pytest.fixture
def query(endpoint: Endpoint) -> Callable[[], object]:
    """A call as the store makes it."""
    client: Any = dynamodb.client(REGION, endpoint.variables)

    def call() -> object:
        with aws.translated_errors():
            return client.query(**QUERY)

    return call


@pytest.mark.parametrize(
    "trouble",
    [
        FAILED,
        THROTTLED,
        answer(b"<html>503</html>", 503),
        Reset(),
        Silence(0),
        Silence(0, b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
        b"no HTTP at all\r\n\r\n",
        answer(b"<html>hello</html>"),
        answer(b"[]"),
        answer(b'{"Items": '),
        answer({"Item": {}}),
        answer({"Items": {}}),
        FOUND + b"H",
        FOUND.replace(b"Length: ", b"Length: " + b"9" * 5_000, 1),
        FOUND + FOUND,
    ],
    ids=lambda told: repr(told)[:80],
)
def test_trouble_is_tried_again_once_and_then_told(
    endpoint: Endpoint, query: Callable[[], object], trouble: Told
) -> None:
    endpoint.answers = [trouble, FOUND]
    assert query() == {"Items": [], "Count": 0, "ScannedCount": 0}

    endpoint.answers, endpoint.requests = [trouble], []
    with pytest.raises(aws.Unavailable):
        query()
    assert len(endpoint.requests) == 2


def test_a_repeated_transaction_is_the_same(endpoint: Endpoint) -> None:
    ours: Any = dynamodb.client(REGION, endpoint.variables)
    endpoint.answers = [FAILED, answer({})]

    ours.transact_write_items(TransactItems=[PUT])
    ours.transact_write_items(TransactItems=[PUT])

    tokens = [json.loads(body)["ClientRequestToken"] for _, body in endpoint.requests]
    assert tokens[0] == tokens[1] != tokens[2]


@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize(
    "silence", [Silence(9), Silence(9, b"HTTP/1.1 200 OK\r\n"), Trickle()], ids=repr
)
def test_all_calls_of_one_request_together_have_one_budget(
    endpoint: Endpoint, query: Callable[[], object], silence: Told
) -> None:
    endpoint.answers = [silence, FOUND, silence]
    started = time.monotonic()

    aws.start_budget()
    query()  # the second attempt is answered
    for _ in range(3):
        with pytest.raises(aws.Unavailable):
            query()
    took = time.monotonic() - started
    aws.end_budget(None)

    assert aws.READ_TIMEOUT < took <= aws.BUDGET + 0.5
    endpoint.answers = [FOUND]
    assert query(), "what is streamed later has time again"


def test_s3_keeps_to_the_budget_too(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_aws, "BUDGET", 0.3)
    s3 = sdk.client("s3", REGION, endpoint.variables)
    endpoint.answers = [Silence(9)]
    took = []

    files_aws.start_budget()
    for _ in range(4):
        started = time.monotonic()
        with pytest.raises(files_aws.Unavailable), sdk.translated_errors():
            s3.put_object(Bucket="some-bucket", Key="k", Body=b"")
        took.append(time.monotonic() - started)
    files_aws.end_budget(None)

    assert took[0] <= 0.3 + 1.2, "of which 1 s is botocore's own pause"
    assert max(took[1:]) < 0.2, "nothing is sent, and nothing tried again"


@pytest.mark.parametrize(
    "last",
    [
        FOUND.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
        FOUND.replace(b"HTTP/1.1", b"HTTP/1.0"),
    ],
)
def test_a_connection_is_kept_until_the_server_says_that_it_ends(
    endpoint: Endpoint, query: Callable[[], object], last: bytes
) -> None:
    query()
    query()
    assert endpoint.connections == 1
    endpoint.answers = [last]
    query()
    query()
    assert endpoint.connections == 2


def test_an_answer_that_nobody_asked_for_is_nobodys(
    endpoint: Endpoint, query: Callable[[], object]
) -> None:
    endpoint.answers = [Twice(answer({"Items": [{"pk": {"S": "U#2"}}]})), FOUND]
    query()
    time.sleep(0.2)

    assert query() == {"Items": [], "Count": 0, "ScannedCount": 0}

    assert endpoint.connections == 2


def test_a_connection_that_ended_at_rest_costs_no_attempt(
    endpoint: Endpoint, query: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dynamodb, "PAUSE", float("inf"))  # no time for a second attempt
    endpoint.answers = [Last(FOUND)]

    query()
    time.sleep(0.1)
    query()

    assert endpoint.connections == 2
