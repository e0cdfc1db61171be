"""DynamoDB by its own protocol (why: docs/decisions/0011-dynamodb-without-the-sdk.md).

Operations, parameters and answers are those of botocore's client; tests compare them. But
parameters are not checked, answers have no ResponseMetadata, and binary values do not work.
"""

import hashlib
import hmac
import random
import time
import uuid
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, cast

import orjson

from . import aws
from .connections import Server
from .credentials import Credentials, Keys

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

OPERATIONS = {
    "delete_item": "DeleteItem",
    "get_item": "GetItem",
    "query": "Query",
    "transact_write_items": "TransactWriteItems",
    "update_item": "UpdateItem",
}
REDIRECTION = 300  # and above: not a success
PAUSE = 0.4  # seconds at most before the second attempt


class ConditionalCheckFailed(aws.ErrorAnswer):
    """The condition of a write does not hold; nothing was written."""


class TransactionCanceled(aws.ErrorAnswer):
    """Nothing of a transaction was written; `answer["CancellationReasons"]` says why, in order."""


ERRORS = {
    "ConditionalCheckFailedException": ConditionalCheckFailed,
    "TransactionCanceledException": TransactionCanceled,
}


def client(region: str, variables: Mapping[str, str]) -> "DynamoDBClient":
    """What the store talks to; safe to share between threads. `variables` are AWS's own, which say
    where DynamoDB is, if not where AWS has it, and where credentials are."""
    return cast("DynamoDBClient", DynamoDB(region, variables))


class DynamoDB:
    """The operations in OPERATIONS, as methods."""

    def __init__(self, region: str, variables: Mapping[str, str]) -> None:
        url = variables.get("AWS_ENDPOINT_URL_DYNAMODB") or variables.get("AWS_ENDPOINT_URL")
        self._server = Server(url or endpoint(region), variables.get("AWS_CA_BUNDLE"))
        self._credentials, self._region = Credentials(variables), region
        for method, operation in OPERATIONS.items():
            setattr(self, method, partial(self._call, operation))

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "TransactWriteItems":  # or the second attempt would do it all again
            parameters.setdefault("ClientRequestToken", str(uuid.uuid4()))
        body = orjson.dumps(parameters)
        deadline = aws.deadline()
        try:
            return self._attempt(operation, body, deadline)
        except aws.CallFailed as error:
            pause = random.uniform(0, PAUSE)  # noqa: S311 - spreads callers, hides nothing
            if not error.passes or time.monotonic() + pause > deadline:
                raise
        time.sleep(pause)
        return self._attempt(operation, body, deadline)

    def _attempt(self, operation: str, body: bytes, deadline: float) -> dict[str, Any]:
        head = self._head(operation, body, self._credentials.keys(deadline))
        status, content = self._server.exchange(head + body, deadline)
        answer = _parsed(content)
        if status >= REDIRECTION:
            raise error(operation, status, answer or {})
        if answer is None or (operation == "Query" and not isinstance(answer.get("Items"), list)):
            raise aws.NoAnswer("what came is no answer of DynamoDB")
        return answer

    def _head(self, operation: str, body: bytes, keys: Keys) -> bytes:
        """The request's beginning, signed (AWS's Signature Version 4)."""
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers = {"content-type": "application/x-amz-json-1.0", "host": self._server.host}
        headers["x-amz-date"] = moment
        if keys.token:
            headers["x-amz-security-token"] = keys.token
        headers["x-amz-target"] = f"DynamoDB_20120810.{operation}"

        names, lines = ";".join(headers), "".join(f"{k}:{v}\n" for k, v in headers.items())
        content = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        day = moment[:8]
        scope = f"{day}/{self._region}/dynamodb/aws4_request"
        digest = hashlib.sha256(content.encode()).hexdigest()
        key = _signing_key(keys.secret, day, self._region)
        signature = _hmac(key, f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}").hex()
        text = (
            f"POST / HTTP/1.1\n{lines}user-agent:todo-on-ecs\ncontent-length:{len(body)}\n"
            f"authorization:AWS4-HMAC-SHA256 Credential={keys.key_id}/{scope}, "
            f"SignedHeaders={names}, Signature={signature}\n\n"
        )
        return text.replace("\n", "\r\n").encode()


def error(operation: str, status: int, answer: dict[str, Any]) -> aws.ErrorAnswer:
    """What is raised for an answer that says no."""
    code = str(answer.get("__type", status)).rpartition("#")[2]
    return ERRORS.get(code, aws.ErrorAnswer)(operation, status, code, answer)


def endpoint(region: str) -> str:
    """Where AWS has DynamoDB, in its commercial regions, GovCloud's and China's."""
    return f"https://dynamodb.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"


def _parsed(content: bytearray) -> dict[str, Any] | None:
    try:
        answer = orjson.loads(content)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


@lru_cache(maxsize=2)  # of today, and of yesterday for those who are just signing
def _signing_key(secret: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, "dynamodb", "aws4_request"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
