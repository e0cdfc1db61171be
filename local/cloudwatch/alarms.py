"""An alarm: what it looks at, and which state follows from that."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from local.cloudwatch.expressions import Value, value

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
# A period's numbers by the metrics' ids; a metric without one has None.
Point = Mapping[str, Value]

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}
# Whether a period without a number breaches.
MISSING = {"notBreaching": False, "breaching": True}
ONLY = "only"


class AlarmNotSupported(Exception):
    """An alarm that cannot be evaluated here; better none than a wrong state."""


@dataclass(frozen=True)
class Metric:
    """A metric that an alarm looks at, and how its numbers of a period become one."""

    id: str
    namespace: str
    name: str
    dimensions: tuple[Mapping[str, Any], ...]
    stat: str


@dataclass(frozen=True)
class Alarm:
    """An alarm's definition; `period` in seconds."""

    name: str
    metrics: tuple[Metric, ...]
    expression: str | None
    period: int
    periods: int
    datapoints: int
    comparison: str
    threshold: float
    missing: str

    def state(self, points: Sequence[Point]) -> State:
        """The state after these periods, the newest last."""
        breaching = sum(self.breaches(point) for point in points[-self.periods :])
        return "ALARM" if breaching >= self.datapoints else "OK"

    def breaches(self, point: Point) -> bool:
        ids = tuple(metric.id for metric in self.metrics)
        number = value(self.expression, point, ids) if self.expression else point[ids[0]]
        if number is None:
            return MISSING[self.missing]
        return COMPARISONS[self.comparison](number, self.threshold)


def read_alarm(name: str, definition: Mapping[str, Any]) -> Alarm:
    """An alarm of the template or of `describe_alarms`, which use the same words."""
    queries = definition.get("Metrics") or [_only(definition)]
    returned = [query for query in queries if query.get("ReturnData", True)]
    stats = [query for query in queries if "MetricStat" in query]
    periods = {int(query["MetricStat"]["Period"]) for query in stats}
    missing = definition.get("TreatMissingData", "missing")
    if len(returned) != 1 or len(queries) - len(stats) > 1 or len(periods) != 1:
        raise AlarmNotSupported(f"{name}: at most one expression, and metrics of one period.")
    if missing not in MISSING:
        raise AlarmNotSupported(f"{name}: TreatMissingData {missing}.")
    return Alarm(
        name=name,
        metrics=tuple(map(_metric, stats)),
        expression=returned[0].get("Expression"),
        period=periods.pop(),
        periods=int(definition["EvaluationPeriods"]),
        datapoints=int(definition.get("DatapointsToAlarm") or definition["EvaluationPeriods"]),
        comparison=definition["ComparisonOperator"],
        threshold=float(definition["Threshold"]),
        missing=missing,
    )


def _only(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The one metric of an alarm without metric math, in the form of one with it."""
    metric = {key: definition[key] for key in ("Namespace", "MetricName", "Dimensions")}
    stat = definition.get("ExtendedStatistic") or definition["Statistic"]
    return {
        "Id": ONLY,
        "MetricStat": {"Metric": metric, "Stat": stat, "Period": definition["Period"]},
    }


def _metric(query: Mapping[str, Any]) -> Metric:
    asked = query["MetricStat"]
    return Metric(
        id=query["Id"],
        namespace=asked["Metric"]["Namespace"],
        name=asked["Metric"]["MetricName"],
        dimensions=tuple(asked["Metric"]["Dimensions"]),
        stat=asked["Stat"],
    )
