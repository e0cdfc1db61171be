from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.emulator import Api, emulator
from tests.pipelines.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.pipelines.runner import Run


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A repository on GitHub, and an account with nothing but the bootstrap stack."""
    api = Api()
    with emulator(tmp_path_factory.mktemp("emulator")) as address:
        yield from Stage.open(tmp_path_factory.mktemp("stage"), address, api.url)
    api.close()


@pytest.fixture(scope="session")
def first(stage: Stage) -> dict[str, Run]:
    """The first push of all: every pipeline runs, side by side."""
    return stage.play(stage.github.begin())
