from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deploy import repository
from deploy.engines import Engine
from tests.images.podman import Running, podman
from tests.images.task import CONTAINERS, PORTS, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ORIGIN = repository.origin(ROOT) | {"version": "0123456789ab"}


@pytest.fixture(scope="session", params=["main", "files"])
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def images() -> dict[str, str]:
    """The id of each service's image, built as for AWS."""
    engine = Engine("podman")
    return {
        name: engine.build(f"todo-on-ecs-test/{name}", ROOT / "services" / name, ORIGIN, "--quiet")
        for name in PORTS
    }


@pytest.fixture
def image(images: dict[str, str], service: str) -> str:
    return images[service]


@pytest.fixture
def run(images: dict[str, str]) -> Iterator[Callable[..., Running]]:
    """Start a container of the task by its name."""
    started: list[Running] = []

    def start(name: str, *extra: str, **settings: object) -> Running:
        image = images[CONTAINERS[name].image_name]
        running = Running(name, image, extra, **settings)  # type: ignore[arg-type]  # its fields
        started.append(running)
        running.start()
        return running

    yield start
    for running in started:
        running.remove()


@pytest.fixture(scope="session")
def base() -> str:
    return podman("image", "inspect", "--format", "{{.Id}}", "docker.io/library/python:3.13-slim")
