"""Clients of S3 and SQS: botocore's, with the credentials, times and errors of that of DynamoDB."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import botocore.session
from botocore import credentials, exceptions
from botocore.config import Config

from . import aws
from .credentials import Credentials
from .variables import ConfigError

ATTEMPTS = 2
PASSING = (exceptions.ConnectionError, exceptions.HTTPClientError)

logger = logging.getLogger(__name__)


class Keys(credentials.Credentials):
    """What botocore signs with. Its own providers would wait for ECS for 9 s, one caller after the
    other, and then ask the instance."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__("", "")
        self._credentials = Credentials(variables)

    def load_credentials(self) -> Self:
        """What a session asks its provider for."""
        return self

    def get_frozen_credentials(self) -> credentials.ReadOnlyCredentials:
        keys = self._credentials.keys(aws.deadline())
        return credentials.ReadOnlyCredentials(keys.key_id, keys.secret, keys.token or None)


def client(service: str, region: str, variables: Mapping[str, str], **settings: Any) -> Any:
    """A client of botocore that keeps to the budget; `settings` go before its own. `variables` are
    AWS's own, of which botocore itself reads where AWS is.

    Takes 0.1 s to make and is safe to share between threads: one per process.
    """
    own: dict[str, Any] = {
        "connect_timeout": aws.CONNECT_TIMEOUT,
        "read_timeout": aws.READ_TIMEOUT,
        "retries": {"mode": "standard", "total_max_attempts": ATTEMPTS},
        "user_agent": "todo-on-ecs",  # botocore builds its own twice a call
    }
    session = botocore.session.Session()
    session.register_component("credential_provider", Keys(variables))
    try:
        made = session.create_client(service, region_name=region, config=Config(**own | settings))
    except (exceptions.BotoCoreError, ValueError) as error:  # in variables that only it reads
        raise ConfigError(f"botocore has no client of {service}: {error}") from None
    made.meta.events.register("before-send", _keep_to_budget)
    return made


def _keep_to_budget(request: Any, **_: Any) -> None:
    """Give an attempt only the time that is left. The event is undocumented, so tests watch it."""
    deadline = aws.request_deadline()
    if deadline is None:
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise aws.Unavailable  # which botocore does not try again
    request.context["read_timeout"] = min(aws.READ_TIMEOUT, left)


@contextmanager
def translated_errors() -> Iterator[None]:
    """The same as aws.translated_errors, for botocore's errors too."""
    try:
        with aws.translated_errors():
            yield
    except PASSING as error:
        logger.warning("AWS: %s", type(error).__name__)
        raise aws.Unavailable from error
    except exceptions.ClientError as error:
        status, code = error.response["ResponseMetadata"]["HTTPStatusCode"], _code(error)
        if not aws.passes(status, code):
            raise
        logger.warning("AWS: %s", code)
        raise aws.Unavailable from error


def _code(error: exceptions.ClientError) -> str:
    return error.response["Error"]["Code"]
