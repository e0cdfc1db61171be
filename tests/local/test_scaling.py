"""Scaling with the alarms as a test wants them; the template's numbers are in tests/infra."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from local.autoscaling.policies import Policies, PolicyNotSupported, StepPolicy, read_policy
from local.autoscaling.scaling import Scaling, scaling_of
from local.cloudformation.stack import Stack
from local.cloudformation.template import read
from local.ecs.taskdefinition import Wanted
from local.settings import REPOSITORY

DOUBLE, HALVE = StepPolicy(100, 1, 60), StepPolicy(-50, 1, 600)
STEPS = {
    "AdjustmentType": "PercentChangeInCapacity",
    "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 100}],
    "MinAdjustmentMagnitude": 1,
    "Cooldown": 60,
}


class Service:
    def __init__(self, count: int) -> None:
        self.count = count
        self.changes = 0

    async def wanted(self) -> Wanted:
        return Wanted(self.count, "arn", ())

    async def set_count(self, count: int) -> None:
        self.count = count
        self.changes += 1


class Alarms:
    def __init__(self, *names: str) -> None:
        self.names = set(names)

    async def alarming(self) -> set[str]:
        return self.names


def scaling(service: Service, *alarming: str) -> Scaling:
    policies = Policies(2, 16, {"Double": DOUBLE, "Halve": HALVE})
    return Scaling(service, Alarms(*alarming), policies, {"Errors": "Double", "Quiet": "Halve"})


@pytest.mark.parametrize(
    ("count", "brought_to"), [(0, 2), (1, 2), (2, 2), (9, 9), (16, 16), (17, 16), (100, 16)]
)
def test_the_count_stays_between_the_limits(count: int, brought_to: int) -> None:
    service = Service(count)

    asyncio.run(scaling(service).follow())

    assert service.count == brought_to
    assert service.changes == (count != brought_to)


@pytest.mark.parametrize(
    ("alarming", "count"),
    [((), 8), (("Other",), 8), (("Errors",), 16), (("Quiet",), 4), (("Errors", "Quiet"), 16)],
)
def test_an_alarm_calls_its_policy_once_until_that_has_rested(
    alarming: tuple[str, ...], count: int
) -> None:
    service = Service(8)
    following = scaling(service, *alarming)

    asyncio.run(following.follow())
    asyncio.run(following.follow())

    assert service.count == count
    assert service.changes == (count != 8)


@pytest.mark.parametrize(
    ("percent", "least", "count", "desired"),
    [
        (100, 1, 2, 4),
        (100, 1, 0, 1),
        (50, 1, 3, 4),
        (10, 1, 2, 3),
        (10, 3, 2, 5),
        (-50, 1, 16, 8),
        (-50, 1, 5, 3),
        (-50, 1, 1, 0),
        (-10, 2, 5, 3),
    ],
)
def test_a_change_by_percent_is_rounded_towards_nothing_but_has_a_least(
    percent: float, least: int, count: int, desired: int
) -> None:
    assert StepPolicy(percent, least, 60).desired(count) == desired


def test_a_policy_rests_after_it_has_changed_something() -> None:
    policies = Policies(2, 16, {"Double": DOUBLE})

    counts = [policies.desired(2, {"Double"}, now) for now in (0, 59, 60, 119, 120)]

    assert counts == [4, 2, 4, 2, 4]
    assert policies.desired(16, {"Double"}, 180) == 16
    assert policies.desired(8, {"Double"}, 181) == 16


def test_what_adds_tasks_ends_the_rest_of_what_takes_them_away() -> None:
    policies = Policies(2, 16, {"Double": DOUBLE, "Halve": HALVE})

    assert policies.desired(8, {"Halve"}, 0) == 4
    assert policies.desired(4, {"Halve"}, 100) == 4
    assert policies.desired(4, {"Double"}, 100) == 8
    assert policies.desired(8, {"Halve"}, 101) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"AdjustmentType": "ChangeInCapacity"},
        {"StepAdjustments": [*STEPS["StepAdjustments"], *STEPS["StepAdjustments"]]},  # type: ignore[misc]
        {"StepAdjustments": [{"MetricIntervalLowerBound": 5, "ScalingAdjustment": 100}]},
        {"StepAdjustments": [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": 100}]},
    ],
)
def test_a_policy_that_cannot_be_followed_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(PolicyNotSupported):
        read_policy({"PolicyType": "StepScaling", "StepScalingPolicyConfiguration": STEPS | change})


def test_the_template_s_alarms_call_its_step_policies() -> None:
    service = Service(2)
    stack = Stack(read(REPOSITORY / "template.yaml"), {})

    asyncio.run(scaling_of(stack, service, Alarms("ScaleOutAlarm", "ErrorsAlarm")).follow())
    assert service.count == 4
    asyncio.run(scaling_of(stack, service, Alarms("ScaleInAlarm", "ErrorsAlarm")).follow())
    assert service.count == 2
