"""What outlives the stack is told, and deleted only when that is wished."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from fargate.teardown import Kept, kept, main

if TYPE_CHECKING:
    from collections.abc import Iterator

STACK = "todo-list-fargate"


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        yield


def leave(stack: str) -> set[Kept]:
    """What a stack leaves behind when it is deleted."""
    tags = [{"Key": "todo-list-stack", "Value": stack}]
    files = boto3.client("efs").create_file_system(CreationToken=stack, Tags=tags)
    secret = boto3.client("secretsmanager").create_secret(
        Name=f"{stack}-secret", SecretString="x", Tags=tags
    )
    return {Kept("file system", files["FileSystemId"]), Kept("secret", secret["ARN"])}


def test_what_is_kept_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    mine = leave(STACK)

    status = main(STACK, delete=False)

    told = capsys.readouterr().out
    assert status == 0
    assert set(kept(STACK)) == mine
    assert told.count("kept: ") == 2
    assert "make fargate-destroy DATA=delete" in told


def test_all_of_it_and_nothing_else_is_deleted() -> None:
    leave(STACK)
    somebody_elses = leave("another")
    boto3.client("efs").create_file_system(CreationToken="untagged")

    status = main(STACK, delete=True)

    assert status == 0
    assert set(kept(STACK)) == set()
    assert set(kept("another")) == somebody_elses
    assert len(boto3.client("efs").describe_file_systems()["FileSystems"]) == 2


def test_while_the_stack_stands_nothing_is_deleted(capsys: pytest.CaptureFixture[str]) -> None:
    mine = leave(STACK)
    topic = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    boto3.client("cloudformation").create_stack(StackName=STACK, TemplateBody=topic)

    status = main(STACK, delete=True)

    assert status == 1
    assert set(kept(STACK)) == mine
    assert "still stands" in capsys.readouterr().err
