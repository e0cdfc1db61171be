from __future__ import annotations

import asyncio

import pytest

from local.ecs.scaling import Scaling
from local.ecs.taskdefinition import Wanted


class Service:
    def __init__(self, count: int) -> None:
        self.count = count
        self.changes = 0

    async def wanted(self) -> Wanted:
        return Wanted(self.count, "arn", ())

    async def set_count(self, count: int) -> None:
        self.count = count
        self.changes += 1


@pytest.mark.parametrize(
    ("count", "brought_to"), [(0, 2), (1, 2), (2, 2), (9, 9), (16, 16), (17, 16), (100, 16)]
)
def test_the_count_stays_between_the_limits(count: int, brought_to: int) -> None:
    service = Service(count)
    scaling = Scaling(service, {"MinCapacity": 2, "MaxCapacity": "16"})

    asyncio.run(scaling.enforce())

    assert service.count == brought_to
    assert service.changes == (count != brought_to)
