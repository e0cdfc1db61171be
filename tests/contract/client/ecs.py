"""What ECS tells a task of its role's credentials."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.contract.client.package import credentials
from tests.contract.client.told import answer

if TYPE_CHECKING:
    from main_service.credentials import Credentials

HOUR = 3600
SOON = credentials.EARLY - 60  # seconds: good, but to be renewed
FULL, RELATIVE = "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
TOKEN_FILE = f"{TOKEN}_FILE"


def role(number: int = 1, seconds: float = HOUR, **changes: object) -> bytes:
    """What ECS answers."""
    ends = datetime.now(UTC) + timedelta(seconds=seconds)
    keys = {"AccessKeyId": f"ASIA{number}", "SecretAccessKey": "s3cret", "Token": "t0ken"}
    given = {**keys, "RoleArn": "arn", "Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}
    return answer({**given, **changes})


def key_id(found: Credentials, seconds: float = 5) -> str:
    return found.keys(time.monotonic() + seconds).key_id
