"""Alarms as arithmetic; what the template's own come to is in tests/infra."""

from __future__ import annotations

from typing import Any

import pytest

from local.cloudwatch.alarms import AlarmNotSupported, read_alarm
from local.cloudwatch.expressions import ExpressionNotSupported, value

POINT = {"a": 3.0, "b": 0.0, "none": None}
ALARM: dict[str, Any] = {
    "Namespace": "N",
    "MetricName": "M",
    "Dimensions": [],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 3,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "Threshold": 10,
    "TreatMissingData": "notBreaching",
}
A: dict[str, Any] = {
    "Id": "a",
    "ReturnData": False,
    "MetricStat": {"Period": 60, "Stat": "Sum", "Metric": ALARM},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", 3),
        ("a + 2 * b - 1", 2),
        ("a / 2", 1.5),
        ("a >= 3", 1),
        ("a < 3", 0),
        ("a > 1 AND b > 1", 0),
        ("a > 1 OR b > 1", 1),
        ("FILL(none, 7)", 7),
        ("FILL(b, 7)", 0),
        ("IF(a > 1, 5, 6)", 5),
        ("IF(b, 5, 6)", 6),
        ("SUM(METRICS())", 3),
        ("none + 1", None),
        ("none < 1 AND a > 1", None),
        ("IF(none, 1, 0)", None),
    ],
)
def test_metric_math_of_one_point(text: str, expected: float | None) -> None:
    assert value(text, POINT, ("a", "none")) == expected


def test_a_sum_of_nothing_is_nothing() -> None:
    assert value("SUM(METRICS())", POINT, ("none",)) is None


@pytest.mark.parametrize(
    "text",
    ["", "a +", "c", "RATE(a)", "SUM(a)", "FILL(a)", "a.b", "-a", "a ** 2", "'a'", "a < b < 3"],
)
def test_metric_math_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(ExpressionNotSupported):
        value(text, POINT)


@pytest.mark.parametrize(
    ("change", "numbers", "expected"),
    [
        ({}, [10, 10, 10], "ALARM"),
        ({}, [10, 9, 10], "OK"),
        ({}, [10, None, 10], "OK"),
        ({}, [10, 10], "OK"),
        ({}, [0, 10, 10, 10], "ALARM"),
        ({"DatapointsToAlarm": 2}, [10, None, 10], "ALARM"),
        ({"TreatMissingData": "breaching"}, [10, None, 10], "ALARM"),
        ({"ComparisonOperator": "GreaterThanThreshold"}, [10, 10, 10], "OK"),
        ({"ComparisonOperator": "LessThanThreshold"}, [9, 9, 9], "ALARM"),
    ],
)
def test_so_many_breaching_periods_of_the_last_make_an_alarm(
    change: dict[str, Any], numbers: list[float | None], expected: str
) -> None:
    alarm = read_alarm("x", ALARM | change)

    assert alarm.state([{"only": number} for number in numbers]) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"TreatMissingData": "ignore"},
        {"TreatMissingData": "missing"},
        {"Metrics": [A]},
        {"Metrics": [A, {"Id": "x", "Expression": "a"}, {"Id": "y", "Expression": "a"}]},
        {"Metrics": [A, {**A, "Id": "b", "MetricStat": {**A["MetricStat"], "Period": 300}}]},
    ],
)
def test_an_alarm_that_cannot_be_followed_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(AlarmNotSupported):
        read_alarm("x", ALARM | change)
