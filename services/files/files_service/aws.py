"""Clients of AWS, the time they have, and which of their errors pass. Only the store calls them."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import botocore.session
from botocore import exceptions
from botocore.config import Config

CONNECT_TIMEOUT = 1  # seconds
READ_TIMEOUT = 2  # seconds
ATTEMPTS = 2
# For all calls that one request makes: with a last connect and the issuer's keys, callers still
# have their answer in less than 6 s.
BUDGET = 4.5  # seconds

PASSING = (
    exceptions.ConnectionError,
    exceptions.HTTPClientError,
    exceptions.CredentialRetrievalError,
)
THROTTLES = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionInProgressException",  # the first attempt of a repeated one is still at work
}
SERVER_ERROR = 500  # and above

Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


class Unavailable(Exception):
    """AWS did not answer in time, was overloaded or failed, also when asked again."""


def start_budget() -> None:
    """From now on, and until the answer begins, all calls together get no more than BUDGET."""
    _deadline.set(time.monotonic() + BUDGET)


def end_budget(answer: Answer) -> Answer:
    """What is streamed after the answer's beginning may take its time: each call is on its own."""
    _deadline.set(None)
    return answer


def time_left() -> float:
    """How many seconds the calls of this request still have."""
    deadline = _deadline.get()
    return BUDGET if deadline is None else deadline - time.monotonic()


def client(service: str, region: str, **settings: Any) -> Any:
    """A client of botocore that keeps to the budget; `settings` go before its own.

    Takes 0.1 s to make and is safe to share between threads: one per process.
    """
    own: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT,
        "read_timeout": READ_TIMEOUT,
        "retries": {"mode": "standard", "total_max_attempts": ATTEMPTS},
        "user_agent": "todo-on-ecs",  # botocore builds its own twice a call, an eighth of a get
    }
    session = botocore.session.Session()
    made = session.create_client(service, region_name=region, config=Config(**own | settings))
    made.meta.events.register("before-send", _keep_to_budget)
    return made


def _keep_to_budget(request: Any, **_: Any) -> None:
    """Give an attempt only the time that is left. The event is undocumented, so tests watch it."""
    if _deadline.get() is None:
        return
    left = time_left()
    if left <= 0:
        raise Unavailable  # which botocore does not try again
    request.context["read_timeout"] = min(READ_TIMEOUT, left)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Trouble that passes becomes Unavailable; all else is somebody's mistake and travels on."""
    try:
        yield
    except (*PASSING, exceptions.ClientError) as error:
        if not passes(error):
            raise
        logger.warning("AWS: %s", _code(error) or type(error).__name__)
        raise Unavailable from error


def passes(error: Exception) -> bool:
    """Whether the same call may well succeed a little later."""
    if not isinstance(error, exceptions.ClientError):
        return isinstance(error, PASSING)
    status: int = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return status >= SERVER_ERROR or _code(error) in THROTTLES


def _code(error: Exception) -> str | None:
    return error.response["Error"]["Code"] if isinstance(error, exceptions.ClientError) else None
