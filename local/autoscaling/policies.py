"""Step scaling policies, and how many tasks come of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

FROM_THE_THRESHOLD_ON = 0


class PolicyNotSupported(Exception):
    """A policy that cannot be followed here; better none than a wrong number of tasks."""


@dataclass(frozen=True)
class StepPolicy:
    """By how much the tasks change when an alarm goes off; `cooldown` in seconds."""

    percent: float
    least_change: int
    cooldown: float

    def desired(self, count: int) -> int:
        """What `count` tasks become: the change is rounded towards nothing, as AWS does."""
        change = max(abs(int(count * self.percent / 100)), self.least_change)
        return count + change if self.percent > 0 else count - change


@dataclass
class Policies:
    """The policies of one scalable target, its limits, and when a policy may act again."""

    least: int
    most: int
    policies: Mapping[str, StepPolicy]
    _rests: dict[str, float] = field(default_factory=dict)

    def limited(self, count: int) -> int:
        return min(max(count, self.least), self.most)

    def desired(self, count: int, called: Iterable[str], now: float) -> int:
        """How many tasks there should be when alarms call these policies at `now` (seconds).

        Of several the one that wants the most tasks counts. A policy rests after it has changed
        something; tasks that are added end the rest of those that take away.
        """
        names = sorted(called, key=lambda name: self.policies[name].percent)
        if not names or now < self._rests.get(names[-1], now):
            return count
        policy = self.policies[names[-1]]
        wanted = self.limited(policy.desired(count))
        if wanted > count:
            self._rests.clear()
        if wanted != count:
            self._rests[names[-1]] = now + policy.cooldown
        return wanted


def read_policy(properties: Mapping[str, Any]) -> StepPolicy | None:
    """A policy of the template; None for target tracking, which is not followed here."""
    if properties["PolicyType"] == "TargetTrackingScaling":
        return None
    steps = properties["StepScalingPolicyConfiguration"]
    (step, *more) = steps["StepAdjustments"]
    whole = set(step) == {"MetricIntervalLowerBound", "ScalingAdjustment"}
    if more or not whole or step["MetricIntervalLowerBound"] != FROM_THE_THRESHOLD_ON:
        raise PolicyNotSupported("Only one step, from the alarm's threshold on.")
    if steps["AdjustmentType"] != "PercentChangeInCapacity":
        raise PolicyNotSupported("Only a change by percent.")
    return StepPolicy(
        percent=float(step["ScalingAdjustment"]),
        least_change=int(steps["MinAdjustmentMagnitude"]),
        cooldown=float(steps["Cooldown"]),
    )
