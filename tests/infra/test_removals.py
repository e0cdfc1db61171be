"""The way of a removal: stream, pipe, topic, queue, worker; and where one ends that fails."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

# Which table's stream a pipe reads, what the sort keys begin with, and what it is for.
PIPES = {
    "TodoRemovalsPipe": ("TodosTable", "T#", "To-dos that are gone for good"),
    "UploadRemindersPipe": (
        "FilesTable",
        "P#",
        "Reminders of uploads that may never have been completed",
    ),
}
QUEUES = ("RemovalsQueue", "RemovalsDeadLetterQueue")
# For two weeks, the longest there is.
KEPT = {"MessageRetentionPeriod": 14 * 24 * 3600, "SqsManagedSseEnabled": True}


def test_these_resources_alone_carry_messages(resources: dict[str, Any]) -> None:
    services = ("AWS::SNS::", "AWS::SQS::", "AWS::Pipes::")

    found = {name: each["Type"] for name, each in resources.items() if _of(each, services)}

    assert {name: kind for name, kind in found.items() if not kind.endswith("Policy")} == {
        **dict.fromkeys(PIPES, "AWS::Pipes::Pipe"),
        **dict.fromkeys(QUEUES, "AWS::SQS::Queue"),
        **dict.fromkeys(("RemovalsTopic", "AlarmTopic"), "AWS::SNS::Topic"),
        **dict.fromkeys(("RemovalsSubscription", "AlarmSubscription"), "AWS::SNS::Subscription"),
    }


def _of(resource: dict[str, Any], services: tuple[str, ...]) -> bool:
    kind: str = resource["Type"]
    return kind.startswith(services)


@pytest.mark.parametrize("pipe", PIPES)
def test_a_pipe_takes_removals_of_one_kind_to_the_topic(
    properties: dict[str, Any], pipe: str
) -> None:
    table, prefix, description = PIPES[pipe]
    parameters = properties[pipe].pop("SourceParameters")
    (only,) = parameters.pop("FilterCriteria")["Filters"]

    assert properties[pipe] == {
        "Description": description,
        "RoleArn": {"Fn::GetAtt": ["RemovalsPipeRole", "Arn"]},
        "Source": {"Fn::GetAtt": [table, "StreamArn"]},
        "Target": {"Ref": "RemovalsTopic"},
    }
    # LATEST would miss what is removed while the pipe is made.
    stream = {"StartingPosition": "TRIM_HORIZON", "BatchSize": 10}
    assert parameters == {"DynamoDBStreamParameters": stream}
    assert json.loads(only.pop("Pattern")) == {
        "eventName": ["REMOVE"],
        "dynamodb": {"Keys": {"sk": {"S": [{"prefix": prefix}]}}},
    }
    assert only == {}


def test_the_queue_gets_the_records_as_they_are(
    resources: dict[str, Any], properties: dict[str, Any]
) -> None:
    assert properties["RemovalsSubscription"] == {
        "TopicArn": {"Ref": "RemovalsTopic"},
        "Protocol": "sqs",
        "Endpoint": {"Fn::GetAtt": ["RemovalsQueue", "Arn"]},
        "RawMessageDelivery": True,
    }
    # Before its policy the queue would refuse what comes.
    assert resources["RemovalsSubscription"]["DependsOn"] == "RemovalsQueuePolicy"


def test_the_topic_has_no_key_of_its_own(properties: dict[str, Any]) -> None:
    # No key of KMS: the boundary of the pipes' role allows no use of one.
    assert properties["RemovalsTopic"] == {}


def test_messages_that_keep_failing_end_among_the_dead_letters(properties: dict[str, Any]) -> None:
    assert properties["RemovalsDeadLetterQueue"] == KEPT
    assert properties["RemovalsQueue"] == {
        **KEPT,
        "VisibilityTimeout": 300,
        "RedrivePolicy": {
            "deadLetterTargetArn": {"Fn::GetAtt": ["RemovalsDeadLetterQueue", "Arn"]},
            "maxReceiveCount": 10,
        },
    }


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_goes_with_the_stack_but_not_by_a_replacement(
    resources: dict[str, Any], queue: str
) -> None:
    # Without the worker nobody reads it; a new one beside it leaves its messages to be moved.
    assert resources[queue]["DeletionPolicy"] == "Delete"
    assert resources[queue]["UpdateReplacePolicy"] == "Retain"


def test_the_pauses_between_the_attempts_outlast_an_outage_of_half_an_hour(
    properties: dict[str, Any], root: Path
) -> None:
    worker = ast.parse((root / "services/files/files_service/worker.py").read_text())
    first, longest = next(
        ast.literal_eval(node.value)
        for node in worker.body
        if isinstance(node, ast.Assign) and "FIRST_DELAY" in ast.unparse(node.targets[0])
    )

    attempts = properties["RemovalsQueue"]["RedrivePolicy"]["maxReceiveCount"]

    assert sum(min(first * 2**n, longest) for n in range(attempts - 1)) >= 1800


def test_nobody_else_gets_a_message_while_it_is_worked_on(properties: dict[str, Any]) -> None:
    # Each of twenty attachments may take 6 s of S3, and 6 s of DynamoDB and its conflicts.
    assert properties["RemovalsQueue"]["VisibilityTimeout"] >= 20 * (6 + 6)
