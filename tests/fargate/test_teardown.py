"""What outlives the stack is told, and deleted only when it is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from fargate.teardown import kept, main

if TYPE_CHECKING:
    from collections.abc import Iterator

STACK = "todo-list-fargate"
REGION = "eu-central-1"


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    with mock_aws():
        yield


def leave(stack: str, region: str = REGION) -> str:
    """What a stack leaves behind when it is deleted."""
    tags = [{"Key": "todo-list-stack", "Value": stack}]
    files = boto3.client("efs", region).create_file_system(Tags=tags)
    return str(files["FileSystemId"])


def left(stack: str) -> set[str]:
    return {found["FileSystemId"] for found in kept(boto3.Session(region_name=REGION), stack)}


def test_what_is_kept_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    mine = leave(STACK)

    status = main(STACK, [])

    told = capsys.readouterr().out
    assert status == 0
    assert left(STACK) == {mine}
    assert f"kept: file system {mine}, made on 20" in told
    assert f"make fargate-deploy CONTEXT=fileSystemId={mine}\n" in told
    assert f"make fargate-destroy DATA={mine}\n" in told


def test_what_is_named_is_deleted_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    mine, of_an_earlier_one, somebody_elses = leave(STACK), leave(STACK), leave("another")

    status = main(STACK, [mine])

    told = capsys.readouterr().out
    assert status == 0
    assert left(STACK) == {of_an_earlier_one}
    assert left("another") == {somebody_elses}
    assert f"deleted: file system {mine}\n" in told
    assert f"kept: file system {of_an_earlier_one}" in told


def test_what_is_not_of_the_stack_is_not_deleted(capsys: pytest.CaptureFixture[str]) -> None:
    mine, somebody_elses = leave(STACK), leave("another")

    status = main(STACK, [mine, somebody_elses])

    assert status == 1
    assert left(STACK) == {mine}
    assert left("another") == {somebody_elses}
    assert f"nothing is deleted: {somebody_elses}" in capsys.readouterr().err


def test_while_the_stack_stands_nothing_is_deleted(capsys: pytest.CaptureFixture[str]) -> None:
    mine = leave(STACK)
    topic = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    client = boto3.client("cloudformation", REGION)
    client.create_stack(StackName=STACK, TemplateBody=topic)

    status = main(STACK, [mine])

    assert status == 1
    assert left(STACK) == {mine}
    assert "still stands" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_region_is_that_of_every_aws_tool(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.setenv(name, "eu-west-1")
    there = leave(STACK, "eu-west-1")

    assert main(STACK, []) == 0
    assert there in capsys.readouterr().out


def test_without_a_region_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")

    assert main(STACK, []) == 1
    assert "You must specify a region" in capsys.readouterr().err
