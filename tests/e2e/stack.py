"""The whole local stack as a user starts it, and the people who use it."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import boto3
import httpx
import jwt
from botocore import UNSIGNED
from botocore.config import Config
from pycognito.aws_srp import AWSSRP

from tests.pair.held import held_to_contract

if TYPE_CHECKING:
    from types_boto3_cognito_idp import CognitoIdentityProviderClient

ROOT = Path(__file__).parents[2]
START_SECONDS = 120
STOP_SECONDS = 60
KEPT_CLIENT_SETTINGS = ("ExplicitAuthFlows", "AccessTokenValidity", "TokenValidityUnits")


def free_ports() -> int:
    """The first of three neighbouring ports that nothing listens on."""
    while True:
        first = 20000 + secrets.randbelow(10000)
        if all(_is_free(first + offset) for offset in range(3)):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@dataclass
class Stack:
    """`make run` in a process of its own, with its own ports and data folder."""

    directory: Path
    port: int = field(default_factory=free_ports)
    runtime: str = ""
    lines: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        told = {"LOCAL_PORT": str(self.port), "LOCAL_DIR": str(self.directory)}
        return {**os.environ, **told, "RUNTIME": self.runtime}

    def make(self, target: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Type `make TARGET` in another terminal, beside the running stack."""
        return subprocess.run(
            ["make", "--silent", target],
            cwd=ROOT,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            timeout=STOP_SECONDS,
            check=False,
        )

    def spawn(self) -> None:
        self.process = subprocess.Popen(
            ["make", "--silent", "run"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._printed = threading.Condition()
        assert self.process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()

    def start(self) -> Stack:
        self.spawn()
        file = self.directory / "outputs.json"
        deadline = time.monotonic() + START_SECONDS
        while not file.exists():
            assert self.process.poll() is None, "\n".join(self.lines)
            assert time.monotonic() < deadline, "\n".join(self.lines)
            time.sleep(0.1)
        self.outputs = json.loads(file.read_text())
        return self

    def _read(self, output: IO[str]) -> None:
        with output:
            for line in output:
                with self._printed:
                    self.lines.append(line.rstrip("\n"))
                    self._printed.notify_all()

    def printed(self, pattern: str, seconds: float = 15) -> re.Match[str]:
        """The latest line so far, or the next one, that matches."""
        deadline = time.monotonic() + seconds
        with self._printed:
            while True:
                for line in reversed(self.lines):
                    if found := re.search(pattern, line):
                        return found
                left = deadline - time.monotonic()
                assert left > 0, f"nothing printed matches {pattern}: {self.lines}"
                self._printed.wait(left)

    def stop(self) -> int:
        """Press Ctrl-C: the terminal sends it to the whole foreground group."""
        while self.clients:
            self.clients.pop().close()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        status = self.process.wait(STOP_SECONDS)
        self._reader.join()
        return status

    @property
    def cognito(self) -> CognitoIdentityProviderClient:
        return boto3.client(
            "cognito-idp",
            region_name=self.outputs["Region"],
            endpoint_url=self.outputs["CognitoEndpoint"],
            config=Config(signature_version=UNSIGNED),
        )

    def sign_up(self, email: str = "") -> Person:
        """Create an account that still waits for its confirmation code."""
        person = Person(self, email or f"{secrets.token_hex(6)}@example.com")
        self.cognito.sign_up(
            ClientId=self.outputs["UserPoolClientId"],
            Username=person.email,
            Password=person.password,
            UserAttributes=[{"Name": "email", "Value": person.email}],
        )
        return person

    def confirm(self, person: Person, code: str | None = None) -> None:
        self.cognito.confirm_sign_up(
            ClientId=self.outputs["UserPoolClientId"],
            Username=person.email,
            ConfirmationCode=code or self.mailed_code(person),
        )

    def mailed_code(self, person: Person) -> str:
        return self.printed(rf"{re.escape(person.email)}.*\b(\d{{6}})\b")[1]

    def short_lived_token(self) -> str:
        """An access token of a real sign-in that has expired by now."""
        person = self.new_person()
        admin: Any = boto3.client(
            "cognito-idp",
            region_name=self.outputs["Region"],
            endpoint_url=self.outputs["CognitoEndpoint"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        ids = {
            "UserPoolId": self.outputs["UserPoolId"],
            "ClientId": self.outputs["UserPoolClientId"],
        }
        client = admin.describe_user_pool_client(**ids)["UserPoolClient"]
        settings = {name: client[name] for name in KEPT_CLIENT_SETTINGS if name in client}
        units = {**client.get("TokenValidityUnits", {}), "AccessToken": "seconds"}
        short = settings | {"AccessTokenValidity": 1, "TokenValidityUnits": units}
        admin.update_user_pool_client(**ids, **short)
        try:
            person.sign_in()
        finally:
            admin.update_user_pool_client(**ids, **settings)
        while self.claims(person.token)["exp"] >= time.time():
            time.sleep(0.1)
        return person.token

    @staticmethod
    def claims(token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
        return claims

    def new_person(self) -> Person:
        """Somebody signed up, confirmed and signed in."""
        person = self.sign_up()
        self.confirm(person)
        person.sign_in()
        return person


@dataclass
class Person:
    """Somebody with an account."""

    stack: Stack
    email: str
    password: str = "Correct-horse-9-battery"
    token: str = ""

    def sign_in(self, password: str | None = None) -> None:
        srp = AWSSRP(
            username=self.email,
            password=password or self.password,
            pool_id=self.stack.outputs["UserPoolId"],
            client_id=self.stack.outputs["UserPoolClientId"],
            client=self.stack.cognito,
        )
        self.token = srp.authenticate_user()["AuthenticationResult"]["AccessToken"]

    @property
    def sub(self) -> str:
        return str(self.stack.claims(self.token)["sub"])

    @cached_property
    def api(self) -> httpx.Client:
        """The API through its front door, API Gateway."""
        return self._client("ApiUrl")

    @cached_property
    def load_balancer(self) -> httpx.Client:
        """What is behind API Gateway."""
        return self._client("LoadBalancerUrl")

    def _client(self, output: str) -> httpx.Client:
        url = self.stack.outputs[output]
        client = httpx.Client(
            base_url=url, auth=self._sign, timeout=30, event_hooks=held_to_contract(url)
        )
        self.stack.clients.append(client)
        return client

    def _sign(self, request: httpx.Request) -> httpx.Request:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request
