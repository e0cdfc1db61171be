"""Numbers on their way to CloudWatch."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local import aws

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_cloudwatch.type_defs import MetricDatumTypeDef

# What happened is told soon, for the alarms; how things are, as often as AWS tells it.
EVENTS_SECONDS = 5.0
STATES_SECONDS = 60.0
MOST_VALUES = 150


@dataclass(frozen=True)
class Numbers:
    """Values of one metric, each with how often it came."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    unit: Literal["Count", "Seconds", "Percent"]
    values: Counter[float]


Source = Callable[[], Iterable[Numbers]]


class Publisher:
    """Asks for events (nothing when nothing happened) and for states, and puts them."""

    def __init__(
        self, session: boto3.Session, endpoint_url: str, events: Source, states: Source
    ) -> None:
        self._cloudwatch: CloudWatchClient = session.client(
            "cloudwatch", endpoint_url=endpoint_url, config=aws.CONFIG
        )
        self._events = events
        self._states = states

    async def keep_publishing(self) -> None:
        """Until cancelled; the states once in each minute, so that none has two or nothing."""
        told = time.time() // STATES_SECONDS
        while True:
            await asyncio.sleep(EVENTS_SECONDS)
            await self._publish(self._events())
            if time.time() // STATES_SECONDS != told:
                told = time.time() // STATES_SECONDS
                await self._publish(self._states())

    async def _publish(self, numbers: Iterable[Numbers]) -> None:
        data: dict[str, list[MetricDatumTypeDef]] = defaultdict(list)
        for each in numbers:
            data[each.namespace].extend(_data(each))
        for namespace, found in data.items():
            # What is lost when a call fails is a gap in a metric.
            with suppress(BotoCoreError, ClientError):
                await aws.call(
                    self._cloudwatch.put_metric_data, Namespace=namespace, MetricData=found
                )


def _data(numbers: Numbers) -> "Iterator[MetricDatumTypeDef]":
    values = list(numbers.values.items())
    for first in range(0, len(values), MOST_VALUES):
        part = values[first : first + MOST_VALUES]
        yield {
            "MetricName": numbers.name,
            "Dimensions": [{"Name": k, "Value": v} for k, v in numbers.dimensions.items()],
            "Unit": numbers.unit,
            "Values": [value for value, _ in part],
            "Counts": [float(times) for _, times in part],
        }
