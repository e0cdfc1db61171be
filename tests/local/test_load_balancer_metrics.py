"""What the balancer counts, by the names of AWS/ApplicationELB."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from local.ports import free_port
from tests.local.raw import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.local.backend import Backend
    from tests.local.front import Front

BALANCER = "app/name/id"
OF_ALL = {"LoadBalancer": BALANCER}


def counted(front: Front) -> dict[str, float]:
    """Name → count of what happened since the last look."""
    numbers = [each for each in front.balancer.requests(BALANCER) if each.unit == "Count"]
    assert all(each.namespace == "AWS/ApplicationELB" for each in numbers)
    assert all(each.dimensions == OF_ALL for each in numbers)
    return {each.name: sum(k * times for k, times in each.values.items()) for each in numbers}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"HTTPCode_Target_2XX_Count": 1}),
        ("?status=404", {"HTTPCode_Target_4XX_Count": 1}),
        ("?status=503", {"HTTPCode_Target_5XX_Count": 1}),
        ("?vanish", {"HTTPCode_ELB_5XX_Count": 1, "HTTPCode_ELB_502_Count": 1}),
        ("?wait", {"HTTPCode_ELB_5XX_Count": 1, "HTTPCode_ELB_504_Count": 1}),
    ],
)
def test_a_request_counts_as_whoever_answers_it(
    front: Front, backend: Callable[..., Backend], query: str, expected: dict[str, int]
) -> None:
    front.register("main", "t", backend().port)

    httpx.get(front.url + "/u/todos" + query)

    assert counted(front) == {"RequestCount": 1, **expected}
    assert counted(front) == {}


def test_without_a_target_only_the_balancer_s_answer_counts(front: Front) -> None:
    for _ in range(3):
        httpx.get(front.url + "/u/todos")

    assert counted(front) == {"HTTPCode_ELB_5XX_Count": 3, "HTTPCode_ELB_503_Count": 3}


def test_the_listener_s_own_answer_and_a_bad_request_are_no_5xx(front: Front) -> None:
    httpx.get(front.url + "/health")
    ask(front.port, "/u/todos#x")

    assert counted(front) == {"HTTPCode_ELB_4XX_Count": 1}


def test_the_time_to_an_answer_is_a_target_s(front: Front, backend: Callable[..., Backend]) -> None:
    front.register("main", "t", backend().port)
    for _ in range(4):
        httpx.get(front.url + "/u/todos")

    (times,) = [each for each in front.balancer.requests(BALANCER) if each.unit == "Seconds"]

    assert (times.name, times.dimensions) == ("TargetResponseTime", OF_ALL)
    assert sum(times.values.values()) == 4
    assert all(0 <= seconds < 10 for seconds in times.values)


def test_targets_count_as_healthy_or_not(front: Front, backend: Callable[..., Backend]) -> None:
    front.register("main", "good", backend().port)
    front.register("main", "bad", free_port(), "unhealthy")

    numbers = list(front.balancer.health(BALANCER))

    assert {each.dimensions["LoadBalancer"] for each in numbers} == {BALANCER}
    assert {(each.dimensions["TargetGroup"], each.name, *each.values) for each in numbers} == {
        ("main", "HealthyHostCount", 1.0),
        ("main", "UnHealthyHostCount", 1.0),
        ("files", "HealthyHostCount", 0.0),
        ("files", "UnHealthyHostCount", 0.0),
    }
