"""The issuer's public keys: fetched seldom, replaced when they rotate, kept through an outage."""

from __future__ import annotations

import importlib
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.client.told import Trickle, answer, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.pair.issuer import Issuer

    Verify = Callable[[str], str]

NO_ALGORITHM = "eyJhbGciOiJub25lIiwia2lkIjoieCJ9"  # {"alg":"none","kid":"x"}
ALICE = "a11ce000-0000-4000-8000-000000000001"


@pytest.fixture(params=["main_service", "files_service"])
def auth(request: pytest.FixtureRequest) -> Any:
    return importlib.import_module(f"{request.param}.auth")


@pytest.fixture
def pool(issuer: Issuer) -> Iterator[Issuer]:
    """The issuer with nothing fetched yet, and as it was afterwards."""
    issuer.fetches = 0
    yield issuer
    issuer.key_ids, issuer.status = ["k1"], 200


@pytest.fixture
def verify(auth: Any, pool: Issuer) -> Verify:
    """A fresh verifier, as at the start of a process."""
    verifier = auth.Verifier(auth.SigningKeys(pool.url), pool.claims()["iss"], "web")
    return lambda token: str(verifier.subject(f"Bearer {token}"))


def test_keys_are_fetched_once_for_many_tokens(pool: Issuer, verify: Verify) -> None:
    for number in range(5):
        assert verify(pool.token(jti=str(number))) == ALICE

    assert pool.fetches == 1


def test_a_rotated_key_is_found(
    auth: Any,
    pool: Issuer,
    verify: Verify,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verify(pool.token())
    pool.key_ids = ["k2"]
    monkeypatch.setattr(auth, "KEYS_PAUSE", 0)

    assert verify(pool.token(key_id="k2")) == ALICE


def test_unknown_key_ids_cost_one_fetch_however_many_come(
    auth: Any,
    pool: Issuer,
    verify: Verify,
) -> None:
    for number in range(20):
        with pytest.raises(auth.TokenRefused):
            verify(pool.token(key_id=f"unknown-{number}"))

    assert pool.fetches == 1


def test_a_token_of_another_algorithm_costs_no_fetch(
    auth: Any,
    pool: Issuer,
    verify: Verify,
) -> None:
    _, payload, signature = pool.token().split(".")

    with pytest.raises(auth.TokenRefused):
        verify(f"{NO_ALGORITHM}.{payload}.{signature}")

    assert pool.fetches == 0


@pytest.mark.parametrize("status", [404, 500, 302])
def test_unreachable_keys_are_no_verdict_on_the_token(
    auth: Any,
    pool: Issuer,
    verify: Verify,
    status: int,
) -> None:
    pool.status = status

    for _ in range(3):
        with pytest.raises(auth.KeysUnavailable):
            verify(pool.token())

    assert pool.fetches == 1


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b"[]", b'{"keys": [1]}', b"<html>"],
    ids=["deep", "list", "number", "HTML"],
)
def test_what_is_no_key_set_is_no_verdict_on_the_token(auth: Any, content: bytes) -> None:
    with told() as endpoint:
        endpoint.answers = [answer(content)]
        keys = auth.SigningKeys(endpoint.url)

        with pytest.raises(auth.KeysUnavailable):
            keys.find("k1")


def test_keys_that_come_byte_by_byte_are_not_waited_for(
    auth: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "KEYS_TIMEOUT", 0.5)
    with told() as endpoint:
        endpoint.answers = [Trickle()]
        keys, started = auth.SigningKeys(endpoint.url), time.monotonic()

        for _ in range(3):
            with pytest.raises(auth.KeysUnavailable):
                keys.find("k1")

    assert time.monotonic() - started < 1.5


def test_known_keys_survive_an_outage(
    auth: Any,
    pool: Issuer,
    verify: Verify,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verify(pool.token())
    pool.status = 500
    monkeypatch.setattr(auth, "KEYS_LIFETIME", 0)
    monkeypatch.setattr(auth, "KEYS_PAUSE", 0)

    assert verify(pool.token(jti="2")) == ALICE
    assert pool.fetches == 2


def test_a_withdrawn_key_is_forgotten_when_keys_are_fetched_anew(
    auth: Any,
    pool: Issuer,
    verify: Verify,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verify(pool.token())
    pool.key_ids = ["k2"]
    monkeypatch.setattr(auth, "KEYS_LIFETIME", 0)
    monkeypatch.setattr(auth, "KEYS_PAUSE", 0)

    with pytest.raises(auth.TokenRefused):
        verify(pool.token(jti="2"))


def test_a_remembered_token_is_refused_once_it_has_expired(
    auth: Any,
    pool: Issuer,
    verify: Verify,
) -> None:
    token = pool.token(exp=int(time.time()) + 2)
    verify(token)

    time.sleep(2)

    with pytest.raises(auth.TokenRefused):
        verify(token)


def test_only_so_many_tokens_are_remembered(
    auth: Any,
    pool: Issuer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(auth, "REMEMBERED", 3)
    verifier = auth.Verifier(auth.SigningKeys(pool.url), pool.claims()["iss"], "web")

    for number in range(10):
        verifier.subject(f"Bearer {pool.token(jti=str(number))}")

    assert len(verifier._verified) == 3  # noqa: SLF001 - no behaviour shows it


def test_a_service_without_keys_answers_503(
    apps: dict[str, Any], settings: dict[str, str], pool: Issuer
) -> None:
    main = importlib.import_module("main_service.app")
    config = importlib.import_module("main_service.config").read(settings)
    app = main.create_app(config, apps["main"].extensions["store"])
    pool.status = 500

    answer = app.test_client().get("/me/todos", headers={"Authorization": f"Bearer {pool.token()}"})

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert answer.get_json()["type"] == "urn:todo-on-ecs:problem:unavailable"
