"""What the load balancer counts, under the names and dimensions of AWS/ApplicationELB."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from local.cloudwatch.publishing import Numbers
from local.load_balancer.targets import TargetGroup

NAMESPACE = "AWS/ApplicationELB"
SERVER_ERRORS = 500


@dataclass
class Requests:
    """The requests since the last look, by what they count for."""

    _counts: Counter[str] = field(default_factory=Counter)
    _seconds: Counter[float] = field(default_factory=Counter)

    def sent(self) -> None:
        """A request goes to a target."""
        self._counts["RequestCount"] += 1

    def answered(self, status: int, seconds: float) -> None:
        """A target has answered."""
        self._counts[f"HTTPCode_Target_{status // 100}XX_Count"] += 1
        self._seconds[round(seconds, 3)] += 1

    def refused(self, status: int) -> None:
        """The balancer has answered itself, for want of an answer of a target."""
        self._counts[f"HTTPCode_ELB_{status // 100}XX_Count"] += 1
        if status >= SERVER_ERRORS:
            self._counts[f"HTTPCode_ELB_{status}_Count"] += 1

    def take(self, balancer: str) -> Iterator[Numbers]:
        """What happened since the last time; `balancer` is the load balancer's full name."""
        dimensions = {"LoadBalancer": balancer}
        for name, count in self._counts.items():
            yield Numbers(NAMESPACE, name, dimensions, "Count", Counter({1.0: count}))
        if self._seconds:
            yield Numbers(
                NAMESPACE, "TargetResponseTime", dimensions, "Seconds", self._seconds.copy()
            )
        self._counts.clear()
        self._seconds.clear()


def health(balancer: str, groups: Iterable[TargetGroup]) -> Iterator[Numbers]:
    """How many targets of each group are healthy, and how many are not."""
    for group in groups:
        states = Counter[str](target.state for target in group.targets.values())
        dimensions = {"LoadBalancer": balancer, "TargetGroup": group.arn.rsplit(":", 1)[-1]}
        for name, state in (("HealthyHostCount", "healthy"), ("UnHealthyHostCount", "unhealthy")):
            count = Counter({float(states[state]): 1})
            yield Numbers(NAMESPACE, name, dimensions, "Count", count)
