from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from local.ecs import waiting

if TYPE_CHECKING:
    import pytest

    from tests.local.background import Background


class Tasks:
    """Tasks that ail as told, one poll after the other, and then are healthy."""

    def __init__(self, *ailing: set[str]) -> None:
        self._ailing = list(ailing)

    async def steady(self) -> None:
        if self._ailing:
            await asyncio.sleep(60)

    def ailing(self, age: float) -> set[str]:
        assert age == waiting.PATIENCE_SECONDS
        return self._ailing.pop(0)


def test_what_fails_its_health_check_is_named_once_and_when_it_changes(
    background: Background, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(waiting, "POLL_SECONDS", 0.01)
    both = {"main", "files"}
    tasks = Tasks(set(), both, both, set(), both, {"main"}, {"main"})

    background.run(waiting.until_steady(tasks, Path("/logs")))

    said = capfd.readouterr().err.splitlines()
    assert [line.rsplit(" ", 1)[-1] for line in said] == [
        "/logs/files.log",
        "/logs/main.log",
        "/logs/main.log",
    ]
