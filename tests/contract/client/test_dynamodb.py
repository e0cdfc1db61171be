"""The client of DynamoDB (the same module in both services) beside botocore's own: what it sends,
and what it makes of every answer."""

from __future__ import annotations

import json
import os
import ssl
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from files_service import sdk

from tests.contract.client.package import aws, credentials, dynamodb
from tests.contract.client.told import Endpoint, Handler, Threads, answer, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION = "eu-central-1"
KEY = {"pk": {"S": "U#ä€😀"}, "sk": {"S": "T#1"}}
ITEM = {
    **KEY,
    "number": {"N": "12345678901234567890.5"},
    "list": {"L": [{"S": "x"}, {"BOOL": True}, {"NULL": True}]},
    "map": {"M": {"a": {"SS": ["1", "2"]}, "b": {"NS": ["1"]}, "c": {"L": []}}},
    "escaped": {"S": 'quote " backslash \\ line\n separator\u2028'},
}
UNITS = {"TableName": "todos", "CapacityUnits": 1.5}
NAMED = {"TableName": "todos"}
CALLS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "delete_item": ({**NAMED, "Key": KEY, "ReturnValues": "ALL_OLD"}, {"Attributes": ITEM}),
    "get_item": (
        {**NAMED, "Key": KEY, "ConsistentRead": True},
        {"Item": ITEM, "ConsumedCapacity": UNITS},
    ),
    "query": (
        {
            **NAMED,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": KEY["pk"]},
            "Limit": 2,
            "ScanIndexForward": False,
            "ExclusiveStartKey": KEY,
        },
        {"Items": [ITEM, ITEM], "Count": 2, "ScannedCount": 2, "LastEvaluatedKey": KEY},
    ),
    "transact_write_items": (
        {"TransactItems": [{"Put": {**NAMED, "Item": ITEM}}], "ClientRequestToken": "t1"},
        {"ConsumedCapacity": [UNITS]},
    ),
    "update_item": (
        {
            **NAMED,
            "Key": KEY,
            "UpdateExpression": "SET #a = :a",
            "ExpressionAttributeNames": {"#a": "a"},
            "ExpressionAttributeValues": {":a": {"N": "1"}},
        },
        {},
    ),
}
REASONS = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "no", "Item": ITEM}]
TYPE = "com.amazonaws.dynamodb.v20120810#"
ERRORS: list[tuple[int, dict[str, Any]]] = [
    (400, {"__type": f"{TYPE}ConditionalCheckFailedException", "message": "no", "Item": ITEM}),
    (
        400,
        {
            "__type": f"{TYPE}TransactionCanceledException",
            "Message": "no",
            "CancellationReasons": REASONS,
        },
    ),
    (400, {"__type": f"{TYPE}ResourceNotFoundException", "message": "no table"}),
    (400, {"__type": "com.amazon.coral.validate#ValidationException", "message": "wrong"}),
    (400, {"__type": "com.amazon.coral.service#UnrecognizedClientException", "message": "who?"}),
    (400, {"__type": "AccessDeniedException", "Message": "not you"}),
    (400, {}),
    (404, {"message": "no type"}),
    (302, {"message": "not done, but elsewhere"}),
]

# Those that the stores tell apart.
CLASSES = {
    "ConditionalCheckFailedException": dynamodb.ConditionalCheckFailed,
    "TransactionCanceledException": dynamodb.TransactionCanceled,
}


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with serving(monkeypatch) as endpoint:
        yield endpoint


@pytest.fixture
def ours(endpoint: Endpoint) -> Any:
    return dynamodb.client(REGION, endpoint.variables)


@pytest.fixture
def original(endpoint: Endpoint) -> Any:  # noqa: ARG001 - sets where it is
    return sdk.client("dynamodb", REGION, os.environ)


def test_every_operation_is_compared() -> None:
    assert set(CALLS) == set(dynamodb.OPERATIONS)


@pytest.mark.parametrize("method", CALLS)
def test_an_operation_is_sent_and_answered_as_by_botocore(
    endpoint: Endpoint, ours: Any, original: Any, method: str
) -> None:
    parameters, content = CALLS[method]
    endpoint.answers = [answer(content)]

    mine, theirs = (getattr(client, method)(**parameters) for client in (ours, original))

    del theirs["ResponseMetadata"]
    assert mine == theirs == content
    (headers, body), (other_headers, other_body) = endpoint.requests
    assert json.loads(body) == json.loads(other_body)
    for name in ("x-amz-target", "host", "content-type", "content-length"):
        assert headers[name] == other_headers[name] or name == "content-length"


@pytest.mark.parametrize(("status", "content"), ERRORS)
def test_an_error_is_raised_as_by_botocore(
    endpoint: Endpoint, ours: Any, original: Any, status: int, content: dict[str, Any]
) -> None:
    endpoint.answers = [answer(content, status)]

    with pytest.raises(aws.ErrorAnswer) as mine:
        ours.update_item(**CALLS["update_item"][0])
    with pytest.raises(ClientError) as theirs:
        original.update_item(**CALLS["update_item"][0])

    response: dict[str, Any] = {**theirs.value.response}
    told = response.pop("Error")
    assert mine.value.status == response.pop("ResponseMetadata")["HTTPStatusCode"]
    assert mine.value.reason == told["Code"]
    assert str(mine.value) == f"UpdateItem: {told['Code']}: {told['Message']}"
    assert type(mine.value) is CLASSES.get(type(theirs.value).__name__, aws.ErrorAnswer)
    assert rest(mine.value.answer) == rest(response)
    assert len(endpoint.requests) == 2, "a mistake is not tried again"


def rest(answer: dict[str, Any]) -> dict[str, Any]:
    """What an error's answer says besides its code and message."""
    return {k: v for k, v in answer.items() if k not in {"__type", "message", "Message"}}


@pytest.mark.parametrize("token", [None, "a/session+token=="])
def test_the_signature_is_right(endpoint: Endpoint, token: str | None) -> None:
    variables = {**endpoint.variables, "AWS_SESSION_TOKEN": token or ""}

    dynamodb.client(REGION, variables).query(**CALLS["query"][0])

    headers, body = endpoint.requests[0]
    given = headers["authorization"]
    signed = given.split("SignedHeaders=")[1].split(",")[0].split(";")
    assert {"host", "x-amz-date", "x-amz-target"} <= set(signed)
    assert ("x-amz-security-token" in signed) is bool(token)
    assert headers.get("x-amz-security-token") == token
    request = AWSRequest("POST", f"{endpoint.url}/", {name: headers[name] for name in signed}, body)
    request.context["timestamp"] = headers["x-amz-date"]
    auth = SigV4Auth(Credentials("AKID", "secret", token), "dynamodb", REGION)
    text = auth.string_to_sign(request, auth.canonical_request(request))
    assert given.endswith(f"Signature={auth.signature(text, request)}")
    assert f"Credential={auth.scope(request)}," in given


def certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate and its key, in one file."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + private)
    return file


@pytest.mark.parametrize(
    ("name", "trusted", "answered"),
    [("localhost", True, True), ("localhost", False, False), ("elsewhere", True, False)],
)
def test_only_a_server_that_proves_who_it_is_is_talked_to(
    endpoint: Endpoint,
    tmp_path: Path,
    *,
    name: str,
    trusted: bool,
    answered: bool,
) -> None:
    file = certificate(tmp_path, name)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    with Threads(("127.0.0.1", 0), type("Told", (Handler,), {"endpoint": endpoint})) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        url = f"https://localhost:{server.server_address[1]}"
        variables = {**endpoint.variables, "AWS_ENDPOINT_URL": url}
        client = dynamodb.client(
            REGION, variables | ({"AWS_CA_BUNDLE": str(file)} if trusted else {})
        )

        if answered:
            assert client.query(**CALLS["query"][0])
        else:
            with pytest.raises(aws.NoAnswer, match=r"^no connection$"):
                client.query(**CALLS["query"][0])
        server.shutdown()

    assert len(endpoint.requests) == (1 if answered else 0)


@pytest.mark.parametrize(
    "region", ["eu-central-1", "ap-southeast-7", "us-gov-west-1", "cn-north-1"]
)
def test_the_endpoint_is_where_botocore_finds_it(
    region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)

    assert dynamodb.endpoint(region) == sdk.client("dynamodb", region, os.environ).meta.endpoint_url


def test_the_endpoint_of_dynamodb_goes_before_that_of_everything(endpoint: Endpoint) -> None:
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_DYNAMODB": endpoint.url}

    assert dynamodb.client(REGION, endpoint.variables | nowhere).query(**CALLS["query"][0])


@pytest.mark.parametrize("missing", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_without_credentials_nothing_is_sent(endpoint: Endpoint, missing: str) -> None:
    role = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": endpoint.url}  # not meant by half a key
    client = dynamodb.client(REGION, {**endpoint.variables, **role, missing: ""})

    with pytest.raises(credentials.CredentialsMissing, match=missing):
        client.query(**CALLS["query"][0])

    assert endpoint.requests == []
