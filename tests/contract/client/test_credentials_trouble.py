"""Credentials that cannot be had: told in time, and no secret with it."""

from __future__ import annotations

import time
import traceback
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from files_service import aws as files_aws
from files_service import sdk

from tests.contract.client.ecs import FULL, HOUR, role
from tests.contract.client.package import aws, dynamodb
from tests.contract.client.told import Endpoint, Reset, Silence, Told, Trickle, answer, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

QUERY: Any = {"TableName": "todos", "KeyConditionExpression": "pk = :pk"}


@pytest.fixture
def ecs() -> Iterator[Endpoint]:
    with told() as endpoint:
        endpoint.answers = [role()]
        yield endpoint


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits as tests have time for."""
    monkeypatch.setattr(aws, "READ_TIMEOUT", 0.5)
    monkeypatch.setattr(aws, "BUDGET", 1.2)


@pytest.fixture
def query(ecs: Endpoint) -> Iterator[Callable[[], object]]:
    """A call as the store makes it, by a task with a role."""
    with ExitStack() as parts:
        dynamo = parts.enter_context(told())
        own = {"AWS_ENDPOINT_URL": dynamo.url, FULL: ecs.url}
        client = dynamodb.client("eu-central-1", own)

        def call() -> object:
            with aws.translated_errors():
                return client.query(**QUERY)

        yield call
        assert all("ASIA" in headers["authorization"] for headers, _ in dynamo.requests)


TROUBLE: dict[str, Told] = {
    "failed": answer({"message": "s3cret"}, 500),
    "forbidden": answer({"message": "s3cret"}, 403),
    "forbidden, yet given": role().replace(b"200", b"403", 1),
    "redirected": answer({"message": "s3cret"}, 302),
    "reset": Reset(),
    "silent": Silence(9),
    "half": Silence(9, b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
    "trickling": Trickle(),
    "not HTTP": b"no HTTP at all\r\n\r\n",
    "empty": answer(b""),
    "HTML": answer(b"<html>s3cret</html>"),
    "cut off": answer(b'{"AccessKeyId": "ASIA", "SecretAccessKey": "s3cret'),
    "list": answer([]),
    "text": answer("s3cret"),
    "no token": role(Token=None),
    "token a number": role(Token=1),
    "empty secret": role(SecretAccessKey=""),
    "secret an object": role(SecretAccessKey={"s3cret": "s3cret"}),
    "key of two lines": role(AccessKeyId="s3cret\r\nx-other: s3cret"),
    "no moment": role(Expiration="s3cret"),
    "moment a number": role(Expiration=1),
    "moment of nowhere": role(Expiration="2099-01-01T00:00:00"),
    "ended": role(seconds=-1),
}


@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE)
def test_an_endpoint_in_trouble_is_told_in_time_and_no_secret_with_it(
    ecs: Endpoint, query: Callable[[], object], trouble: Told, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    ecs.answers = [trouble]
    started = time.monotonic()

    aws.start_budget()
    with pytest.raises(aws.Unavailable) as raised:
        query()
    took = time.monotonic() - started
    aws.end_budget(None)

    assert took <= aws.BUDGET + 0.5
    assert len(ecs.requests) == 2, "tried again once"
    written = "".join(traceback.format_exception(raised.value)) + caplog.text
    assert "s3cret" not in written
    ecs.answers = [role()]
    assert query(), "all is well when it is tried again"


@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize("silence", [Silence(9), Trickle()], ids=repr)
def test_all_calls_of_one_request_wait_for_credentials_within_one_budget(
    ecs: Endpoint, query: Callable[[], object], silence: Told
) -> None:
    ecs.answers = [silence]
    started = time.monotonic()

    aws.start_budget()
    for _ in range(4):
        with pytest.raises(aws.Unavailable):
            query()
    took = time.monotonic() - started
    aws.end_budget(None)

    assert took <= aws.BUDGET + 0.5


@pytest.mark.usefixtures("hurry")
def test_those_that_ended_are_not_used(
    ecs: Endpoint, query: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    ecs.answers = [role(1, HOUR), Reset()]
    query()
    later = time.time() + HOUR + 1
    monkeypatch.setattr(time, "time", lambda: later)

    with pytest.raises(aws.Unavailable):
        query()


@pytest.mark.parametrize("silence", [Silence(9), Trickle()], ids=repr)
def test_s3_is_signed_with_the_same_and_waits_no_longer(
    ecs: Endpoint, silence: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_aws, "READ_TIMEOUT", 0.5)
    download = {"Bucket": "some-bucket", "Key": "k"}
    ecs.answers = [silence]
    s3 = sdk.client("s3", "eu-central-1", {FULL: ecs.url})
    assert ecs.requests == [], "the start waits for nobody"
    started = time.monotonic()

    with pytest.raises(files_aws.Unavailable), sdk.translated_errors():
        s3.generate_presigned_url("get_object", Params=download)

    assert time.monotonic() - started < 3
    ecs.answers = [role()]
    url = s3.generate_presigned_url("get_object", Params=download)
    assert "Credential=ASIA1" in url
    assert "X-Amz-Security-Token=t0ken" in url
