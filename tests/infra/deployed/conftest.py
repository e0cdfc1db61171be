from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.infra.deployed.cloud import Cloud

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """One emulator for all tests; each names its stack itself."""
    yield from Cloud(tmp_path_factory.mktemp("cloud")).run()
