"""The time that calls of AWS have, and which of their errors pass. Only the store calls AWS."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

CONNECT_TIMEOUT = 1  # seconds
READ_TIMEOUT = 2  # seconds
# For all calls that one request makes: with a last connect and the issuer's keys, callers still
# have their answer in less than 6 s.
BUDGET = 4.5  # seconds

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


class CallFailed(Exception):
    """AWS has not done what it was asked for, in one attempt."""

    passes: bool  # whether the same call may well succeed a little later
    reason: str  # for the log: without AWS's words, which may be about somebody's data


class NoAnswer(CallFailed):
    """AWS could not be reached, took too long, or sent what is no answer of its."""

    passes = True

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ErrorAnswer(CallFailed):
    """AWS said no; `answer` is all that it said, `reason` its code for why."""

    def __init__(self, operation: str, status: int, code: str, answer: dict[str, Any]) -> None:
        message = answer.get("message", answer.get("Message", ""))
        super().__init__(f"{operation}: {code}: {message}")
        self.status, self.reason, self.answer = status, code, answer
        self.passes = passes(status, code)


def passes(status: int, code: str) -> bool:
    """Whether what AWS answers with this status and code may well succeed a little later."""
    return status >= SERVER_ERROR or code in THROTTLES


def start_budget() -> None:
    """From now on, and until the answer begins, all calls together get no more than BUDGET."""
    _deadline.set(time.monotonic() + BUDGET)


def end_budget(answer: Answer) -> Answer:
    """What is streamed after the answer's beginning may take its time: each call is on its own."""
    _deadline.set(None)
    return answer


def deadline() -> float:
    """When a call that begins now has to end, on the monotonic clock."""
    return request_deadline() or time.monotonic() + BUDGET


def request_deadline() -> float | None:
    """When the calls of the current request have to end, if there is one."""
    return _deadline.get()


@contextmanager
def translated_errors() -> Iterator[None]:
    """Trouble that passes becomes Unavailable; all else is somebody's mistake and travels on."""
    try:
        yield
    except CallFailed as error:
        if not error.passes:
            raise
        logger.warning("AWS: %s", error.reason)
        raise Unavailable from error
