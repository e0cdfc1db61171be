"""Both services side by side, with everything of AWS in this process, and an issuer that also
signs what no service may accept."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import files_service.app
import files_service.aws
import files_service.config
import files_service.store
import jwt
import main_service.app
import main_service.aws
import main_service.config
import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from moto import mock_aws
from openapi_core import Config, OpenAPI

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

ROOT = Path(__file__).parents[2]
REGION = "eu-central-1"
ISSUER = f"https://cognito-idp.{REGION}.amazonaws.com/{REGION}_TestPool"
BEARER = {"type": "http", "scheme": "bearer"}
ALICE = "a11ce000-0000-4000-8000-000000000001"


class Issuer:
    """A user pool as the services see it: tokens, and public keys over HTTP."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        self.key_ids = ["k1"]
        self.status = 200
        self.fetches = 0
        self.server = self._serve()
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks.json"

    def claims(self, **changes: object) -> dict[str, Any]:
        """An access token's claims; a change to None takes one away."""
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": ALICE, "client_id": "web", "token_use": "access"}
        changed: dict[str, object] = {**claims, "iat": now, "exp": now + 900, **changes}
        return {name: value for name, value in changed.items() if value is not None}

    def token(self, key_id: str = "k1", **changes: object) -> str:
        return jwt.encode(self.claims(**changes), self.key, "RS256", {"kid": key_id})

    def _keys(self) -> bytes:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        keys = [{**public, "kid": key_id, "alg": "RS256", "use": "sig"} for key_id in self.key_ids]
        return json.dumps({"keys": keys}).encode()

    def _serve(self) -> ThreadingHTTPServer:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.fetches += 1
                self.send_response(issuer.status)
                self.end_headers()
                self.wfile.write(issuer._keys())

            def log_message(self, *_args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    yield issuer
    issuer.server.shutdown()
    issuer.server.server_close()


@pytest.fixture(scope="session")
def settings(issuer: Issuer) -> dict[str, str]:
    """The environment of both services."""
    return {
        "AWS_REGION": REGION,
        "TODOS_TABLE": "todos",
        "FILES_TABLE": "files",
        "FILES_BUCKET": "files-bucket",
        "JWT_ISSUER": ISSUER,
        "JWT_AUDIENCE": "web",
        "JWKS_URL": issuer.url,
    }


@pytest.fixture(scope="session")
def apps(settings: dict[str, str]) -> Iterator[dict[str, Flask]]:
    """The services by name."""
    with mock_aws():
        dynamodb = main_service.aws.client("dynamodb", REGION)
        s3 = files_service.aws.client("s3", REGION, **files_service.store.S3_SETTINGS)
        _create_table(dynamodb, "todos", "dueKey")
        _create_table(dynamodb, "files")
        s3.create_bucket(
            Bucket="files-bucket", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        yield {
            "main": main_service.app.create_app(main_service.config.read(settings), dynamodb),
            "files": files_service.app.create_app(
                files_service.config.read(settings), dynamodb, s3
            ),
        }


def _create_table(dynamodb: Any, name: str, *sort_keys: str) -> None:
    def keys(sort_key: str) -> list[dict[str, str]]:
        return [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": sort_key, "KeyType": "RANGE"},
        ]

    indexes = [
        {"IndexName": "byDue", "KeySchema": keys(key), "Projection": {"ProjectionType": "ALL"}}
        for key in sort_keys
    ]
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk", *sort_keys)
        ],
        KeySchema=keys("sk"),
        **({"LocalSecondaryIndexes": indexes} if indexes else {}),
    )


@pytest.fixture(scope="session")
def contract() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "api.yaml").read_text())
    return content


@pytest.fixture(scope="session")
def openapi(contract: dict[str, Any]) -> OpenAPI:
    """What checks requests and answers. It does not know oauth2, but what that comes down to."""
    components = {**contract["components"], "securitySchemes": {"AccessToken": BEARER}}
    json_types = ("application/problem+json", "application/merge-patch+json")
    config = Config(extra_media_type_deserializers=dict.fromkeys(json_types, json.loads))
    return OpenAPI.from_dict({**contract, "components": components}, config)


@pytest.fixture(params=["main", "files"])
def app(request: pytest.FixtureRequest, apps: dict[str, Flask]) -> Flask:
    return apps[request.param]


@pytest.fixture
def routes() -> Callable[[Flask], list[tuple[str, str]]]:
    """Method and path of every route of a service that needs a token, {owner} left open."""

    def found(app: Flask) -> list[tuple[str, str]]:
        return [
            (method, _fill(rule.rule))
            for rule in app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) - {"HEAD"})
            if rule.rule != "/health"
        ]

    return found


def _fill(rule: str) -> str:
    steps = rule.split("/")
    some_id = "00000000-0000-4000-8000-00000000dead"
    return "/".join(
        "{owner}" if step == "<user_id>" else some_id if step.startswith("<id:") else step
        for step in steps
    )
