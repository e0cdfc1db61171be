"""The credentials that calls are signed with: given ones, or the task role's, which ECS hands out.

AWS's SDKs look further, in files and at the instance. Not here: a container never acts as the
machine that it runs on.
"""

import logging
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from . import aws
from .connections import Server

GIVEN = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
ECS = "http://169.254.170.2"
EARLY = 300  # seconds before their end from which credentials are renewed
PAUSE = 10  # seconds between two tries of that
PATIENCE = 1  # seconds that a request spends on one
ROLE_KEYS = ("AccessKeyId", "SecretAccessKey", "Token")
OK = 200
# Goes into a line of a request: with nothing in it that could begin another.
PRINTABLE = re.compile(r"[!-~]+")

logger = logging.getLogger(__name__)


class CredentialsMissing(Exception):
    """Nothing says where credentials are; the text names what to set."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What a call is signed with, and until when (in seconds since 1970)."""

    key_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    ends: float = float("inf")


class Credentials:
    """The keys that are good now: fetched at the first call, renewed by one thread before they end
    while the others go on; safe to share."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        """`variables` are AWS's own, variables.AWS_VARIABLES; empty ones count as not set."""
        self._keys = _given(variables)
        self._role = _role(variables)
        self._lock = threading.Lock()
        self._next_try = float("-inf")

    def keys(self, deadline: float) -> Keys:
        keys = self._keys
        if keys is None or keys.ends <= time.time():
            return self._fetched(deadline)
        if keys.ends - EARLY <= time.time():
            self._renew(deadline)
        return self._keys or keys

    def _fetched(self, deadline: float) -> Keys:
        """Nobody can go on without; they wait for the one who fetches."""
        if self._role is None:
            raise CredentialsMissing(
                "There are no credentials for AWS: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,"
                " or run as a task of ECS with a task role."
            )
        if not self._lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise aws.NoAnswer("no credentials in time")
        try:
            if self._keys is None or self._keys.ends <= time.time():
                self._keys = self._role.fetch(deadline)
            return self._keys
        finally:
            self._lock.release()

    def _renew(self, deadline: float) -> None:
        if self._role is None or not self._lock.acquire(blocking=False):
            return
        try:
            now = time.monotonic()
            if now >= self._next_try:
                self._next_try = now + PAUSE
                self._keys = self._role.fetch(min(deadline, now + PATIENCE))
        except aws.NoAnswer as error:
            logger.warning("credentials could not be renewed: %s", error.reason)
        finally:
            self._lock.release()


class TaskRole:
    """ECS's endpoint, which answers with the credentials of the role of the task that asks."""

    def __init__(self, url: str, token: str, token_file: str, ca_bundle: str) -> None:
        parts = urlsplit(url)
        self._path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        self._server = Server(url, ca_bundle)
        self._token, self._token_file = token, token_file

    def fetch(self, deadline: float) -> Keys:
        token = self._authorization()
        # HTTP/1.0, because ECS would send a long answer to HTTP/1.1 in chunks.
        head = f"GET {self._path} HTTP/1.0\r\nhost: {self._server.host}\r\n"
        if token:
            head += f"authorization: {token}\r\n"
        status, content = self._server.exchange(f"{head}\r\n".encode(), deadline)
        if status != OK:
            raise aws.NoAnswer(f"the endpoint of credentials answered {status}")
        return _read(content)

    def _authorization(self) -> str:
        """The file's content changes from time to time."""
        if not self._token_file:
            return self._token
        try:
            token = Path(self._token_file).read_text().strip()
        except (OSError, UnicodeDecodeError):
            raise aws.NoAnswer("the credentials' token file cannot be read") from None
        if not PRINTABLE.fullmatch(token):
            raise aws.NoAnswer("the credentials' token file holds no token")
        return token


def _given(variables: Mapping[str, str]) -> Keys | None:
    key_id, secret = (variables.get(name) for name in GIVEN)
    if not key_id or not secret:
        return None
    return Keys(key_id, secret, variables.get("AWS_SESSION_TOKEN", ""))


def _role(variables: Mapping[str, str]) -> TaskRole | None:
    path = variables.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    url = f"{ECS}{path}" if path else variables.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    if not url or any(variables.get(name) for name in GIVEN):
        return None  # also with half of them: who gives some does not mean the role
    return TaskRole(
        url,
        variables.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", ""),
        variables.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", ""),
        variables.get("AWS_CA_BUNDLE", ""),
    )


def _read(content: bytearray) -> Keys:
    """Nothing of the answer gets into an exception: it may hold a secret, even if it is broken."""
    try:
        found = orjson.loads(content)
        key_id, secret, token = (found[name] for name in ROLE_KEYS)
        ends = datetime.fromisoformat(found["Expiration"])
        readable = ends.tzinfo is not None and all(
            map(PRINTABLE.fullmatch, (key_id, secret, token))
        )
    except (ValueError, KeyError, TypeError):
        readable = False
    if not readable:
        raise aws.NoAnswer("the endpoint of credentials answered with none")
    if ends.timestamp() <= time.time():
        raise aws.NoAnswer("the endpoint of credentials answered with old ones")
    return Keys(key_id, secret, token, ends.timestamp())
