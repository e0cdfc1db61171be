from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local import aws
from local.emulator.endpoint import Endpoint
from local.emulator.process import Emulator
from local.ports import free_port
from local.processes import Guard
from local.servers import listening
from local.settings import Settings
from tests.local.backend import Backend
from tests.local.background import Background
from tests.local.front import Front

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import boto3


@pytest.fixture
def background() -> Iterator[Background]:
    background = Background()
    yield background
    background.close()


@pytest.fixture
def backend() -> Iterator[Callable[..., Backend]]:
    """Makes real servers to forward to."""
    made: list[Backend] = []

    def make(name: str = "backend") -> Backend:
        made.append(Backend(name))
        return made[-1]

    yield make
    for backend in made:
        backend.close()


@pytest.fixture(scope="session")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Where the emulator of these tests is."""
    settings = Settings(free_port() - 2, tmp_path_factory.mktemp("local"))
    settings.logs.mkdir()
    return settings


@pytest.fixture(scope="session")
def emulator(emulated: Settings) -> Iterator[Emulator]:
    """A running emulator behind its endpoint; one for all tests, so none may count on its state."""
    background = Background()
    guard = Guard(emulated.outputs)
    emulator = background.run(Emulator.start(emulated, guard))
    background.closing(emulator.stop)
    endpoint = background.make(lambda: Endpoint(emulator.port, emulated))
    background.closing(endpoint.close)
    background.enter(listening(endpoint.handle, emulated.endpoint_port))
    background.run(emulator.ready(aws.session()))
    yield emulator
    background.close()
    guard.close()


@pytest.fixture(scope="session")
def session(emulator: Emulator) -> boto3.Session:
    """The emulator's root user."""
    assert emulator.port
    return aws.session()


@pytest.fixture
def front(background: Background) -> Front:
    front = Front(background)
    background.run(front.balancer.refresh())
    return front
