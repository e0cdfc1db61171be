"""The alarms in the emulator, with periods of a second."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from local import aws
from local.cloudformation.stack import Stack
from local.cloudformation.template import Template
from local.cloudwatch.watch import Watch
from local.settings import STACK

if TYPE_CHECKING:
    from collections.abc import Callable

    import boto3

    from local.settings import Settings
    from tests.local.background import Background

NAMESPACE = "Tests/Watch"


def metric(name: str, stat: str) -> dict[str, Any]:
    named = {"Namespace": NAMESPACE, "MetricName": name, "Dimensions": []}
    return {"Metric": named, "Stat": stat, "Period": 1}


def definition(**properties: Any) -> dict[str, Any]:
    return {
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1,
        "TreatMissingData": "notBreaching",
        "EvaluationPeriods": 1,
        "AlarmActions": [{"Ref": "APolicy"}],
        **properties,
    }


ONE = definition(Namespace=NAMESPACE, MetricName="errors", Dimensions=[], Statistic="Sum", Period=1)
MATH = definition(
    EvaluationPeriods=2,
    Metrics=[
        {"Id": "quiet", "Expression": "IF(FILL(errors, 0) < 1 AND cpu < 35, 1, 0)"},
        {"Id": "errors", "MetricStat": metric("errors", "Sum"), "ReturnData": False},
        {"Id": "cpu", "MetricStat": metric("cpu", "Average"), "ReturnData": False},
    ],
)


@pytest.fixture
def cloudwatch(session: boto3.Session, emulated: Settings) -> Any:
    return session.client("cloudwatch", endpoint_url=emulated.endpoint_url, config=aws.CONFIG)


@pytest.fixture
def alarming(
    session: boto3.Session, emulated: Settings, background: Background, cloudwatch: Any
) -> Callable[[], set[str]]:
    """What is in ALARM of one deployed alarm and one of metric math."""
    names = {"One": f"deployed-{time.time_ns()}"}
    resources = {
        name: {"Type": "AWS::CloudWatch::Alarm", "Properties": found}
        for name, found in (("One", ONE), ("Math", MATH))
    }
    cloudwatch.put_metric_alarm(AlarmName=names["One"], **{**ONE, "AlarmActions": []})
    stack = Stack(Template({"Resources": resources}), names)
    watch = Watch(session, emulated.endpoint_url, stack)
    background.run(watch.put())
    return lambda: background.run(watch.alarming())


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_an_alarm_ends_when_no_number_comes_any_more(
    alarming: Callable[[], set[str]], cloudwatch: Any
) -> None:
    cloudwatch.put_metric_data(
        Namespace=NAMESPACE, MetricData=[{"MetricName": "errors", "Value": 5}]
    )
    assert "One" in alarming()

    until(lambda: "One" not in alarming())


def test_metric_math_is_evaluated_from_its_definition(
    alarming: Callable[[], set[str]], cloudwatch: Any
) -> None:
    begin = int(time.time()) - 2
    points = [
        {"MetricName": "cpu", "Value": 20, "Timestamp": datetime.fromtimestamp(begin + n, UTC)}
        for n in range(20)
    ]

    cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=points)

    until(lambda: "Math" in alarming())
    # Twenty seconds on the CPU says nothing any more, and nothing is not quiet.
    until(lambda: "Math" not in alarming())


@pytest.mark.parametrize(("alarm", "name"), [("Math", f"{STACK}-Math")])
def test_a_state_that_a_person_sets_holds_for_one_period(
    alarming: Callable[[], set[str]], cloudwatch: Any, alarm: str, name: str
) -> None:
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a try")

    assert alarm in alarming()
    until(lambda: alarm not in alarming())
