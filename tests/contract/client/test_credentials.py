"""Where calls' credentials come from (the same module in both services), with an endpoint like the
one that ECS has for its tasks."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.contract.client.ecs import FULL, RELATIVE, SOON, TOKEN, TOKEN_FILE, key_id, role
from tests.contract.client.package import aws, config, credentials
from tests.contract.client.told import Endpoint, Late, Reset, Silence, Told, Trickle, answer, told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Credentials = credentials.Credentials


@pytest.fixture
def ecs() -> Iterator[Endpoint]:
    with told() as endpoint:
        endpoint.answers = [role()]
        yield endpoint


@pytest.fixture
def found(ecs: Endpoint) -> Credentials:
    return Credentials({FULL: f"{ecs.url}/v2/credentials/1?a=b"})


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing ends before a test lets it."""
    monkeypatch.setattr(aws, "READ_TIMEOUT", 30)
    monkeypatch.setattr(credentials, "PATIENCE", 30)


def test_given_ones_are_taken_without_asking(ecs: Endpoint) -> None:
    given = Credentials({**ecs.variables, FULL: ecs.url, "AWS_SESSION_TOKEN": "t"})

    keys = given.keys(time.monotonic() + 5)

    assert (keys.key_id, keys.secret, keys.token) == ("AKID", "secret", "t")
    assert ecs.requests == []


def test_the_task_roles_are_fetched_when_needed_and_once(ecs: Endpoint, found: Credentials) -> None:
    assert ecs.connections == 0, "the start waits for nobody"

    keys = [found.keys(time.monotonic() + 5) for _ in range(3)]

    assert {(each.key_id, each.secret, each.token) for each in keys} == {
        ("ASIA1", "s3cret", "t0ken")
    }
    assert ecs.lines == ["GET /v2/credentials/1?a=b HTTP/1.0"]
    assert "authorization" not in ecs.requests[0][0]


def test_a_relative_path_is_ecs_own_and_goes_first(
    ecs: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert credentials.ECS == "http://169.254.170.2"
    monkeypatch.setattr(credentials, "ECS", ecs.url)
    nowhere = "http://127.0.0.1:1/"

    assert key_id(Credentials({RELATIVE: "/v2/1", FULL: nowhere, TOKEN: "a token"})) == "ASIA1"

    assert ecs.lines == ["GET /v2/1 HTTP/1.0"]
    assert ecs.requests[0][0]["authorization"] == "a token"


def test_the_token_file_goes_first_and_is_read_anew(ecs: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "token"
    found = Credentials({FULL: ecs.url, TOKEN: "old", TOKEN_FILE: str(file)})
    ecs.answers = [answer({}, 500)]

    for token in ("first", "second"):
        file.write_text(f"{token}\n")
        with pytest.raises(aws.NoAnswer):
            key_id(found)

    assert [headers["authorization"] for headers, _ in ecs.requests] == ["first", "second"]
    assert ecs.lines[0] == "GET / HTTP/1.0"


@pytest.mark.parametrize("content", [None, b"", b"a\r\nx-other: b", b"\xff"])
def test_a_token_file_without_a_token_is_told(
    ecs: Endpoint, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(aws.NoAnswer, match="token file"):
        key_id(Credentials({FULL: ecs.url, TOKEN_FILE: str(file)}))

    assert ecs.requests == []


def test_they_are_renewed_by_one_before_they_end_while_the_others_go_on(
    ecs: Endpoint,
    found: Credentials,
    patience: None,  # noqa: ARG001 - its use is to be there
) -> None:
    moment = threading.Event()
    ecs.answers = [role(1, SOON), Late(moment, role(2)), role(3)]
    assert key_id(found) == "ASIA1"

    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(key_id, found, 30)
        ecs.wait_for(2)
        assert {key_id(found) for _ in range(5)} == {"ASIA1"}
        moment.set()
        assert renewing.result() == "ASIA2"

    assert {key_id(found) for _ in range(5)} == {"ASIA2"}
    assert len(ecs.requests) == 2


@pytest.mark.parametrize(
    "trouble",
    [answer({}, 500), Reset(), Silence(9), role(2, SOON)],
    ids=lambda told: type(told).__name__,
)
def test_a_renewal_in_vain_is_not_tried_again_at_once(
    ecs: Endpoint, found: Credentials, trouble: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "PATIENCE", 0.2)
    ecs.answers = [role(1, SOON), trouble]
    key_id(found)

    got = {key_id(found) for _ in range(5)}

    assert len(got) == 1
    assert len(ecs.requests) == 2
    found._next_try = float("-inf")  # noqa: SLF001 - the pause is over
    ecs.answers = [role(3)]
    assert key_id(found) == "ASIA3"


def test_those_who_have_none_wait_for_the_one_who_fetches(
    ecs: Endpoint,
    found: Credentials,
    patience: None,  # noqa: ARG001 - its use is to be there
) -> None:
    moment = threading.Event()
    ecs.answers = [Late(moment, role(1)), role(2)]

    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(key_id, found, 30) for _ in range(8)]
        ecs.wait_for(1)
        with pytest.raises(aws.NoAnswer, match="in time"):
            key_id(found, 0.1)  # but not longer than they may
        moment.set()
        assert {each.result() for each in waiting} == {"ASIA1"}

    assert len(ecs.requests) == 1


def test_a_request_does_not_wait_long_for_a_renewal(
    ecs: Endpoint, found: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws, "READ_TIMEOUT", 9)
    monkeypatch.setattr(credentials, "PATIENCE", 0.2)
    ecs.answers = [role(1, SOON), Trickle()]
    key_id(found)
    started = time.monotonic()

    assert key_id(found, 9) == "ASIA1"

    assert time.monotonic() - started < 3


def test_a_long_answer_without_a_length_is_read_whole(ecs: Endpoint, found: Credentials) -> None:
    token = "t" * 5_000
    content = json.loads(role(Token=token).partition(b"\r\n\r\n")[2])
    ecs.answers = [b"HTTP/1.0 200 OK\r\n\r\n" + json.dumps(content).encode()]

    assert found.keys(time.monotonic() + 5).token == token


def test_secrets_are_not_shown(settings: dict[str, str], found: Credentials) -> None:
    read = config.read({**settings, "AWS_SECRET_ACCESS_KEY": "s3cret", TOKEN: "t0ken"})

    shown = repr(read) + repr(found.keys(time.monotonic() + 5))

    assert read.aws["AWS_SECRET_ACCESS_KEY"] == "s3cret"
    assert "ASIA1" in shown
    assert "s3cret" not in shown
    assert "t0ken" not in shown
