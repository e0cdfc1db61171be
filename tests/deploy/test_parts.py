"""Parts of the commands whose cases the emulator does not have."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.parsers import ResponseParserError
from moto import mock_aws

from deploy import bootstrap, core, teardown
from deploy.account import Account
from deploy.buckets import empty_bucket
from deploy.failures import explained
from deploy.progress import Interrupted, Operation
from deploy.settings import Settings
from deploy.smoke import smoke_test
from deploy.stacks import Resource
from deploy.terminal import Refused
from deploy.variables import Variables
from local.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

STACK_ID = "arn:aws:cloudformation:eu-central-1:123456789012:stack/todo-on-ecs/1"


@pytest.fixture
def moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield


def account(region: str = "eu-central-1") -> Account:
    return Account.open({"AWS_REGION": region})


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: x",
            "The AWS credentials have expired: sign in again",
        ),
        (
            (
                "An error occurred (Throttling) when calling the DescribeStacks operation "
                "(reached max retries: 4): Rate exceeded"
            ),
            "AWS asks for fewer calls (DescribeStacks): repeat in a minute.",
        ),
        (
            (
                "Error: An error occurred (AccessDenied) when calling the PutObject operation: "
                "User: arn:x is not authorized to perform: s3:PutObject on resource: y"
            ),
            "Not allowed is s3:PutObject; an administrator has to allow it.",
        ),
        (
            (
                "An error occurred (ValidationError) when calling the UpdateStack operation: "
                "Stack:s is in UPDATE_IN_PROGRESS state and can not be updated."
            ),
            "Stack:s is in UPDATE_IN_PROGRESS state and can not be updated: another operation runs",
        ),
        (
            (
                "An error occurred (ValidationError) when calling the DeleteStack operation: "
                "Stack [s] cannot be deleted while TerminationProtection is enabled"
            ),
            "Stack [s] cannot be deleted while TerminationProtection is enabled: turn the stack's",
        ),
        (
            (
                "An error occurred (ChangeSetNotFound) when calling the ExecuteChangeSet "
                "operation: ChangeSet [arn] does not exist"
            ),
            "Another deployment of the stack came first: repeat when it has ended",
        ),
        (
            "An error occurred (Odd) when calling the DoIt operation: It\nis odd.",
            "AWS refuses DoIt: It is odd. (Odd)",
        ),
    ],
)
def test_an_error_of_aws_is_one_line(text: str, line: str) -> None:
    said = explained(text)

    assert said is not None
    assert said.startswith(line)
    assert "\n" not in said


@pytest.mark.usefixtures("moto")
def test_a_region_with_two_zones_is_refused() -> None:
    core.check_region(account())

    with pytest.raises(Refused, match="us-west-1 has 2 availability zones for this account, and"):
        core.check_region(account("us-west-1"))


@pytest.mark.usefixtures("moto")
def test_an_account_gets_what_it_does_not_have_yet() -> None:
    first = bootstrap.change(account(), Settings("todo", {}), {}).given
    iam = boto3.client("iam", region_name="eu-central-1")
    iam.create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com", ThumbprintList=["0" * 40]
    )
    iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    second = bootstrap.change(account(), Settings("todo", {}), {}).given

    names = ("CreateOidcProvider", "CreateEcsServiceLinkedRole")
    assert [first[name] for name in names] == ["Yes", "Yes"]
    assert [second[name] for name in names] == ["No", "No"]
    assert (first["CoreStackName"], first["WebsiteStackName"]) == ("todo", "todo-website")


@pytest.mark.usefixtures("moto")
def test_scaling_starts_no_task_again_that_is_stopped() -> None:
    ecs = boto3.client("ecs", region_name="eu-central-1")
    ecs.create_cluster(clusterName="c")
    ecs.register_task_definition(
        family="t", containerDefinitions=[{"name": "main", "image": "i", "memory": 64}]
    )
    ecs.create_service(cluster="c", serviceName="s", taskDefinition="t", desiredCount=2)
    scaling = boto3.client("application-autoscaling", region_name="eu-central-1")
    target: Any = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/c/s",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=16)
    resources = {
        "Cluster": Resource("AWS::ECS::Cluster", "c"),
        "Service": Resource("AWS::ECS::Service", "arn:aws:ecs:eu-central-1:1:service/c/s"),
        "ServiceScalableTarget": Resource("AWS::ApplicationAutoScaling::ScalableTarget", "x"),
    }

    teardown.stop_tasks(account(), resources | {"Service": Resource("AWS::ECS::Service", "c/s")})

    limits = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"][0]
    assert (limits["MinCapacity"], limits["MaxCapacity"]) == (0, 0)
    service = ecs.describe_services(cluster="c", services=["s"])["services"][0]
    assert service["desiredCount"] == 0


@pytest.mark.usefixtures("moto")
@pytest.mark.parametrize("deleted", ["service", "cluster"])
def test_what_somebody_has_deleted_by_hand_holds_nothing_up(
    deleted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ecs = boto3.client("ecs", region_name="eu-central-1")
    ecs.create_cluster(clusterName="c")
    ecs.create_service(cluster="c", serviceName="s", desiredCount=0)
    ecs.delete_service(cluster="c", service="s")
    if deleted == "cluster":
        ecs.delete_cluster(cluster="c")

    teardown.stop_tasks(
        account(),
        {
            "Cluster": Resource("AWS::ECS::Cluster", "c"),
            "Service": Resource("AWS::ECS::Service", "s"),
        },
    )
    empty_bucket(account(), "gone")

    assert capsys.readouterr().out == ""


def test_what_does_not_speak_http_fails_the_smoke_test() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"SSH-2.0\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(Refused, match="must be answered 401, not SSH"):
            smoke_test(f"http://127.0.0.1:{server.getsockname()[1]}", patience=0)
        thread.join()


def test_an_api_that_is_not_there_fails_the_smoke_test_in_the_end() -> None:
    with pytest.raises(Refused, match=r"must be answered 401, not .*refused"):
        smoke_test(f"http://127.0.0.1:{free_port()}", patience=0)


@pytest.mark.parametrize(
    "flags",
    [
        "s -- TAG=one SERVICE=main",
        " -- TAG=one",
        r" -j2 --jobserver-auth=3,4 -- SERVICE=main TAG=one\ NIX=two",
        " -- TAG=one\nNIX=two",
        "",
    ],
)
def test_only_what_make_was_given_is_held_against_the_command(flags: str) -> None:
    variables = Variables("rollback", ("SERVICE",), ("TAG", "STACK"))

    read = variables.read({"MAKEFLAGS": flags, "SERVICE": "main", "TAG": "one", "NIX": "two"})

    assert read == {"SERVICE": "main", "TAG": "one"}


class Failing:
    """CloudFormation, as it is after a failed update: newest events first."""

    def __init__(self, *events: tuple[str, str, str]) -> None:
        self.events = [
            {
                "EventId": str(number),
                "LogicalResourceId": name,
                "ResourceType": "AWS::Test",
                "PhysicalResourceId": STACK_ID if name == "todo-on-ecs" else name,
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
            }
            for number, (name, status, reason) in enumerate(events)
        ]

    def client(self, *_: object, **__: object) -> Failing:
        return self

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803  boto3's own names
        now = datetime.now(UTC)
        found = {"StackId": StackName, "StackName": "todo-on-ecs", "CreationTime": now}
        return {"Stacks": [{**found, "StackStatus": "UPDATE_ROLLBACK_COMPLETE"}]}

    def get_paginator(self, _: str) -> Failing:
        return self

    def paginate(self, **_: object) -> Any:
        return [{"StackEvents": list(reversed(self.events))}]


class Unreachable(Failing):
    """The same, out of reach."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def describe_stacks(self, StackName: str) -> Any:  # noqa: ARG002, N803  boto3's own names
        raise self.error


def test_who_leaves_while_it_begins_is_told_that_it_goes_on() -> None:
    def leave() -> None:
        raise KeyboardInterrupt

    owner = Account(cast("boto3.Session", None), "eu-central-1", "123456789012")

    with pytest.raises(Interrupted, match="Interrupted, but CloudFormation goes on"):
        Operation(owner, STACK_ID, latest="0").run(leave)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (EndpointConnectionError(endpoint_url="https://aws.example"), "AWS does not answer ("),
        (ResponseParserError("invalid XML"), "What answers is not AWS, or AWS is disturbed: "),
    ],
)
def test_a_network_that_fails_is_not_taken_for_a_failed_deployment(
    error: Exception, line: str
) -> None:
    owner = Account(cast("boto3.Session", Unreachable(error)), "eu-central-1", "123456789012")

    with pytest.raises(Refused) as refused:
        Operation(owner, STACK_ID, latest="0").run(lambda: None)

    assert str(refused.value).startswith(line)
    assert str(refused.value).endswith("CloudFormation goes on: `make status` shows how far it is.")


def test_the_first_failure_is_the_cause_and_not_what_was_given_up_for_it() -> None:
    session = Failing(
        ("Old", "UPDATE_FAILED", "of the operation before"),
        ("todo-on-ecs", "UPDATE_IN_PROGRESS", "User Initiated"),
        ("Table", "UPDATE_FAILED", "Resource update cancelled"),
        ("Service", "UPDATE_FAILED", "Circuit Breaker was triggered."),
        ("Queue", "UPDATE_FAILED", "a second one"),
        ("todo-on-ecs", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed"),
    )
    owner = Account(cast("boto3.Session", session), "eu-central-1", "123456789012")

    with pytest.raises(Refused) as refused:
        Operation(owner, STACK_ID, latest="0").run(lambda: None)

    assert str(refused.value) == (
        "Service (AWS::Test): Circuit Breaker was triggered. The stack todo-on-ecs is "
        "UPDATE_ROLLBACK_COMPLETE: everything is as it was before."
    )
