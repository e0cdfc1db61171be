from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.emulator import Api, emulator
from tests.pipelines.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A repository on GitHub, and an account with nothing but the bootstrap stack."""
    api = Api()
    with emulator(tmp_path_factory.mktemp("emulator")) as address:
        yield from Stage.open(tmp_path_factory.mktemp("stage"), address, api.url)
    api.close()
