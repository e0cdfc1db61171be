from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from botocore.session import Session as BotocoreSession

from local import aws
from local.ecs.credentials import Credentials, Grant
from local.servers import listening
from local.settings import REGION

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.settings import Settings
    from tests.local.background import Background

TRUST = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
POLICY = {"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}


@dataclass
class Issuer:
    """A running credentials endpoint, and a grant for a role of its own."""

    url: str
    role: str
    grant: Grant
    credentials: Credentials

    def ask(self, path: str | None = None, token: str | None = None) -> httpx.Response:
        given = self.grant.token if token is None else token
        headers = {b"Authorization": given.encode()}
        return httpx.get(self.url + (path or self.grant.path), headers=headers)


def document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def issue(
    session: boto3.Session, emulated: Settings, background: Background
) -> Callable[..., Issuer]:
    def start(seconds: int = 3600) -> Issuer:
        iam = session.client("iam", endpoint_url=emulated.endpoint_url, config=aws.CONFIG)
        name = f"role-{uuid.uuid4()}"
        trust = document(TRUST | {"Action": "sts:AssumeRole"})
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(POLICY))
        credentials = Credentials(session, emulated.endpoint_url, seconds)
        port = background.enter(listening(credentials.handle))
        grant = background.run(credentials.grant(role, "task-1"))
        return Issuer(f"http://127.0.0.1:{port}", role, grant, credentials)

    return start


@pytest.fixture
def as_a_task(monkeypatch: pytest.MonkeyPatch) -> Callable[[Issuer], boto3.Session]:
    """A session with nothing but what ECS tells a task."""

    def session(issuer: Issuer) -> boto3.Session:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HOME", "/nonexistent")
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", issuer.url + issuer.grant.path)
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", issuer.grant.token)
        return boto3.Session(region_name=REGION, botocore_session=BotocoreSession())

    return session


def test_a_task_is_its_role_and_may_do_what_the_role_may(
    issue: Callable[..., Issuer],
    as_a_task: Callable[[Issuer], boto3.Session],
    emulated: Settings,
) -> None:
    issuer = issue()
    session = as_a_task(issuer)
    url = emulated.endpoint_url

    identity = session.client("sts", endpoint_url=url).get_caller_identity()["Arn"]
    session.client("sqs", endpoint_url=url).list_queues()
    with pytest.raises(ClientError, match="AccessDenied"):
        session.client("s3", endpoint_url=url, config=aws.CONFIG).list_buckets()

    assert identity == (
        issuer.role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/task-1"
    )


def test_the_answer_has_the_form_of_ecs(issue: Callable[..., Issuer]) -> None:
    issuer = issue()

    answer = issuer.ask()

    assert answer.status_code == 200
    expected = {"RoleArn", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"}
    assert answer.json().keys() == expected
    assert answer.json()["RoleArn"] == issuer.role


@pytest.mark.parametrize(
    ("path", "token"),
    [
        (None, ""),
        (None, "wrong"),
        (None, "wr\u00f6ng"),
        ("/", None),
        ("/v2/credentials/", None),
        ("/v2/credentials/guess", None),
    ],
)
def test_without_the_right_path_and_token_there_is_nothing(
    issue: Callable[..., Issuer], path: str | None, token: str | None
) -> None:
    issuer = issue()
    assert issuer.ask(path, token).status_code == 403


def test_another_tasks_token_opens_nothing(
    issue: Callable[..., Issuer], background: Background
) -> None:
    issuer = issue()
    other = background.run(issuer.credentials.grant(issuer.role, "task-2"))

    assert issuer.ask(other.path).status_code == 403
    assert issuer.ask(other.path, other.token).status_code == 200


def test_a_stopped_tasks_grant_ends(issue: Callable[..., Issuer]) -> None:
    issuer = issue()

    issuer.credentials.revoke(issuer.grant)

    assert issuer.ask().status_code == 403


def test_credentials_that_last_are_handed_out_again(issue: Callable[..., Issuer]) -> None:
    issuer = issue(seconds=3600)

    assert issuer.ask().json() == issuer.ask().json()


def test_credentials_that_run_out_are_replaced_for_a_running_task(
    issue: Callable[..., Issuer], as_a_task: Callable[[Issuer], boto3.Session]
) -> None:
    # The shortest that AWS allows is what botocore already looks on as running out.
    credentials = as_a_task(issue(seconds=900)).get_credentials()
    assert credentials is not None

    keys = {credentials.get_frozen_credentials().access_key for _ in range(2)}

    assert len(keys) == 2
