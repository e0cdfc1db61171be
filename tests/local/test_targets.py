from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local import forwarding
from local.load_balancer.targets import HealthCheck, Target, TargetGroup, read_statuses

if TYPE_CHECKING:
    from tests.local.background import Background

CHECK = HealthCheck("/health", 15, 5, 2, 2, frozenset({200}))


@pytest.fixture
def target(background: Background) -> Target:
    session = background.make(lambda: forwarding.client(keep_alive=1))
    background.closing(session.close)
    return Target(1, CHECK, session)


@pytest.mark.parametrize(
    ("checks", "state"),
    [
        ("", "initial"),
        ("+", "healthy"),
        ("-", "initial"),
        ("---+", "healthy"),
        ("+-", "healthy"),
        ("+-+-", "healthy"),
        ("+--", "unhealthy"),
        ("+--+", "unhealthy"),
        ("+--++", "healthy"),
    ],
)
def test_health_follows_the_thresholds(target: Target, checks: str, state: str) -> None:
    for check in checks:
        target.record(passed=check == "+")

    assert target.state == state


def test_a_target_that_never_passes_becomes_unhealthy(target: Target) -> None:
    target.since -= CHECK.interval * CHECK.unhealthy_threshold + 1

    target.record(passed=False)

    assert target.state == "unhealthy"


def test_healthy_targets_take_turns_and_unhealthy_ones_serve_only_when_alone(
    target: Target,
) -> None:
    others = [Target(port, CHECK, target.session) for port in (2, 3)]
    group = TargetGroup("arn", CHECK, 30, {str(t.port): t for t in (target, *others)})

    assert group.choose() is None
    target.state = "unhealthy"
    assert group.choose() is target
    for other in others:
        other.state = "healthy"
    chosen = [group.choose() for _ in range(4)]

    assert chosen.count(others[0]) == chosen.count(others[1]) == 2


@pytest.mark.parametrize(
    ("matcher", "statuses"),
    [("200", {200}), ("200,202", {200, 202}), ("200-202,301", {200, 201, 202, 301})],
)
def test_matchers_are_read(matcher: str, statuses: set[int]) -> None:
    assert read_statuses(matcher) == statuses
