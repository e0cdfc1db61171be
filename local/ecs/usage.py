"""How much of the processors that it reserves a task uses, as ECS tells CloudWatch."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator

from local.cloudwatch.publishing import Numbers
from local.ecs.tasks import Task

PROCESSOR_UNITS = 1024


class Usage:
    """The tasks of one service, named by its cluster and itself."""

    def __init__(self, cluster: str, service: str) -> None:
        self._dimensions = {"ClusterName": cluster, "ServiceName": service}
        self._before: dict[Task, tuple[float, float]] = {}

    def take(self, tasks: Iterable[Task]) -> Iterator[Numbers]:
        """One value for each task: the average since the last time, in percent."""
        now = time.monotonic()
        used = {task: task.cpu_seconds() for task in tasks}
        values = Counter(
            round(100 * self._units(task, seconds, now) / task.definition.cpu, 2)
            for task, seconds in used.items()
            if task.definition.cpu
        )
        self._before = {task: (now, seconds) for task, seconds in used.items()}
        if values:
            yield Numbers("AWS/ECS", "CPUUtilization", self._dimensions, "Percent", values)

    def _units(self, task: Task, seconds: float, now: float) -> float:
        then, before = self._before.get(task, (task.since, 0.0))
        # A process that ends takes its seconds with it.
        return PROCESSOR_UNITS * max(seconds - before, 0.0) / (now - then)
