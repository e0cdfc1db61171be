"""Clients of AWS, and which of its errors pass by themselves. Only the store calls them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import botocore.session
from botocore import exceptions
from botocore.config import Config

PASSING = (
    exceptions.ConnectionError,
    exceptions.HTTPClientError,
    exceptions.CredentialRetrievalError,
)
THROTTLES = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
}
SERVER_ERROR = 500  # and above

logger = logging.getLogger(__name__)


class Unavailable(Exception):
    """AWS did not answer in time, was overloaded or failed, also when asked again."""


def client(service: str, region: str, **settings: Any) -> Any:
    """A client that gives up within 6 s: two attempts of at most 1 s + 2 s, jitter between them.

    Takes 0.1 s to make and is safe to share between threads: one per process.
    """
    config = Config(
        connect_timeout=1,
        read_timeout=2,
        retries={"mode": "standard", "total_max_attempts": 2},
        user_agent="todo-on-ecs",  # botocore builds its own twice a call, an eighth of a get
        **settings,
    )
    session = botocore.session.Session()
    return session.create_client(service, region_name=region, config=config)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Trouble that passes becomes Unavailable; all else is somebody's mistake and travels on."""
    try:
        yield
    except PASSING as error:
        logger.warning("AWS: %s", type(error).__name__)
        raise Unavailable from error
    except exceptions.ClientError as error:
        code, metadata = error.response["Error"]["Code"], error.response["ResponseMetadata"]
        if code not in THROTTLES and metadata["HTTPStatusCode"] < SERVER_ERROR:
            raise
        logger.warning("AWS: %s", code)
        raise Unavailable from error
