from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.cases import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.cases import Cases


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cases]:
    """Both services, and between them and the emulator an endpoint that can misbehave."""
    with running(tmp_path_factory.mktemp("faults")) as cases:
        yield cases
