"""The main service over HTTP: a DynamoDB in this process, and an issuer of real tokens."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from main_service import dynamodb as own
from main_service.app import create_app
from main_service.config import Config
from main_service.store import TodoStore
from moto import mock_aws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from types_boto3_dynamodb import DynamoDBClient

ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_TestPool"
ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
INDEXES = {"byDue": "dueKey", "byPosition": "positionKey", "byCreated": "createdKey"}


@pytest.fixture(scope="session")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def jwks_url(key: rsa.RSAPrivateKey) -> Iterator[str]:
    public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    content = json.dumps({"keys": [{**public, "kid": "k1", "alg": "RS256", "use": "sig"}]})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/jwks.json"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def token(key: rsa.RSAPrivateKey) -> Callable[[str], str]:
    """An access token of the user."""

    def sign(sub: str) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "sub": sub,
            "client_id": "web",
            "token_use": "access",
        }
        claims |= {"iat": now, "exp": now + 900}
        return jwt.encode(claims, key, "RS256", {"kid": "k1"})

    return sign


@pytest.fixture(scope="session")
def dynamodb(raising: Callable[..., DynamoDBClient]) -> Iterator[DynamoDBClient]:
    with mock_aws():
        yield raising(boto3.client("dynamodb", "eu-central-1"), own)


@pytest.fixture
def table(dynamodb: DynamoDBClient) -> str:
    """An empty table with the keys and indexes that template.yaml gives it."""
    name = f"todos-{uuid4()}"
    indexes: list[Any] = [
        {
            "IndexName": index,
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": key, "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
        for index, key in INDEXES.items()
    ]
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk", *INDEXES.values())
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        LocalSecondaryIndexes=indexes,
    )
    return name


@pytest.fixture
def config(table: str, jwks_url: str) -> Config:
    return Config(
        region="eu-central-1",
        aws={},
        todos_table=table,
        issuer=ISSUER,
        audience="web",
        jwks_url=jwks_url,
        log_level="INFO",
        max_body_bytes=262_144,
        max_todos=10_000,
    )


@pytest.fixture
def app(config: Config, dynamodb: DynamoDBClient) -> Flask:
    return create_app(config, dynamodb)


@pytest.fixture
def store(dynamodb: DynamoDBClient, table: str) -> TodoStore:
    return TodoStore(dynamodb, table, 10_000)


@pytest.fixture
def anonymous(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def alice(app: Flask, token: Callable[[str], str]) -> FlaskClient:
    return _client(app, token(ALICE))


@pytest.fixture
def bob(app: Flask, token: Callable[[str], str]) -> FlaskClient:
    return _client(app, token(BOB))


def _client(app: Flask, token: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client
