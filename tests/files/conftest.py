"""The files service over HTTP: DynamoDB and S3 in this process, and an issuer of real tokens."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import boto3
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from files_service import dynamodb as own
from files_service import sdk
from files_service.app import create_app
from files_service.config import Config
from files_service.store import S3_SETTINGS, AttachmentStore
from moto import mock_aws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import timedelta

    from flask import Flask
    from flask.testing import FlaskClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient

ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_TestPool"
CONTENT = b"%PDF"
FILE = {
    "name": "a.pdf",
    "contentType": "application/pdf",
    "size": len(CONTENT),
    "sha256": hashlib.sha256(CONTENT).hexdigest(),
}
ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"


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
def emulated() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture(scope="session")
def dynamodb(
    emulated: None,  # noqa: ARG001 - its use is to be there
    raising: Callable[..., DynamoDBClient],
) -> DynamoDBClient:
    return raising(boto3.client("dynamodb", "eu-central-1"), own)


@pytest.fixture(scope="session")
def s3(emulated: None) -> S3Client:  # noqa: ARG001 - its use is to be there
    client: S3Client = sdk.client("s3", "eu-central-1", os.environ, **S3_SETTINGS)
    return client


@pytest.fixture(scope="session")
def sqs(emulated: None) -> SQSClient:  # noqa: ARG001 - its use is to be there
    client: SQSClient = sdk.client("sqs", "eu-central-1", os.environ)
    return client


@pytest.fixture
def table(dynamodb: DynamoDBClient) -> str:
    """An empty table with the keys that template.yaml gives it."""
    name = f"files-{uuid4()}"
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
    )
    return name


@pytest.fixture
def bucket(s3: S3Client) -> str:
    name = f"files-{uuid4()}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return name


@pytest.fixture
def config(table: str, bucket: str, jwks_url: str) -> Config:
    return Config(
        region="eu-central-1",
        aws={},
        files_table=table,
        files_bucket=bucket,
        issuer=ISSUER,
        audience="web",
        jwks_url=jwks_url,
        log_level="INFO",
        max_body_bytes=262_144,
        max_file_bytes=26_214_400,
        max_files_per_todo=20,
        max_user_bytes=1_073_741_824,
    )


@pytest.fixture
def app(config: Config, dynamodb: DynamoDBClient, s3: S3Client) -> Flask:
    return create_app(config, dynamodb, s3)


@pytest.fixture
def store(dynamodb: DynamoDBClient, s3: S3Client, table: str, bucket: str) -> AttachmentStore:
    return AttachmentStore(dynamodb, s3, table, bucket)


class Uploads:
    """The way of an attachment. What S3 checks of it, the local stack's tests see."""

    def __init__(self, s3: S3Client) -> None:
        self._s3 = s3

    def announce(self, client: FlaskClient, files: str, **changes: object) -> dict[str, Any]:
        answer = client.post(files, json=FILE | changes)
        assert answer.status_code == 201, answer.text
        announced: dict[str, Any] = answer.get_json()
        return announced

    def put(self, upload: dict[str, Any], content: bytes = CONTENT) -> None:
        """Send bytes to where the upload's URL points."""
        url = urlsplit(upload["url"])
        self._s3.put_object(
            Bucket=str(url.hostname).partition(".")[0],
            Key=url.path.removeprefix("/"),
            Body=content,
            ChecksumAlgorithm="SHA256",
        )

    def attach(self, client: FlaskClient, files: str, **changes: object) -> dict[str, Any]:
        """An attachment whose upload is complete."""
        announced = self.announce(client, files, **changes)
        self.put(announced["upload"])
        answer = client.post(f"{files}/{announced['file']['id']}/complete")
        assert answer.status_code == 200, answer.text
        file: dict[str, Any] = answer.get_json()
        return file


@pytest.fixture
def uploads(s3: S3Client) -> Uploads:
    return Uploads(s3)


@pytest.fixture
def keys(s3: S3Client, bucket: str) -> Callable[[], set[str]]:
    """The objects in the bucket."""
    return lambda: {each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])}


@pytest.fixture
def sums(dynamodb: DynamoDBClient, table: str) -> Callable[[], dict[str, tuple[int, int]]]:
    """What is kept of each user: the sum of bytes and the number of files; they must be those of
    the files, also to-do by to-do."""

    def check() -> dict[str, tuple[int, int]]:
        items = dynamodb.scan(TableName=table)["Items"]
        found: dict[str, tuple[int, int]] = {}
        for item in items:
            owner, sort_key = item["pk"]["S"], item["sk"]["S"]
            prefix = "F#" if sort_key == "QUOTA" else f"F#{sort_key[2:]}#"
            sizes = [
                int(each["size"]["N"])
                for each in items
                if each["pk"]["S"] == owner and each["sk"]["S"].startswith(prefix)
            ]
            if sort_key.startswith("N#"):
                assert int(item["files"]["N"]) == len(sizes)
            elif sort_key == "QUOTA":
                kept = int(item["bytes"]["N"]), int(item["files"]["N"])
                assert kept == (sum(sizes), len(sizes))
                found[owner.removeprefix("U#")] = kept
        return found

    return check


@pytest.fixture
def grow_older(dynamodb: DynamoDBClient, table: str) -> Callable[[str, timedelta], None]:
    """Lets an attachment have been announced that long ago, and its reminder be of then."""

    def change(item: dict[str, Any], age: timedelta) -> dict[str, Any]:
        if "createdAt" in item:
            moment = (datetime.now(UTC) - age).isoformat(timespec="milliseconds")
            return {**item, "createdAt": {"S": moment.replace("+00:00", "Z")}}
        moved = int(item["expiresAt"]["N"]) - int(age.total_seconds())
        return {**item, "expiresAt": {"N": str(moved)}}

    def grow(file_id: str, age: timedelta) -> None:
        for item in dynamodb.scan(TableName=table)["Items"]:
            if item["sk"]["S"].endswith(f"#{file_id}"):
                dynamodb.put_item(TableName=table, Item=change(item, age))

    return grow


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
