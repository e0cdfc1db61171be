"""What the balancer counts, by the names of AWS/ApplicationELB."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import httpx
import pytest

from local.ports import free_port
from tests.local.raw import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.cloudwatch.publishing import Numbers
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


def ask_and_count(front: Front, query: str = "") -> list[Numbers]:
    """Four requests and all that is said of them: the client has an answer before it counts."""
    for _ in range(4):
        httpx.get(f"{front.url}/u/todos{query}")
    numbers: list[Numbers] = []
    deadline = time.monotonic() + 20
    while _answers(numbers) < 4:
        assert time.monotonic() < deadline
        numbers += front.balancer.requests(BALANCER)
    return numbers


def _answers(numbers: list[Numbers]) -> int:
    answers = [each for each in numbers if each.name.endswith("XX_Count")]
    return sum(each.values.total() for each in answers)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"HTTPCode_Target_2XX_Count"}),
        ("?status=404", {"HTTPCode_Target_4XX_Count"}),
        ("?status=503", {"HTTPCode_Target_5XX_Count"}),
        ("?vanish", {"HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_502_Count"}),
        ("?wait", {"HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_504_Count"}),
    ],
)
def test_a_request_counts_as_whoever_answers_it(
    front: Front, backend: Callable[..., Backend], query: str, expected: set[str]
) -> None:
    front.register("main", "t", backend().port)

    numbers = [each for each in ask_and_count(front, query) if each.unit == "Count"]

    totals: Counter[str] = Counter()
    for each in numbers:
        totals[each.name] += each.values.total()
    assert totals == dict.fromkeys({"RequestCount", *expected}, 4)
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
    times = [each for each in ask_and_count(front) if each.unit == "Seconds"]

    assert {each.name for each in times} == {"TargetResponseTime"}
    assert all(each.dimensions == OF_ALL for each in times)
    assert sum(each.values.total() for each in times) == 4
    assert all(0 <= seconds < 10 for each in times for seconds in each.values)


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
