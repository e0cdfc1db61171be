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
from local.settings import REGION
from tests.local.raw import ask

if TYPE_CHECKING:
    from local.emulator.process import Emulator
    from local.settings import Settings
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
    rule = {"AllowedOrigins": ["http://ours"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["*"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    asked = {"Access-Control-Request-Method": "PUT"}
    url = f"{emulated.endpoint_url}/{bucket}/k"

    ours = httpx.options(url, headers={"Origin": "http://ours", **asked})
    foreign = httpx.options(url, headers={"Origin": "http://foreign", **asked})

    assert ours.headers["access-control-allow-origin"] == "http://ours"
    assert foreign.status_code == 403


def test_an_emulator_that_is_gone_is_a_bad_gateway(background: Background) -> None:
    endpoint = background.make(lambda: Endpoint(free_port()))
    background.closing(endpoint.close)
    port = background.enter(listening(endpoint.handle))

    assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 502
    assert ask(port, "no-path")[0] == 400
