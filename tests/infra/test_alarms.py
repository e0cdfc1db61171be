"""What people are told: alarms, their topic, and the dashboard."""

import json
import re
from typing import Any

import pytest

from tests.infra.alarm_model import Minute, alarm_of, state

TOPIC = [{"Ref": "AlarmTopic"}]
# What an alarm calls; the deployment's is asked for by ECS itself.
ACTIONS = {
    "DeploymentAlarm": [],
    "ScaleOutAlarm": [{"Ref": "ScaleOutPolicy"}],
    "ScaleInAlarm": [{"Ref": "ScaleInPolicy"}],
    "ErrorsAlarm": TOPIC,
    "UnhealthyTargetsAlarm": TOPIC,
    "LatencyAlarm": TOPIC,
    "ThrottlesAlarm": TOPIC,
    "RemovalsDeadLetterAlarm": TOPIC,
}
# A dimension and the resources, with the attribute, that it may name.
DIMENSIONS = {
    "LoadBalancer": {"LoadBalancer.LoadBalancerFullName"},
    "TargetGroup": {f"{name}TargetGroup.TargetGroupFullName" for name in ("Main", "Files")},
    "ClusterName": {"Cluster"},
    "ServiceName": {"Service.Name"},
    "TableName": {"TodosTable", "FilesTable"},
    "QueueName": {"RemovalsQueue.QueueName", "RemovalsDeadLetterQueue.QueueName"},
}
# The metrics that AWS publishes under these dimensions.
METRICS = {
    ("AWS/ApplicationELB", ("LoadBalancer",)): {
        *("RequestCount", "TargetResponseTime", "HTTPCode_Target_5XX_Count"),
        *("HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_502_Count"),
    },
    ("AWS/ApplicationELB", ("LoadBalancer", "TargetGroup")): {
        *("HealthyHostCount", "UnHealthyHostCount"),
    },
    ("AWS/ECS", ("ClusterName", "ServiceName")): {"CPUUtilization", "MemoryUtilization"},
    ("AWS/DynamoDB", ("TableName",)): {
        *("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"),
        *("ReadThrottleEvents", "WriteThrottleEvents"),
    },
    ("AWS/SQS", ("QueueName",)): {"ApproximateNumberOfMessagesVisible"},
}
Named = tuple[str, str, dict[str, str]]


def name_of(value: dict[str, Any]) -> str:
    """`{"Ref": "X"}` as X, `{"Fn::GetAtt": ["X", "Y"]}` as X.Y."""
    return str(value.get("Ref") or ".".join(value["Fn::GetAtt"]))


def check(metric: Named) -> None:
    """The metric exists, and is that of resources of this template."""
    namespace, name, dimensions = metric
    assert name in METRICS[namespace, tuple(sorted(dimensions))]
    for dimension, value in dimensions.items():
        assert value in DIMENSIONS[dimension]


def charts(properties: dict[str, Any]) -> dict[str, list[Named]]:
    """Title → metrics of each chart of the dashboard, with what `.` repeats."""
    body = json.loads(properties["Dashboard"]["DashboardBody"]["Fn::Sub"])
    found: dict[str, list[Named]] = {}
    for widget in body["widgets"]:
        assert widget["properties"]["region"] == "${AWS::Region}"
        rows = found.setdefault(widget["properties"]["title"], [])
        before: list[str] = []
        for row in widget["properties"]["metrics"]:
            words = [word for word in row if isinstance(word, str)]
            before = [before[i] if word == "." else word for i, word in enumerate(words)]
            namespace, name, *rest = before
            texts = [text.removeprefix("${").removesuffix("}") for text in rest[1::2]]
            rows.append((namespace, name, dict(zip(rest[::2], texts, strict=True))))
    return found


def test_every_alarm_has_its_action(resources: dict[str, Any]) -> None:
    alarms = {
        name: each["Properties"]
        for name, each in resources.items()
        if each["Type"] == "AWS::CloudWatch::Alarm"
    }

    assert {name: each.get("AlarmActions", []) for name, each in alarms.items()} == ACTIONS
    # Who is told of trouble is told of its end.
    told = {name for name, actions in ACTIONS.items() if actions == TOPIC}
    assert {name for name, each in alarms.items() if each.get("OKActions") == TOPIC} == told
    assert {each["TreatMissingData"] for each in alarms.values()} == {"notBreaching"}
    assert all(each["AlarmDescription"].endswith(".") for each in alarms.values())


@pytest.mark.parametrize("alarm", ACTIONS)
def test_an_alarm_looks_at_metrics_of_what_is_there(properties: dict[str, Any], alarm: str) -> None:
    for metric in alarm_of(properties, alarm).metrics:
        named = {each["Name"]: name_of(each["Value"]) for each in metric.dimensions}

        check((metric.namespace, metric.name, named))


def times(count: int) -> list[float]:
    return [1.0] * count


@pytest.mark.parametrize(
    ("alarm", "minutes", "expected"),
    [
        ("ErrorsAlarm", [{"balancer": times(9)}], "OK"),
        ("ErrorsAlarm", [{"balancer": times(10)}], "ALARM"),
        ("ErrorsAlarm", [{"services": times(10)}], "ALARM"),
        ("ErrorsAlarm", [{"balancer": times(4), "services": times(6)}], "ALARM"),
        ("UnhealthyTargetsAlarm", [{"main": [0], "files": [0]}] * 5, "OK"),
        ("UnhealthyTargetsAlarm", [{"main": [1], "files": [0]}] * 4, "OK"),
        ("UnhealthyTargetsAlarm", [{"main": [0, 1], "files": [0]}] * 5, "ALARM"),
        ("UnhealthyTargetsAlarm", [{"files": [1]}] * 5, "ALARM"),
        ("LatencyAlarm", [{"TargetResponseTime": [0.01, 0.9]}] * 5, "OK"),
        ("LatencyAlarm", [{"TargetResponseTime": [0.01, 1.0]}] * 4, "OK"),
        ("LatencyAlarm", [{"TargetResponseTime": [0.01, 1.0]}] * 5, "ALARM"),
        ("ThrottlesAlarm", [{"todosReads": times(9)}], "OK"),
        *(
            ("ThrottlesAlarm", [{metric: times(10)}], "ALARM")
            for metric in ("todosReads", "todosWrites", "filesReads", "filesWrites")
        ),
        ("RemovalsDeadLetterAlarm", [{"ApproximateNumberOfMessagesVisible": [0]}], "OK"),
        ("RemovalsDeadLetterAlarm", [{"ApproximateNumberOfMessagesVisible": [0, 1]}], "ALARM"),
        *((alarm, [{}] * 15, "OK") for alarm in ACTIONS),
    ],
)
def test_an_alarm_goes_off_when_people_must_look(
    properties: dict[str, Any], alarm: str, minutes: list[Minute], expected: str
) -> None:
    assert state(alarm_of(properties, alarm), minutes) == expected


@pytest.mark.parametrize(
    ("alarm", "one", "other"),
    [
        ("ErrorsAlarm", "balancer", "services"),
        ("UnhealthyTargetsAlarm", "main", "files"),
        ("ThrottlesAlarm", "todosReads", "filesReads"),
        ("ThrottlesAlarm", "todosWrites", "filesWrites"),
    ],
)
def test_two_of_a_kind_are_looked_at_alike_but_are_not_the_same(
    properties: dict[str, Any], alarm: str, one: str, other: str
) -> None:
    found = {metric.id: metric for metric in alarm_of(properties, alarm).metrics}

    assert found[one].stat == found[other].stat
    same = [(m.namespace, m.name, m.dimensions) for m in (found[one], found[other])]
    assert same[0] != same[1]


def test_the_first_dead_letter_is_told_with_what_to_do(properties: dict[str, Any]) -> None:
    alarm = properties["RemovalsDeadLetterAlarm"]
    queue = {"Fn::GetAtt": ["RemovalsDeadLetterQueue", "QueueName"]}

    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": queue}]
    assert "redrive the dead letters" in alarm["AlarmDescription"]


def test_the_topic_has_no_key_that_cloudwatch_may_not_use(resources: dict[str, Any]) -> None:
    # alias/aws/sns would silence every alarm; who may publish is in test_permissions.py.
    assert "Properties" not in resources["AlarmTopic"]


def test_alarms_are_mailed_to_who_asks_for_it(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    assert template["Conditions"]["AlarmsAreMailed"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmEmail"}, ""]}]
    }
    assert template["Parameters"]["AlarmEmail"]["Default"] == ""
    assert resources["AlarmSubscription"] == {
        "Type": "AWS::SNS::Subscription",
        "Condition": "AlarmsAreMailed",
        "Properties": {
            "TopicArn": {"Ref": "AlarmTopic"},
            "Protocol": "email",
            "Endpoint": {"Ref": "AlarmEmail"},
        },
    }


@pytest.mark.parametrize("address", ["", "ops@example.com", "a.b+c@mail.example.co"])
def test_an_address_or_none_is_taken(template: dict[str, Any], address: str) -> None:
    assert re.search(template["Parameters"]["AlarmEmail"]["AllowedPattern"], address)


@pytest.mark.parametrize(
    "address", ["ops", "ops@", "@example.com", "a@b", "a@b.c, d@e.f", "a b@c.d"]
)
def test_what_is_no_address_is_refused(template: dict[str, Any], address: str) -> None:
    assert not re.search(template["Parameters"]["AlarmEmail"]["AllowedPattern"], address)


def test_the_dashboard_shows_metrics_of_what_is_there(properties: dict[str, Any]) -> None:
    found = charts(properties)

    assert list(found) == [
        "Requests and 5XX answers a minute",
        "Seconds to an answer",
        "Tasks running, targets healthy",
        "CPU and memory, % of what tasks reserve",
        "DynamoDB units and throttles a minute",
        "Removals waiting and dead",
    ]
    for metrics in found.values():
        for metric in metrics:
            check(metric)


def test_the_dashboard_shows_both_services_alike(properties: dict[str, Any]) -> None:
    shown = [metric for metrics in charts(properties).values() for metric in metrics]

    for dimension in ("TargetGroup", "TableName", "QueueName"):
        by_value: dict[str, list[str]] = {}
        for _, name, dimensions in shown:
            if dimension in dimensions:
                by_value.setdefault(dimensions[dimension], []).append(name)
        assert by_value.keys() == DIMENSIONS[dimension]
        assert len({tuple(names) for names in by_value.values()}) == 1
