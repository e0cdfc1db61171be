"""How many tasks there are, as arithmetic on the template's alarms, policies and limits."""

from typing import Any

import pytest

from local.autoscaling.policies import read_policy
from tests.infra.alarm_model import Fleet, alarm_of, state

BALANCER = [
    {"Name": "LoadBalancer", "Value": {"Fn::GetAtt": ["LoadBalancer", "LoadBalancerFullName"]}}
]
SERVICE = [
    {"Name": "ClusterName", "Value": {"Ref": "Cluster"}},
    {"Name": "ServiceName", "Value": {"Fn::GetAtt": ["Service", "Name"]}},
]
QUIET = 15


def steps(properties: dict[str, Any], policy: str) -> dict[str, Any]:
    found: dict[str, Any] = properties[policy]["StepScalingPolicyConfiguration"]
    return found


@pytest.mark.parametrize(("errors", "tasks"), [(0, 2), (1, 2), (9, 2), (10, 4), (1000, 4)])
def test_ten_5xx_answers_in_a_minute_double_the_tasks(
    properties: dict[str, Any], errors: int, tasks: int
) -> None:
    fleet = Fleet(properties, 2)

    assert fleet.live(1, errors=errors) == [tasks]


def test_5xx_answers_of_several_minutes_are_not_added_up(properties: dict[str, Any]) -> None:
    fleet = Fleet(properties, 2)

    assert fleet.live(10, errors=9, cpu=50) == [2] * 10


def test_the_tasks_double_once_a_minute_as_long_as_it_lasts(properties: dict[str, Any]) -> None:
    fleet = Fleet(properties, 2)

    assert fleet.live(5, errors=10, cpu=90) == [4, 8, 16, 16, 16]


def test_a_burst_doubles_them_once(properties: dict[str, Any]) -> None:
    fleet = Fleet(properties, 2)

    assert fleet.live(1, errors=500, cpu=90) + fleet.live(3, cpu=90) == [4, 4, 4, 4]


@pytest.mark.parametrize(("before", "after"), [(2, 4), (3, 6), (8, 16), (9, 16), (16, 16)])
def test_there_are_never_more_than_sixteen(
    properties: dict[str, Any], before: int, after: int
) -> None:
    assert Fleet(properties, before).live(1, errors=10) == [after]


def test_the_tasks_are_halved_after_a_quiet_quarter_of_an_hour_and_again(
    properties: dict[str, Any],
) -> None:
    fleet = Fleet(properties, 2)
    fleet.live(3, errors=10, cpu=90)

    tasks = fleet.live(60, cpu=20)

    # At the fifteenth quiet minute, and then every ten.
    assert [minute for minute in range(1, 60) if tasks[minute] < tasks[minute - 1]] == [14, 24, 34]
    assert (tasks[0], tasks[14], tasks[24], tasks[34], tasks[-1]) == (16, 8, 4, 2, 2)


@pytest.mark.parametrize(("before", "after"), [(16, 8), (5, 3), (3, 2), (2, 2)])
def test_there_are_never_fewer_than_two_or_than_half(
    properties: dict[str, Any], before: int, after: int
) -> None:
    assert Fleet(properties, before).live(QUIET, cpu=20)[-1] == after


@pytest.mark.parametrize("cpu", [35.0, 60.0, None])
def test_tasks_that_work_or_say_nothing_stay(properties: dict[str, Any], cpu: float | None) -> None:
    fleet = Fleet(properties, 8)

    # One such minute among quiet ones is enough.
    tasks = fleet.live(QUIET - 1, cpu=20) + fleet.live(1, cpu=cpu) + fleet.live(QUIET - 1, cpu=20)

    assert set(tasks) == {8}
    assert fleet.live(1, cpu=20) == [4]


def test_a_single_5xx_answer_starts_the_quarter_of_an_hour_anew(properties: dict[str, Any]) -> None:
    fleet = Fleet(properties, 8)

    tasks = [
        *fleet.live(QUIET - 1, cpu=20),
        *fleet.live(1, errors=1, cpu=20),
        *fleet.live(QUIET - 1, cpu=20),
    ]

    assert set(tasks) == {8}
    assert fleet.live(1, cpu=20) == [4]


def test_without_any_number_nothing_changes(properties: dict[str, Any]) -> None:
    assert set(Fleet(properties, 8).live(60)) == {8}


def test_an_emergency_ends_the_rest_after_a_halving(properties: dict[str, Any]) -> None:
    fleet = Fleet(properties, 8)

    assert fleet.live(QUIET, cpu=20)[-1] == 4
    assert fleet.live(1, errors=10, cpu=90) == [8]


def test_halving_never_leads_to_where_the_cpu_adds_tasks(properties: dict[str, Any]) -> None:
    halve = read_policy(properties["ScaleInPolicy"])
    target = properties["CpuPolicy"]["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]
    alarm = alarm_of(properties, "ScaleInAlarm")
    quiet = [cpu for cpu in range(100) if state(alarm, [{"cpu": [cpu]}] * QUIET) == "ALARM"]

    assert halve
    assert max(quiet) == 34
    for tasks in range(3, 17):
        assert max(quiet) * tasks / max(halve.desired(tasks), 2) < target


def test_the_cpu_adds_tasks_and_takes_none_away(properties: dict[str, Any]) -> None:
    assert properties["CpuPolicy"] == {
        "PolicyName": "cpu",
        "PolicyType": "TargetTrackingScaling",
        "ScalingTargetId": {"Ref": "ServiceScalableTarget"},
        "TargetTrackingScalingPolicyConfiguration": {
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "ECSServiceAverageCPUUtilization"
            },
            "TargetValue": 70,
            "ScaleOutCooldown": 60,
            # Its way in would undo a doubling that the CPU does not explain.
            "DisableScaleIn": True,
        },
    }


@pytest.mark.parametrize(("policy", "percent", "cooldown"), [("Out", 100, 60), ("In", -50, 600)])
def test_a_step_is_one_for_every_height_of_the_alarm(
    properties: dict[str, Any], policy: str, percent: int, cooldown: int
) -> None:
    assert properties[f"Scale{policy}Policy"]["ScalingTargetId"] == {"Ref": "ServiceScalableTarget"}
    assert steps(properties, f"Scale{policy}Policy") == {
        "AdjustmentType": "PercentChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": percent}],
        "MinAdjustmentMagnitude": 1,
        "Cooldown": cooldown,
    }


def test_the_balancer_s_own_answers_alone_double_the_tasks(properties: dict[str, Any]) -> None:
    (metric,) = alarm_of(properties, "ScaleOutAlarm").metrics

    assert (metric.namespace, metric.name) == ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count")
    assert list(metric.dimensions) == BALANCER


def test_quiet_is_about_the_same_answers_and_the_service_s_cpu(properties: dict[str, Any]) -> None:
    looked_at = {
        (metric.namespace, metric.name): list(metric.dimensions)
        for metric in alarm_of(properties, "ScaleInAlarm").metrics
    }

    assert looked_at == {
        ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"): BALANCER,
        ("AWS/ECS", "CPUUtilization"): SERVICE,
    }


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([0, 0, 0], "OK"),
        ([500, 0, 0], "OK"),  # an instance has died
        ([4, 4, 4], "OK"),
        ([5, 0, 5], "ALARM"),
        ([0, 5, 5], "ALARM"),
    ],
)
def test_a_release_that_breaks_off_its_answers_is_taken_back(
    properties: dict[str, Any], answers: list[int], expected: str
) -> None:
    alarm = alarm_of(properties, "DeploymentAlarm")

    minutes = [{"HTTPCode_ELB_502_Count": [1.0] * each} for each in answers]

    assert state(alarm, minutes) == expected


def test_a_release_is_not_blamed_for_what_is_behind_it(properties: dict[str, Any]) -> None:
    (metric,) = alarm_of(properties, "DeploymentAlarm").metrics

    # Not the services' own answers, among them 503 for DynamoDB; not 503 and 504 of an overload.
    assert (metric.namespace, metric.name) == ("AWS/ApplicationELB", "HTTPCode_ELB_502_Count")
    assert list(metric.dimensions) == BALANCER


def test_ecs_takes_a_release_back_at_the_deployment_alarm(properties: dict[str, Any]) -> None:
    assert properties["Service"]["DeploymentConfiguration"]["Alarms"] == {
        "Enable": True,
        "Rollback": True,
        "AlarmNames": [{"Ref": "DeploymentAlarm"}],
    }
