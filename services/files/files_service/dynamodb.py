"""DynamoDB without botocore's calls, which took most of a request's CPU (docs/performance.md).

Operations, parameters, answers and exceptions are those of botocore's client; tests compare them.
But parameters are not checked, answers have no ResponseMetadata, and binary values do not work.
botocore still finds the endpoint, the certificates and the credentials, and renews the latter.
"""

import hashlib
import hmac
import random
import re
import select
import socket
import ssl
import time
import uuid
from contextlib import suppress
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import botocore.session
import orjson
from botocore import exceptions
from botocore.httpsession import get_cert_path

from . import aws

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

OPERATIONS = {
    "batch_get_item": "BatchGetItem",
    "batch_write_item": "BatchWriteItem",
    "delete_item": "DeleteItem",
    "get_item": "GetItem",
    "put_item": "PutItem",
    "query": "Query",
    "transact_get_items": "TransactGetItems",
    "transact_write_items": "TransactWriteItems",
    "update_item": "UpdateItem",
}
REDIRECTION = 300  # and above: not a success
PAUSE = 0.4  # seconds at most before the second attempt
CHUNK = 65_536  # bytes
RESTED = 1.0  # seconds after which a connection may have been closed
STATUS = re.compile(rb"HTTP/1\.([01]) ([0-9]{3}) ")
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
LAST = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


class BrokenAnswer(Exception):
    """What came is not an answer of DynamoDB."""


def client(region: str) -> "DynamoDBClient":
    """What the store talks to; takes 0.1 s to make, safe to share between threads."""
    return cast("DynamoDBClient", DynamoDB(region))


class DynamoDB:
    """The operations in OPERATIONS, as methods."""

    def __init__(self, region: str) -> None:
        session = botocore.session.Session()
        original = session.create_client("dynamodb", region_name=region)
        self.exceptions: Any = original.exceptions
        self._credentials, self._region = session.get_credentials(), region
        self._server = Server(original.meta.endpoint_url, session.get_config_variable("ca_bundle"))
        for method, operation in OPERATIONS.items():
            setattr(self, method, partial(self._call, operation))

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "TransactWriteItems":  # or the second attempt would do it all again
            parameters.setdefault("ClientRequestToken", str(uuid.uuid4()))
        body = orjson.dumps(parameters)
        deadline = time.monotonic() + aws.time_left()
        try:
            return self._attempt(operation, body, deadline)
        except (*aws.PASSING, exceptions.ClientError) as error:
            pause = random.uniform(0, PAUSE)  # noqa: S311 - spreads callers, hides nothing
            if not aws.passes(error) or time.monotonic() + pause > deadline:
                raise
        time.sleep(pause)
        return self._attempt(operation, body, deadline)

    def _attempt(self, operation: str, body: bytes, deadline: float) -> dict[str, Any]:
        status, content = self._server.exchange(self._head(operation, body) + body, deadline)
        answer = _parsed(content)
        if status >= REDIRECTION:
            raise self._error(operation, status, answer or {})
        if answer is None or (operation == "Query" and not isinstance(answer.get("Items"), list)):
            raise exceptions.HTTPClientError(error=BrokenAnswer("of another form"))
        return answer

    def _error(self, operation: str, status: int, answer: dict[str, Any]) -> exceptions.ClientError:
        code = str(answer.pop("__type", status)).rpartition("#")[2]
        error = {"Code": code, "Message": answer.get("message", answer.get("Message", ""))}
        response = {**answer, "Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}
        found: exceptions.ClientError = self.exceptions.from_code(code)(response, operation)
        return found

    def _head(self, operation: str, body: bytes) -> bytes:
        """The request's beginning, signed (AWS's Signature Version 4)."""
        if self._credentials is None:
            raise exceptions.NoCredentialsError
        credentials = self._credentials.get_frozen_credentials()
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers = {"content-type": "application/x-amz-json-1.0", "host": self._server.host}
        headers["x-amz-date"] = moment
        if credentials.token:
            headers["x-amz-security-token"] = credentials.token
        headers["x-amz-target"] = f"DynamoDB_20120810.{operation}"

        names, lines = ";".join(headers), "".join(f"{k}:{v}\n" for k, v in headers.items())
        content = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        day = moment[:8]
        scope = f"{day}/{self._region}/dynamodb/aws4_request"
        digest = hashlib.sha256(content.encode()).hexdigest()
        key = _signing_key(credentials.secret_key, day, self._region)
        signature = _hmac(key, f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}").hex()
        text = (
            f"POST / HTTP/1.1\n{lines}user-agent:todo-on-ecs\ncontent-length:{len(body)}\n"
            f"authorization:AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, "
            f"SignedHeaders={names}, Signature={signature}\n\n"
        )
        return text.replace("\n", "\r\n").encode()


class Server:
    """Kept connections to an HTTP server; raises botocore's exceptions.

    It speaks what DynamoDB does: answers of a told length. Those without one end with their
    connection; other transfer codings do not work.
    """

    def __init__(self, url: str, ca_bundle: str | None) -> None:
        parts = urlsplit(url)
        self._url, self.host, self._name = url, parts.netloc, parts.hostname or ""
        self._tls: ssl.SSLContext | None = None
        if parts.scheme == "https":
            self._tls = ssl.create_default_context(cafile=ca_bundle or get_cert_path(verify=True))
        self._port = parts.port or (443 if self._tls else 80)
        self._idle: list[tuple[socket.socket, float]] = []  # since when

    def __del__(self) -> None:
        for connection, _ in self._idle:
            connection.close()

    def exchange(self, request: bytes, deadline: float) -> tuple[int, bytearray]:
        """The answer's status and body."""
        connection = self._kept() or self._connected(deadline)
        try:
            timeout = min(aws.READ_TIMEOUT, _left(deadline))
            if connection.gettimeout() != timeout:  # each setting is a call of the system
                connection.settimeout(timeout)
            until = time.monotonic() + timeout
            connection.sendall(request)
            status, content, last = _receive(connection, until)
        except TimeoutError as error:
            connection.close()
            raise exceptions.ReadTimeoutError(endpoint_url=self._url, error=error) from error
        except OSError as error:
            connection.close()
            raise exceptions.ConnectionClosedError(endpoint_url=self._url, error=error) from error
        except BrokenAnswer as error:
            connection.close()
            raise exceptions.HTTPClientError(error=error) from error
        if last:
            connection.close()
        else:
            self._idle.append((connection, time.monotonic()))
        return status, content

    def _kept(self) -> socket.socket | None:
        with suppress(IndexError):  # none is left
            while True:
                connection, since = self._idle.pop()
                if time.monotonic() - since < RESTED or not _readable(connection):
                    return connection
                connection.close()  # as the server has done
        return None

    def _connected(self, deadline: float) -> socket.socket:
        try:
            timeout = min(aws.CONNECT_TIMEOUT, _left(deadline))
            connection = socket.create_connection((self._name, self._port), timeout)
            return self._secured(connection)
        except TimeoutError as error:
            raise exceptions.ConnectTimeoutError(endpoint_url=self._url, error=error) from error
        except OSError as error:
            raise exceptions.EndpointConnectionError(endpoint_url=self._url, error=error) from error

    def _secured(self, connection: socket.socket) -> socket.socket:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self._tls:
            return connection
        try:
            return self._tls.wrap_socket(connection, server_hostname=self._name)
        except OSError:
            connection.close()
            raise


def _receive(connection: socket.socket, until: float) -> tuple[int, bytearray, bool]:
    """The answer's status and body, and whether it is the connection's last."""
    received = bytearray(connection.recv(CHUNK))
    while b"\r\n\r\n" not in received:
        received += _more(connection, until)
    head, _, content = received.partition(b"\r\n\r\n")
    status, length = STATUS.match(head), LENGTH.search(head)
    if not status:
        raise BrokenAnswer("no HTTP")
    if not length:
        with suppress(ConnectionResetError):
            while True:
                content += _more(connection, until)
        return int(status[2]), content, True
    while len(content) < int(length[1]):
        content += _more(connection, until)
    return int(status[2]), content, status[1] == b"0" or bool(LAST.search(head))


def _readable(connection: socket.socket) -> bool:
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    return bool(waiting.poll(0))


def _more(connection: socket.socket, until: float) -> bytes:
    connection.settimeout(_left(until))
    received = connection.recv(CHUNK)
    if not received:
        raise ConnectionResetError("closed before the answer's end")
    return received


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("no time is left")
    return left


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
