from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from local import aws
from local.cloudwatch import publishing
from local.cloudwatch.publishing import Numbers, Publisher

if TYPE_CHECKING:
    from collections.abc import Iterable

    import boto3
    import pytest

    from local.settings import Settings
    from tests.local.background import Background

DIMENSIONS = {"LoadBalancer": "app/name/id"}
STATISTICS: list[Any] = ["Sum", "SampleCount", "Maximum"]


def numbers(name: str, values: Iterable[float], **dimensions: str) -> Numbers:
    return Numbers("Tests/Publishing", name, dimensions or DIMENSIONS, "Count", Counter(values))


def test_numbers_reach_cloudwatch_by_name_and_dimensions(
    session: boto3.Session,
    emulated: Settings,
    background: Background,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publishing, "EVENTS_SECONDS", 0.05)
    monkeypatch.setattr(publishing, "STATES_SECONDS", 0.2)
    cloudwatch = session.client("cloudwatch", endpoint_url=emulated.endpoint_url, config=aws.CONFIG)
    # More different values than one datum holds.
    events = [numbers("Times", range(400)), numbers("Count", [1, 1, 1], Other="x")]
    states = [numbers("State", [4])]

    def take(found: list[Numbers]) -> list[Numbers]:
        return [found.pop() for _ in range(len(found))]

    publisher = Publisher(
        session, emulated.endpoint_url, lambda: take(events), lambda: take(states)
    )
    background.task(publisher.keep_publishing())

    def statistics(name: str, dimension: str, value: str) -> list[dict[str, Any]]:
        now = datetime.now(UTC)
        answer: Any = cloudwatch.get_metric_statistics(
            Namespace="Tests/Publishing",
            MetricName=name,
            Dimensions=[{"Name": dimension, "Value": value}],
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=5),
            Period=3600,
            Statistics=STATISTICS,
        )
        return [{key: point[key] for key in STATISTICS} for point in answer["Datapoints"]]

    deadline = time.monotonic() + 20
    while not statistics("State", "LoadBalancer", "app/name/id"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert statistics("Times", "LoadBalancer", "app/name/id") == [
        {"Sum": sum(range(400)), "SampleCount": 400, "Maximum": 399}
    ]
    assert statistics("Count", "Other", "x") == [{"Sum": 3, "SampleCount": 3, "Maximum": 1}]
