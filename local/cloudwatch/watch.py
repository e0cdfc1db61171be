"""The deployed alarms: their states, and the evaluation that the emulator leaves to others.

The emulator evaluates an alarm on one metric when a number comes, but not when none comes any more.
Of an alarm of metric math it keeps the state only.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3

from local import aws
from local.cloudformation.stack import Stack
from local.cloudwatch.alarms import Alarm, Metric, Point, State, read_alarm
from local.settings import STACK

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_cloudwatch.type_defs import MetricAlarmTypeDef, MetricDataQueryTypeDef

TYPE = "AWS::CloudWatch::Alarm"
REASON = "evaluated by the local stack"


class Watch:
    """The alarms of one stack, by the public API."""

    def __init__(self, session: boto3.Session, endpoint_url: str, stack: Stack) -> None:
        self._cloudwatch: CloudWatchClient = session.client(
            "cloudwatch", endpoint_url=endpoint_url, config=aws.CONFIG
        )
        alarms = stack.all_properties(TYPE)
        self._ids = {stack.values.get(name) or f"{STACK}-{name}": name for name in alarms}
        self._math = {name: found for name, found in alarms.items() if "Metrics" in found}
        self._evaluated: dict[str, float] = {}

    async def put(self) -> None:
        """Make the alarms of metric math, so that their states can be read and set."""
        for name, logical_id in self._ids.items():
            if logical_id in self._math:
                await aws.call(self._put, name, self._math[logical_id])

    async def alarming(self) -> set[str]:
        """The logical ids of the alarms that are in ALARM."""
        return await aws.call(self._alarming)

    def _put(self, name: str, definition: Mapping[str, Any]) -> None:
        actions = [action for action in definition["AlarmActions"] if isinstance(action, str)]
        self._cloudwatch.put_metric_alarm(AlarmName=name, **{**definition, "AlarmActions": actions})

    def _alarming(self) -> set[str]:
        now = time.time()
        found = self._cloudwatch.describe_alarms(AlarmNames=list(self._ids))["MetricAlarms"]
        alarming = [alarm for alarm in found if self._state(alarm, now) == "ALARM"]
        return {self._ids[alarm["AlarmName"]] for alarm in alarming}

    def _state(self, described: "MetricAlarmTypeDef", now: float) -> State:
        """The state of an alarm; one that is old enough is evaluated first.

        Until then it stays what the emulator, or a person by set-alarm-state, has made it.
        """
        name, state = described["AlarmName"], described["StateValue"]
        definition = self._math.get(self._ids[name])
        alarm = read_alarm(name, definition or described)
        if now - described["StateUpdatedTimestamp"].timestamp() < alarm.period:
            return state
        evaluated = (
            self._by_math(alarm, state, now) if definition else self._over(alarm, state, now)
        )
        if evaluated != state:
            self._cloudwatch.set_alarm_state(
                AlarmName=name, StateValue=evaluated, StateReason=REASON
            )
        return evaluated

    def _by_math(self, alarm: Alarm, state: State, now: float) -> State:
        """Evaluated when a period is complete."""
        end = now // alarm.period * alarm.period
        if self._evaluated.get(alarm.name) == end:
            return state
        self._evaluated[alarm.name] = end
        numbers = self._numbers(alarm, end)
        starts = [end - alarm.period * (alarm.periods - n) for n in range(alarm.periods)]
        points: list[Point] = [
            {metric.id: numbers[metric.id].get(start) for metric in alarm.metrics}
            for start in starts
        ]
        return alarm.state(points)

    def _over(self, alarm: Alarm, state: State, now: float) -> State:
        """What the emulator has made of it, as long as numbers come."""
        if state == "OK" or any(self._numbers(alarm, now).values()):
            return state
        return alarm.state([{metric.id: None for metric in alarm.metrics}] * alarm.periods)

    def _numbers(self, alarm: Alarm, end: float) -> dict[str, dict[float, float]]:
        """Each metric's numbers until `end`, by the start of their period."""
        answer = self._cloudwatch.get_metric_data(
            MetricDataQueries=[_query(metric, alarm.period) for metric in alarm.metrics],
            StartTime=datetime.fromtimestamp(end - alarm.period * alarm.periods, UTC),
            EndTime=datetime.fromtimestamp(end, UTC),
        )
        return {
            result["Id"]: {
                moment.timestamp(): number
                for moment, number in zip(result["Timestamps"], result["Values"], strict=True)
            }
            for result in answer["MetricDataResults"]
        }


def _query(metric: Metric, period: int) -> "MetricDataQueryTypeDef":
    return {
        "Id": metric.id,
        "MetricStat": {
            "Metric": {
                "Namespace": metric.namespace,
                "MetricName": metric.name,
                "Dimensions": [{"Name": d["Name"], "Value": d["Value"]} for d in metric.dimensions],
            },
            "Period": period,
            "Stat": metric.stat,
        },
    }
