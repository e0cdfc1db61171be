"""What CloudWatch and Application Auto Scaling make of the template, on paper.

The arithmetic is the local stack's own; here it gets the template's alarms and policies, and single
measurements instead of a running system.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

from local.autoscaling.policies import Policies, read_policy
from local.cloudwatch.alarms import Alarm, Point, State, read_alarm

# A minute's measurements by the metric's name: one for each 5XX answer, one for each task's CPU.
Minute = Mapping[str, Sequence[float]]

STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Average": fmean,
    "Maximum": max,
    "p99": max,  # of fewer than a hundred
}


def alarm_of(properties: Mapping[str, Any], name: str) -> Alarm:
    return read_alarm(name, properties[name])


def state(alarm: Alarm, minutes: Iterable[Minute]) -> State:
    """The alarm's state after these minutes; measurements stand under a metric's id or name."""
    return alarm.state([_point(alarm, minute) for minute in minutes])


def _point(alarm: Alarm, minute: Minute) -> Point:
    measured = {m.id: minute.get(m.id, minute.get(m.name, ())) for m in alarm.metrics}
    return {
        metric.id: STATISTICS[metric.stat](samples) if (samples := measured[metric.id]) else None
        for metric in alarm.metrics
    }


class Fleet:
    """The service's tasks, minute by minute."""

    def __init__(self, properties: Mapping[str, Any], tasks: int) -> None:
        self.tasks = tasks
        self._minutes: list[Minute] = []
        target = properties["ServiceScalableTarget"]
        found = {
            name: read_policy(each)
            for name, each in properties.items()
            if each.get("PolicyType") == "StepScaling"
        }
        steps = {name: policy for name, policy in found.items() if policy}
        self._policies = Policies(target["MinCapacity"], target["MaxCapacity"], steps)
        self._alarms = {
            action["Ref"]: alarm_of(properties, name)
            for name, each in properties.items()
            for action in each.get("AlarmActions", [])
            if action["Ref"] in steps
        }

    def live(self, minutes: int, *, errors: int = 0, cpu: float | None = None) -> list[int]:
        """Go on for some minutes, with so many 5XX answers in each; the tasks after each minute."""
        return [self._live(errors, cpu) for _ in range(minutes)]

    def _live(self, errors: int, cpu: float | None) -> int:
        measured = {
            "HTTPCode_ELB_5XX_Count": [1.0] * errors,
            "CPUUtilization": [] if cpu is None else [cpu] * self.tasks,
        }
        self._minutes.append(measured)
        called = {
            policy
            for policy, alarm in self._alarms.items()
            if state(alarm, self._minutes) == "ALARM"
        }
        self.tasks = self._policies.desired(self.tasks, called, 60.0 * len(self._minutes))
        return self.tasks
