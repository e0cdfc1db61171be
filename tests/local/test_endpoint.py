"""S3 through the AWS endpoint, as browsers, services and AWS clients use it."""

from __future__ import annotations

import json
import socket
import uuid
from typing import TYPE_CHECKING, Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local import aws
from local.emulator.endpoint import Endpoint
from local.ports import free_port
from local.servers import listening
from local.settings import REGION, Settings
from tests.local.raw import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.emulator.process import Emulator
    from tests.local.backend import Backend
    from tests.local.background import Background

CONFIG = aws.CONFIG.merge(Config(signature_version="s3v4"))
DENY_INSECURE = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


@pytest.fixture
def s3(session: boto3.Session, emulated: Settings) -> Any:
    return session.client("s3", endpoint_url=emulated.endpoint_url, config=CONFIG)


@pytest.fixture
def bucket(s3: Any) -> str:
    """A bucket that refuses requests without TLS, as the template's does."""
    name = f"bucket-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    arns = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    policy = {"Version": "2012-10-17", "Statement": [DENY_INSECURE | {"Resource": arns}]}
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    return name


def test_objects_go_in_and_out(s3: Any, bucket: str) -> None:
    body = bytes(range(256)) * 8192
    key = "a b/ü+%2F"

    s3.put_object(Bucket=bucket, Key=key, Body=body, ChecksumAlgorithm="SHA256")

    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == body
    assert s3.head_object(Bucket=bucket, Key=key)["ContentLength"] == len(body)


def test_conditions_are_answered(s3: Any, bucket: str) -> None:
    tag = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]

    with pytest.raises(ClientError, match="304"):
        s3.get_object(Bucket=bucket, Key="k", IfNoneMatch=tag)
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"y", IfNoneMatch="*")


def test_an_upload_with_a_presigned_url_happens_once(s3: Any, bucket: str) -> None:
    wanted = {"Bucket": bucket, "Key": "k", "ContentLength": 3, "IfNoneMatch": "*"}
    url = s3.generate_presigned_url("put_object", Params=wanted)
    headers = {"If-None-Match": "*"}

    statuses = [httpx.put(url, content=b, headers=headers).status_code for b in (b"abc", b"xyz")]
    tampered = httpx.put(url.replace("/k?", "/other?"), content=b"abc", headers=headers)

    assert statuses == [200, 412]
    assert tampered.status_code == 403
    download = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})
    assert httpx.get(download).content == b"abc"


def test_a_client_that_waits_for_a_go_ahead_gets_it(s3: Any, bucket: str) -> None:
    url = httpx.URL(s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k"}))
    head = (
        f"PUT {url.raw_path.decode()} HTTP/1.1\r\nHost: {url.netloc.decode()}\r\n"
        "Expect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n"
    )

    with socket.create_connection((url.host, url.port or 0), timeout=20) as connection:
        connection.sendall(head.encode())
        go_ahead = connection.recv(4096)
        connection.sendall(b"abc")
        answer = connection.recv(4096)

    assert go_ahead == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"abc"


@pytest.fixture
def persons_s3(session: boto3.Session, emulated: Settings) -> Any:
    """S3 as somebody whom policies bind; the emulator's root user is above them."""
    iam = session.client("iam", endpoint_url=emulated.endpoint_url, config=aws.CONFIG)
    name = f"person-{uuid.uuid4()}"
    iam.create_user(UserName=name)
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    person = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)
    return person.client("s3", endpoint_url=emulated.endpoint_url, config=CONFIG)


def test_only_the_endpoint_counts_as_tls(
    s3: Any, persons_s3: Any, bucket: str, emulator: Emulator
) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    wanted = {"Bucket": bucket, "Key": "k"}
    url = httpx.URL(persons_s3.generate_presigned_url("get_object", Params=wanted))
    signed_for = {"Host": url.netloc.decode()}

    beside = httpx.get(url.copy_with(port=emulator.port), headers=signed_for)

    assert beside.status_code == 403
    assert httpx.get(url).content == b"x"
    assert httpx.get(url, headers={"X-Forwarded-Proto": "http"}).content == b"x"


def test_bucket_cors_passes(s3: Any, bucket: str, emulated: Settings) -> None:
    ours = emulated.website_url
    rule = {"AllowedOrigins": [ours], "AllowedMethods": ["PUT"], "AllowedHeaders": ["*"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    url = f"{emulated.endpoint_url}/{bucket}/k"

    answers = {
        (origin, method): httpx.options(
            url, headers={"Origin": origin, "Access-Control-Request-Method": method}
        )
        for origin in (ours, "http://foreign")
        for method in ("PUT", "DELETE")
    }

    assert answers[ours, "PUT"].headers["access-control-allow-origin"] == ours
    refused = {key: answer.status_code for key, answer in answers.items()}
    refused.pop((ours, "PUT"))
    assert set(refused.values()) == {403}


@pytest.fixture
def front(background: Background, backend: Callable[..., Backend]) -> tuple[int, Backend]:
    """An endpoint before something that answers everything, and its port."""
    behind = backend()
    settings = Settings(free_port() - 2)
    endpoint = background.make(lambda: Endpoint(behind.port, settings))
    background.closing(endpoint.close)
    return background.enter(listening(endpoint.handle, settings.endpoint_port)), behind


@pytest.mark.parametrize(
    "path",
    [
        "/_ministack/reset",
        "/_MINISTACK/reset",
        "/%5Fministack/reset",
        "//_ministack/reset",
        "/_ministack/ses/messages?a",
        "/_localstack/health",
        "/latest/meta-data",
        "/health",
        "/health?x",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_not_of_aws_is_not_there(
    front: tuple[int, Backend], path: str, method: str
) -> None:
    port, behind = front

    assert ask(port, path, method=method, host=f"127.0.0.1:{port}")[0] == 404

    assert behind.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1:{}", "localhost:{}", "LocalHost:{}"])
def test_this_machines_names_are_served(front: tuple[int, Backend], host: str) -> None:
    port, _ = front

    assert ask(port, "/bucket/health", host=host.format(port))[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{}", "127.0.0.1", "127.0.0.1:1", "", "127.0.0.1.x:{}"]
)
def test_a_name_that_was_bent_to_this_machine_is_refused(
    front: tuple[int, Backend], host: str
) -> None:
    port, behind = front

    assert ask(port, "/", host=host.format(port))[0] == 403

    assert behind.requests == []


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "{}0", ""])
def test_a_foreign_page_is_refused(front: tuple[int, Backend], method: str, origin: str) -> None:
    port, behind = front
    given = f"Origin: {origin.format(f'http://127.0.0.1:{port - 2}')}"

    assert ask(port, "/", given, method=method, host=f"127.0.0.1:{port}")[0] == 403

    assert behind.requests == []


COGNITO = "X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth"
PRESIGNED = "/bucket/u/a?X-Amz-Credential=AKIA%2F20260101%2Feu-central-1%2Fs3%2Faws4_request"


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/", [COGNITO]),
        ("OPTIONS", "/", []),
        ("OPTIONS", "/bucket/u/a", []),
        ("PUT", PRESIGNED, []),
        ("GET", PRESIGNED, []),
    ],
)
def test_the_website_reaches_cognito_and_presigned_objects(
    front: tuple[int, Backend], method: str, path: str, headers: list[str]
) -> None:
    port, _ = front
    ours, host = f"Origin: http://127.0.0.1:{port - 2}", f"127.0.0.1:{port}"

    assert ask(port, path, ours, *headers, method=method, host=host)[0] == 200
    twice = (ours, "Origin: http://x", *headers)
    assert ask(port, path, *twice, method=method, host=host)[0] == 403


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/", []),
        ("POST", "/", ["X-Amz-Target: DynamoDB_20120810.Scan"]),
        ("POST", "/?Action=ListUsers", []),
        ("POST", "/", [COGNITO, "Authorization: AWS4-HMAC-SHA256 Credential=test/x"]),
        ("GET", "/bucket/u/a", []),
        ("GET", "/bucket?list-type=2", []),
        ("GET", PRESIGNED.replace("s3", "execute-api"), []),
        ("GET", f"{PRESIGNED}&X-Amz-Credential=x", []),
        ("PUT", PRESIGNED, ["Authorization: AWS4-HMAC-SHA256 Credential=test/x"]),
        ("GET", "/2015-03-31/functions", []),
    ],
)
def test_the_website_reaches_nothing_else(
    front: tuple[int, Backend], method: str, path: str, headers: list[str]
) -> None:
    port, behind = front
    ours, host = f"Origin: http://127.0.0.1:{port - 2}", f"127.0.0.1:{port}"

    assert ask(port, path, ours, *headers, method=method, host=host)[0] == 403
    assert behind.requests == []


def test_a_header_that_cannot_be_passed_on_is_refused(front: tuple[int, Backend]) -> None:
    port, behind = front

    assert ask(port, "/", "Authorization: a\xffb", host=f"127.0.0.1:{port}")[0] == 400

    assert behind.requests == []


def test_an_emulator_that_is_gone_is_a_bad_gateway(background: Background) -> None:
    settings = Settings(free_port() - 2)
    endpoint = background.make(lambda: Endpoint(free_port(), settings))
    background.closing(endpoint.close)
    port = background.enter(listening(endpoint.handle, settings.endpoint_port))

    assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 502
    assert ask(port, "no-path")[0] == 400


def test_a_server_that_stops_does_not_wait_for_whom_has_gone(
    background: Background, backend: Callable[[], Backend]
) -> None:
    """A worker's long poll takes 20 seconds, and the emulator has 20 to save its state."""
    slow, settings = backend(), Settings(free_port() - 2)
    endpoint = background.make(lambda: Endpoint(slow.port, settings))
    background.closing(endpoint.close)
    port = background.enter(listening(endpoint.handle, settings.endpoint_port, abandon=True))

    with socket.create_connection(("127.0.0.1", port)) as gone:
        head = f"POST /?wait HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 0\r\n\r\n"
        gone.sendall(head.encode())
        assert slow.waiting.wait(10)
    background.close_parts()

    assert not slow.go_on.is_set()
